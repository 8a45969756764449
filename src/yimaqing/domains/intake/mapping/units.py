"""Units that headings name, in those of the datasets: yuan, mu, square metres, kilometres."""

from __future__ import annotations

import re
from collections.abc import Sequence

from yimaqing.kit.dataset import Column, Kind
from yimaqing.kit.ids import to_half_width

_MONEY = {
    "亿元": 1e8,
    "百万元": 1e6,
    "万元": 1e4,
    "千元": 1e3,
    "百元": 100.0,
    "元": 1.0,
    "角": 0.1,
    "分": 0.01,
}
_AREA = {"公顷": 15.0, "顷": 100.0, "ha": 15.0, "hectare": 15.0, "hectares": 15.0}
_SQUARE_METRES = {"平方米": 1 / 666.6667, "㎡": 1 / 666.6667, "m2": 1 / 666.6667}
_LENGTH = {"米": 0.001, "m": 0.001, "里": 0.5, "华里": 0.5}
_IN_BRACKETS = re.compile(r"[(\[【](?:单位[:：])?\s*([^()\[\]【】]{1,8}?)(?:/[^)]*)?[)\]】]")
_STATED = re.compile(r"单位\s*[:：]\s*([^\s,，;；、)]{1,8})")
_TRAILING = re.compile(r"(亿元|百万元|万元|千元|百元|公顷)$")


def factor_of(heading: str, column: Column, titles: Sequence[str] = ()) -> float:
    """What a number under the heading is to be multiplied by; a title speaks for money only."""
    return stated_factor(heading, column, titles) or 1.0


def stated_factor(heading: str, column: Column, titles: Sequence[str] = ()) -> float | None:
    """The same; None where neither the heading nor a title names a unit."""
    units = _units_of(column)
    if not units:
        return None
    text = to_half_width(heading)
    for found in (*_IN_BRACKETS.findall(text), *_TRAILING.findall(text), *_STATED.findall(text)):
        if found.lower() in units:
            return units[found.lower()]
    if column.kind is Kind.MONEY:
        for title in titles:
            half = to_half_width(title)
            for found in (*_STATED.findall(half), *_IN_BRACKETS.findall(half)):
                if found in units:
                    return units[found]
    return None


def _units_of(column: Column) -> dict[str, float]:
    if column.kind is Kind.MONEY:
        return _MONEY
    if column.kind in (Kind.DECIMAL, Kind.NUMBER):
        if column.name.endswith("_mu"):
            return _AREA | _SQUARE_METRES
        if column.name.endswith("_km"):
            return _LENGTH
    return {}
