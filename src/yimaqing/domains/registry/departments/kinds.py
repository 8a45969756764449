"""What a department's list is: the types that declarations are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yimaqing.domains.registry.codetables import code_table
from yimaqing.kit.dataset import Column, Kind


@dataclass(frozen=True)
class DepartmentList:
    """A list that a department sends: its rows are about persons, or (``of_places``) villages.

    ``name`` is the dataset's, ``label`` and ``sender`` are msgids. ``right`` is the column of a
    household's file that a reader must be allowed to see. ``facts`` are what the list says beside
    who, where and until when; ``distinct`` names those without which two rows are the same row.
    ``amount`` is the heading of an amount in yuan, at most ``most_yuan``; ``title`` is what the
    to-do of a hit says, over ``until`` and, with an amount, ``yuan`` and ``line``. ``person``,
    ``numbers``, ``words``: other headings of the name, the serial, and words of a sheet's title.
    """

    name: str
    label: str
    sender: str
    right: str
    title: str
    facts: tuple[Column, ...] = ()
    distinct: tuple[str, ...] = ()
    amount: str = ""
    amounts: tuple[str, ...] = ()
    most_yuan: int = 2_000_000
    of_places: bool = False
    person: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def todo(self) -> str:
        """The kind of the to-do that a hit opens."""
        return f"{HIT}{self.name}"

    def fact(self, name: str) -> Column:
        """The fact of that name; KeyError when there is none."""
        return {one.name: one for one in self.facts}[name]

    def said(self, facts: Mapping[str, Any], *, english: bool = False) -> list[tuple[str, str]]:
        """Facts of a row as (label, value) in words, in the order of the declaration."""
        return [
            (_(one.label), in_words(one, facts[one.name], english=english))
            for one in self.facts
            if facts.get(one.name) not in (None, "")
        ]


def said(words: str) -> str:
    """Marks words for translation, as gettext_noop does, which wants settings to be read before."""
    return words


#: What the kinds of to-dos of hits begin with.
HIT = "registry.hit_"
#: SQL: whether an open to-do of a hit rests on row ``l``; ``whose`` is over the to-do, ``w``.
ASKED = (
    f"EXISTS (SELECT FROM work_todo w WHERE w.state = 'open' AND w.kind = '{HIT}' || l.list_name"
    " AND {whose} AND l.counted_until BETWEEN (w.detail ->> 'begins')::date"
    " AND (w.detail ->> 'until')::date)"
)


def in_words(column: Column, value: Any, *, english: bool = False) -> str:
    """A stored fact as it is read."""
    if column.kind is Kind.DATE:
        return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
    if column.table is None:
        return str(value)
    labels = column.table.english if english else column.table.shown
    return labels.get(str(value), str(value))


def text(name: str, label: str, *synonyms: str, required: bool = False) -> Column:
    """A fact in free words."""
    return Column(name, label, synonyms, required=required, max_length=100)


def day(name: str, label: str, *synonyms: str, required: bool = False) -> Column:
    """A fact that is a date."""
    return Column(name, label, synonyms, Kind.DATE, required=required)


def number(name: str, label: str, *synonyms: str, low: int = 0, high: int = 0) -> Column:
    """A fact that is a whole number."""
    return Column(name, label, synonyms, Kind.INTEGER, low=low, high=high)


def coded(name: str, label: str, *synonyms: str, table: str = "", required: bool = False) -> Column:
    """A fact of one of the register's code tables."""
    found = code_table(table or name)
    return Column(name, label, synonyms, Kind.CODE, required=required, table=found)


@dataclass(frozen=True)
class Trigger:
    """When a row asks somebody to go and look.

    ``fact`` is one of ``values``; or (``by_line``) the household's sum reaches the line that the
    installation entered; without either every row does. ``once``: a to-do for each ``period``,
    for a ``year``, or only for who is ``new`` on the list. ``among``: of which households.
    """

    once: str
    basis: str
    basis_en: str
    fact: str = ""
    values: tuple[str, ...] = ()
    by_line: bool = False
    among: str = ""


@dataclass(frozen=True)
class Example:
    """What a place elsewhere goes by: printed for orientation, it judges nobody."""

    text: str
    text_en: str
    source: str


@dataclass(frozen=True)
class Rhythm:
    """How often a list comes (month, quarter, year, event) and how many days after its end."""

    every: str
    due_days: int
    basis: str
    basis_en: str
    trigger: Trigger
    examples: tuple[Example, ...] = ()
