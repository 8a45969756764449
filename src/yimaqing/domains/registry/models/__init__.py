"""The household's file: members, house, income, measures, payments, results, history."""

from yimaqing.domains.registry.models.duplicates import Decision, Duplicate, Merge
from yimaqing.domains.registry.models.facts import (
    LivingCondition,
    Measure,
    Pairing,
    Payment,
    Reading,
    YearlyIncome,
)
from yimaqing.domains.registry.models.listed import Listed, ListedPerson, TriggerLine
from yimaqing.domains.registry.models.people import (
    AddressStem,
    Change,
    Household,
    Person,
    PersonGram,
)

__all__ = [
    "AddressStem",
    "Change",
    "Decision",
    "Duplicate",
    "Household",
    "Listed",
    "ListedPerson",
    "LivingCondition",
    "Measure",
    "Merge",
    "Pairing",
    "Payment",
    "Person",
    "PersonGram",
    "Reading",
    "TriggerLine",
    "YearlyIncome",
]
