"""Words in people's cells for the values of a code table, or for 是 and 否."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from yimaqing.domains.intake.mapping.evidence import NO, YES, YES_NO_WORDS, is_name
from yimaqing.domains.intake.mapping.vocabulary import Target, plain_value, spoken_values
from yimaqing.kit.dataset import CodeTable, Column, Kind

_OWN_YES_NO = frozenset("是否有无")
#: Beyond this a column holds no labels, but sentences.
_MOST_VALUES = 200
_CLOSE = 0.75
#: Of so many words somebody is asked what they mean; never of what may be somebody's number.
_MOST_TO_SETTLE = 30
_LONG_NUMBER = re.compile(r"\d{7}")


def translations(cells: Sequence[str], target: Target) -> dict[str, str]:
    """Cells that the dataset would not take as they are → what they say in its words."""
    if target.finder is not None:
        return {}
    distinct = list(dict.fromkeys(c.strip() for c in cells if c.strip()))[:_MOST_VALUES]
    if target.column.kind is Kind.YES_NO:
        return {
            c: YES_NO_WORDS[c.lower()]
            for c in distinct
            if c not in _OWN_YES_NO and c.lower() in YES_NO_WORDS
        }
    table = target.column.table
    if table is None:
        return {}
    if target.column.kind is Kind.CODES:
        parts = [p.strip() for c in distinct for p in re.split("[、,，;；|]", c) if p.strip()]
        distinct = list(dict.fromkeys(parts))
    found = {c: word_for(c, table) for c in distinct if not _taken(c, table)}
    return {cell: label for cell, label in found.items() if label}


def known_words(cells: Sequence[str], column: Column) -> dict[str, str]:
    """Cells in words that are known for the column's values, nothing only near: all of a file's.

    The guess saw the first records; a word that comes up later is read by the same list.
    """
    if column.kind is Kind.YES_NO:
        return {c: YES_NO_WORDS[c.lower()] for c in cells if c.lower() in YES_NO_WORDS}
    if column.table is None:
        return {}
    parts = [p.strip() for c in cells for p in re.split("[、,，;；|]", c)]
    known = spoken_values(column.table.name)
    table = column.table
    return {
        p: known[plain_value(p)]
        for p in (*cells, *parts)
        if plain_value(p) in known and not _taken(p, table)
    }


def words_to_settle(
    cells: Sequence[str], column: Column, known: Mapping[str, str]
) -> dict[str, str]:
    """Cells that the dataset would not take as they are → what they are read as, or nothing.

    ``known``: what was found for them. None of a column that holds many, or people's names.
    """
    distinct = list(dict.fromkeys(c.strip() for c in cells if c.strip()))
    if column.kind is Kind.CODES:
        parts = [p.strip() for c in distinct for p in re.split("[、,，;；|]", c)]
        distinct = list(dict.fromkeys(filter(None, parts)))
    found = {**known_words(distinct, column), **known}
    table = column.table
    open_ = [
        c
        for c in distinct
        if c not in _OWN_YES_NO or column.kind is not Kind.YES_NO
        if not (table and _taken(c, table)) and not _LONG_NUMBER.search(c)
    ]
    few = len(open_) <= _MOST_TO_SETTLE and (table or column.kind is Kind.YES_NO)
    named = 2 * sum(is_name(c) and c not in found for c in open_) > len(open_)
    return {c: found.get(c, "") for c in open_} if few and not named else {}


def labels_of(column: Column) -> list[str]:
    """What a cell can be read as, in the words that files write."""
    if column.kind is Kind.YES_NO:
        return [YES, NO]
    if column.table is None:
        return []
    labels: dict[str, str] = {}
    for label, slug in column.table.labels.items():
        labels.setdefault(slug, label)
    return list(labels.values())


def _taken(cell: str, table: CodeTable) -> bool:
    wide = cell.replace("(", "（").replace(")", "）")
    return cell in table.labels or wide in table.labels


def word_for(cell: str, table: CodeTable) -> str:
    """The label that a cell means; empty when none is known or near enough."""
    known = spoken_values(table.name)
    plain = plain_value(cell)
    if plain in known:
        return known[plain]
    near = difflib.get_close_matches(plain, known, n=2, cutoff=_CLOSE)
    labels = {known[n] for n in near}
    # A near word is taken only where it is the only one, and not for a part of another.
    return labels.pop() if len(labels) == 1 and len(plain) > 2 else ""
