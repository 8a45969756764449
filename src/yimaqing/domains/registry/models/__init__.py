"""The household's file: members, house, income, measures, payments, results, history."""

from yimaqing.domains.registry.models.facts import (
    LivingCondition,
    Measure,
    Pairing,
    Payment,
    Reading,
    YearlyIncome,
)
from yimaqing.domains.registry.models.people import Change, Household, Person, PersonGram

__all__ = [
    "Change",
    "Household",
    "LivingCondition",
    "Measure",
    "Pairing",
    "Payment",
    "Person",
    "PersonGram",
    "Reading",
    "YearlyIncome",
]
