"""Which column is which: by Chinese label, synonym or national code, never by position."""

from __future__ import annotations

import difflib
import re

from yimaqing.domains.intake.reading.extent import letters_of
from yimaqing.domains.intake.reading.formats import FileUnusable
from yimaqing.kit.dataset import Column, Dataset
from yimaqing.kit.ids import to_half_width

#: Headings of columns that say nothing about the record and are passed over.
PASSED_OVER = frozenset({"序号", "no"})


def columns_of(dataset: Dataset, header: list[str]) -> list[Column | None]:
    """The dataset's column behind each heading, None for one that is passed over.

    Raise FileUnusable naming the heading that is unknown or twice, or what is missing.
    """
    known = {_plain(h): c for c in dataset.columns for h in (c.label, *c.synonyms)}
    found: list[Column | None] = []
    for position, heading in enumerate(header):
        plain = _plain(heading)
        column = known.get(plain)
        if column is None and plain not in PASSED_OVER:
            raise FileUnusable(
                "column_unknown",
                heading=heading[:40],
                letter=letter_of(position),
                near=_nearest(plain, dataset),
            )
        if column is not None and column in found:
            first = letter_of(found.index(column))
            raise FileUnusable(
                "column_twice", heading=column.label, letter=letter_of(position), first=first
            )
        found.append(column)
    stated = {column.name for column in found if column}
    missing = [column.label for column in unstated(dataset, stated) if column.needed]
    if missing:
        raise FileUnusable("column_missing", headings="、".join(missing))
    return found


def unstated(dataset: Dataset, given: set[str]) -> list[Column]:
    """The dataset's columns that are neither given nor follow from those that are."""
    others = [column for column in dataset.columns if column.name not in given]
    return [c for c in others if not c.follows or not given.issuperset(c.follows)]


def letter_of(position: int) -> str:
    """A spreadsheet's name of the column at ``position`` from 0: A … Z, AA …"""
    return letters_of(position + 1)


def _plain(heading: str) -> str:
    """Without spaces, stars, units in brackets and line breaks; half width; lower case."""
    text = to_half_width(heading).lower()
    return re.sub(r"\(.*?\)|[\s*:\"'_]", "", text)


def _nearest(plain: str, dataset: Dataset) -> str:
    labels = {_plain(c.label): c.label for c in dataset.columns}
    near = difflib.get_close_matches(plain, labels, n=1, cutoff=0.5)
    return labels[near[0]] if near else ""
