"""Values of a list in words: for a page, and as cells of an export."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimaqing.kit.crypto import keyring
from yimaqing.kit.dataset import Kind
from yimaqing.kit.ids import mask_account, mask_id_number, mask_name, mask_phone
from yimaqing.kit.listing import Column

MASKS: Mapping[Kind, Callable[[str], str]] = {
    Kind.ID_NUMBER: mask_id_number,
    Kind.PHONE: mask_phone,
    Kind.ACCOUNT: mask_account,
    Kind.NAME: mask_name,
}
NUMBERS = frozenset({Kind.INTEGER, Kind.MONEY, Kind.DECIMAL, Kind.NUMBER})
_VILLAGE = 12

Cell = str | int | float | dt.date | None


def is_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


class Wording:
    """Values of one column in words, in the language that is active when it is made.

    ``clear``: sealed values and names stand open. ``places``: names by code.
    """

    def __init__(self, column: Column, *, clear: bool = False) -> None:
        self.column = column
        self._english = is_english()
        self._yes, self._no, self._joint = _("是"), _("否"), _("、")
        self._table = column.table
        self._shown: Mapping[str, str] = {}
        if self._table is not None:
            self._shown = self._table.english if self._english else self._table.shown
        self._mask: Callable[[str], str] = str if clear else MASKS.get(column.kind, str)
        self._ring = keyring(settings.DATA_KEYS) if column.purpose else None

    def cells(self, values: Sequence[Any], places: Mapping[str, str]) -> list[Cell]:
        """Values as an export writes them: texts, numbers, dates; None for nothing."""
        kind = self.column.kind
        if kind == Kind.PLACE:
            return [places.get(value[:_VILLAGE], value) for value in values]
        if self.column.words is not None:
            words = self.column.words({str(value) for value in values if value})
            return [words.get(str(value), str(value)) if value else None for value in values]
        one = self._of()
        return [None if value is None or value == "" else one(value) for value in values]

    def texts(self, values: Sequence[Any], places: Mapping[str, str]) -> list[str]:
        """Values as a page shows them; a dash for nothing."""
        return [self._text(cell) for cell in self.cells(values, places)]

    def _of(self) -> Callable[[Any], Cell]:
        """What makes a cell of a value that is there."""
        kind = self.column.kind
        if self._ring is not None:
            ring, purpose, mask = self._ring, self.column.purpose, self._mask
            return lambda value: mask(ring.open(value, purpose=purpose))
        if kind in MASKS:
            return self._mask
        shown, joint, yes, no = self._shown, self._joint, self._yes, self._no
        ways: dict[Kind, Callable[[Any], Cell]] = {
            Kind.CODE: lambda value: shown.get(value, value),
            Kind.CODES: lambda value: joint.join(shown.get(one, one) for one in value) or None,
            Kind.YES_NO: lambda value: yes if value else no,
            Kind.MONEY: lambda fen: fen / 100,
            Kind.DECIMAL: float,
            Kind.NUMBER: float,
        }
        return ways.get(kind, _as_it_is)

    def _text(self, cell: Cell) -> str:
        if cell is None:
            return "—"
        if isinstance(cell, dt.date):
            return _day(cell, self._english)
        if self.column.kind == Kind.MONEY:
            return f"{cell:,.2f}"
        if self.column.kind == Kind.INTEGER and _is_year(self.column):
            return str(cell)
        return f"{cell:,}" if isinstance(cell, int) else str(cell)


@lru_cache(maxsize=8192)
def _day(day: dt.date, _english: bool) -> str:
    """A day in the language that is active."""
    return formats.date_format(day, "DATE_FORMAT")


def _is_year(column: Column) -> bool:
    return column.name == "year" or column.name.endswith("_year")


def _as_it_is(value: Any) -> Cell:
    """Dates, whole numbers, texts."""
    cell: Cell = value
    return cell


def value_in_words(column: Column, value: str) -> str:
    """A value of a filter, as its chip says it."""
    if value == "~":
        return _("未填")
    if column.kind == Kind.YES_NO:
        return _("是") if value == "yes" else _("否")
    if column.kind in NUMBERS | {Kind.DATE}:
        return _span_in_words(value)
    if column.table is not None:
        shown = column.table.english if is_english() else column.table.shown
    else:
        shown = column.words({value}) if column.words is not None else {}
    mask = str if column.kind == Kind.NAME else MASKS.get(column.kind, str)
    return shown.get(value) or mask(value)


def _span_in_words(value: str) -> str:
    low, between, high = value.partition("..")
    if not between:
        return value
    if low and high:
        return _("%(low)s 至 %(high)s") % {"low": low, "high": high}
    return _("%(end)s 及以上") % {"end": low} if low else _("%(end)s 及以下") % {"end": high}
