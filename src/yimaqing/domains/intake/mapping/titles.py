"""What stands above a table says what it is and, often, of which year."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import polars as pl

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.vocabulary import BY, plain_value, spoken_values, targets_of
from yimaqing.domains.intake.mapping.wide import is_part
from yimaqing.domains.intake.reading.cells import parse
from yimaqing.kit.dataset import Column, Kind
from yimaqing.kit.plugins import plugins

#: The column of the year that a whole sheet may be of.
YEAR = "year"
_YEAR = re.compile(r"(20[0-4]\d)\s*年")
_BARE_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_WORD_WORTH, _NEXT_WORTH = 0.7, 0.3


def title_score(name: str, titles: Sequence[str]) -> float:
    """How much titles and the sheet's name speak for a dataset; further words count less."""
    text = " ".join(titles).lower()
    words = [word for word in _words("titles").get(name, ()) if word in text]
    return _WORD_WORTH + _NEXT_WORTH * min(len(words) - 1, 2) if words else 0.0


def constants_from(name: str, titles: Sequence[str], mapped: Collection[str]) -> dict[str, str]:
    """Values for the whole sheet that its title names and no column has.

    The year; what stands as 发放日期：2020年6月30日; and what the dataset's title says otherwise.
    """
    given = {target.partition(BY)[0] for target in mapped}
    text = " ".join(titles)
    found: dict[str, str] = {}
    abreast = any(map(is_part, mapped))
    for column in dataset(name).columns:
        if abreast and column.kind is not Kind.DATE:
            continue
        told = column.needed or column.kind is Kind.CODE  # 核算口径：常住人口 is said of every row
        if column.name in given or not told or column.finders:
            continue
        value = _stated(name, column, text) or _patterned(name, column, text)
        if column.name == YEAR and column.kind is Kind.INTEGER:
            year = _YEAR.search(text) or _BARE_YEAR.search(text)
            value = year[1] if year else ""
        if value:
            found[column.name] = value
    return found


def _stated(name: str, column: Column, text: str) -> str:
    """What follows a column's name and a colon, where it can be the column's value."""
    words = [column.label, *column.synonyms]
    if column.kind is Kind.DATE:
        words += sorted(next(t for t in targets_of(name) if t.key == column.name).others)
    for word in words:
        stated = re.search(rf"{re.escape(word)}\s*[:：]\s*([^\s:：)）]{{1,40}})", text)
        if stated and parse(column, pl.Series([stated[1]])).values.null_count() == 0:
            return stated[1]
    return ""


def _patterned(name: str, column: Column, text: str) -> str:
    """What the title says of all rows; of a code table's values nothing where it says several."""
    pattern = _words("told_by_title").get(name, {}).get(column.name)
    found = re.findall(pattern, text) if pattern else []
    if not found or column.table is None:
        return found[0] if found else ""
    known = spoken_values(column.table.name)
    labels = {known.get(plain_value(word), word) for word in found}
    return labels.pop() if len(labels) == 1 and labels <= set(column.table.labels) else ""


@cache
def _words(attribute: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for module in plugins("loaders"):
        found.update(getattr(module, attribute, {}))
    return found
