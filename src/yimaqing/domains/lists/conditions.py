"""Filters as SQL conditions; values are always parameters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from django.conf import settings

from yimaqing.domains.lists.asking import BETWEEN, BLANK, RANGES, Question, read
from yimaqing.kit.crypto import keyring
from yimaqing.kit.dataset import Kind
from yimaqing.kit.ids import normal_id_number, to_half_width
from yimaqing.kit.listing import Column, Listing

_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Part:
    """Conditions joined by AND, their values, the joins that they need."""

    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    joins: frozenset[str] = frozenset()

    def __add__(self, other: Part) -> Part:
        return Part(
            self.conditions + other.conditions, self.values + other.values, self.joins | other.joins
        )


def filters_of(listing: Listing, question: Question, *, by_index: bool) -> Part:
    """The conditions of every filter; ``by_index`` adds those that only lead to an index."""
    part = Part()
    for name, values in question.filters.items():
        column = listing.column(name)
        if column and column.filter and values:
            part += _filter(column, values, by_index=by_index)
    return part


def _filter(column: Column, values: Sequence[str], *, by_index: bool) -> Part:
    """Any of the values."""
    each = [_one(column, value, by_index=by_index) for value in values if value != BLANK]
    plain = [part for part in each if part.conditions == (f"{column.sql} = %s",)]
    if len(plain) > 1:
        others = [part for part in each if part not in plain]
        every = [part.values[0] for part in plain]
        each = [*others, Part((f"{column.sql} = ANY(%s)",), (every,))]
    if BLANK in values:
        each.append(Part((f"({column.blank or f'{column.sql} IS NULL'})",)))
    joins = frozenset({column.join} - {""})
    if len(each) == 1:
        return Part(each[0].conditions, each[0].values, joins)
    conditions = " OR ".join(f"({' AND '.join(part.conditions)})" for part in each)
    return Part((f"({conditions})",), tuple(v for part in each for v in part.values), joins)


def _one(column: Column, value: str, *, by_index: bool) -> Part:
    if column.purpose:
        ring = keyring(settings.DATA_KEYS)
        word = normal_id_number(value)
        return Part((f"{column.index} = %s",), (ring.index(word, purpose=column.purpose),))
    if column.part:
        word = to_half_width(value).strip()
        whole = Part((f"strpos({column.sql}, %s) > 0",), (word,))
        return whole + _within(column, word) if by_index and column.within else whole
    if column.kind in RANGES:
        return _between(column, value)
    if column.kind == Kind.YES_NO:
        return Part((column.sql if value == "yes" else f"NOT ({column.sql})",))
    if column.kind == Kind.CODES:
        return Part((f"%s = ANY({column.sql})",), (value,))
    return Part((f"{column.sql} = %s",), (value,))


def _within(column: Column, word: str) -> Part:
    """The condition that narrows a search for a part of a text, with its values in order."""
    stem = "".join(takewhile(lambda one: not one.isdigit(), word))
    named = {"gram": word[:2], "stem": stem.strip(), "word": word}
    values = tuple(named[name] for name in _NAMED.findall(column.within))
    return Part((_NAMED.sub("%s", column.within),), values)


def _between(column: Column, value: str) -> Part:
    low, between, high = value.partition(BETWEEN)
    if not between or low == high:
        return Part((f"{column.sql} = %s",), (read(column.kind, low),))
    ends = [(">=", low), ("<=", high)]
    held = [(sign, read(column.kind, end)) for sign, end in ends if end]
    conditions = tuple(f"{column.sql} {sign} %s" for sign, _end in held)
    return Part(conditions, tuple(end for _sign, end in held))
