"""What the lists say of a household, or of a person in question, as it is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.models import Household, ListedPerson

#: So many of a village's own rows are told on the files of its households.
_MOST = 3
_VILLAGE = 12


@dataclass(frozen=True)
class Said:
    """A row of a list in words: which list, what it says, and of whom."""

    row: ListedPerson
    label: str
    facts: list[tuple[str, str]]
    amount: str


def said_by(rows: Iterable[ListedPerson], columns: Collection[str]) -> list[Said]:
    """What rows say, of those lists that somebody with these columns of the file may see."""
    known = lists()
    return [
        told_of(row)
        for row in rows
        if row.list_name in known and known[row.list_name].right in columns
    ]


def told_of(row: ListedPerson) -> Said:
    """A row in words."""
    one = lists()[row.list_name]
    english = (get_language() or "").startswith("en")
    amount = _(one.amount) if one.amount else ""
    return Said(row, _(one.label), one.said(row.facts, english=english), amount)


def of_village(household: Household) -> list[ListedPerson]:
    """What lists say of the household's village as a whole, newest first."""
    names = [one.name for one in lists().values() if one.of_places]
    village = household.place_code[:_VILLAGE]
    found = ListedPerson.objects.filter(list_name__in=names, place_code=village)
    return list(found.order_by("-counted_until", "pk")[:_MOST])
