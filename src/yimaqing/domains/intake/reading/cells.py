"""Typed values of one column of a chunk, and which cells hold none. Whole columns at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from yimaqing.domains.intake.apart.typed import LOST_DIGITS, NO_VALUE
from yimaqing.domains.intake.reading import dates
from yimaqing.domains.intake.reading.formats import MOST_CELL_CHARACTERS
from yimaqing.kit.dataset import CodeTable, Column, Kind
from yimaqing.kit.ids import normal_id_number, to_half_width

NAME = r"^[\p{Han}〇·•A-Za-z .]{1,50}$"
PHONE = r"^(1[3-9]\d{9}|0\d{9,11}|\d{7,8})$"
ACCOUNT = r"^\d{8,30}$"
PLACE = r"^\d{12,24}$"
#: 18 characters, then on a disability card its kind, grade and perhaps a re-issue suffix.
ID_NUMBER = r"^\d{17}[\dX](?:[1-7][1-4](?:[0-9A-Z]{2})?)?$"
_SCIENTIFIC = r"^\d(\.\d+)?[eE]\+?\d+$"
_YES_NO = {"是": True, "否": False, "有": True, "无": False, "yes": True, "no": False}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SHOWN_LABELS = 12
#: What is nothing at either end of a cell.
BLANKS = " \t\r\n\u3000\ufeff"

TYPES: Mapping[Kind, pl.DataType | type[pl.DataType]] = {
    Kind.INTEGER: pl.Int64,
    Kind.MONEY: pl.Int64,
    Kind.DECIMAL: pl.Float64,
    Kind.NUMBER: pl.Float64,
    Kind.YES_NO: pl.Boolean,
    Kind.DATE: pl.Date,
}


@dataclass
class Cells:
    """Values of one column, null where the cell is blank or faulty, and its faults."""

    values: pl.Series
    faults: list[tuple[str, pl.Series, Mapping[str, Any]]] = field(default_factory=list)

    def fault(self, code: str, rows: pl.Series, **params: object) -> None:
        """Name the rows that break something and take their values away."""
        rows = rows.fill_null(value=False)
        if rows.any():
            self.faults.append((code, rows, params))
            self.values = self.values.zip_with(~rows, _nulls(self.values.dtype, len(rows)))


def trimmed(cells: list[str]) -> pl.Series:
    """Without spaces around (full-width ones too); null when nothing is left."""
    return pl.Series(cells, dtype=pl.String).str.strip_chars(BLANKS).replace("", None)


def parse(column: Column, raw: pl.Series) -> Cells:
    """Values of trimmed cells by the column's kind."""
    long = raw.str.len_chars() > min(column.max_length, MOST_CELL_CHARACTERS)
    lost, uncounted = raw.str.starts_with(LOST_DIGITS), raw.str.starts_with(NO_VALUE)
    unfit = long | lost | uncounted
    fit = raw.zip_with(~unfit.fill_null(value=False), _nulls(raw.dtype, len(raw)))
    cells = _PARSERS[column.kind](column, fit)
    cells.fault("formula_uncounted", uncounted)
    cells.fault("too_long", long, limit=column.max_length)
    cells.fault("digits_lost", lost)
    return cells


def _nulls(dtype: pl.DataType | type[pl.DataType], size: int) -> pl.Series:
    return pl.Series([None], dtype=dtype).extend_constant(None, size - 1)


def _half_width(raw: pl.Series) -> pl.Series:
    """As typed by an input method in Chinese mode; most files hold no such cell."""
    wide = raw.str.contains("[！-～\u3000]").fill_null(value=False)
    if not wide.any():
        return raw
    return raw.map_elements(to_half_width, return_dtype=pl.String)


def _digits(raw: pl.Series) -> pl.Series:
    return _half_width(raw).str.replace_all(r"[\s'-]", "")


def _text(column: Column, raw: pl.Series) -> Cells:
    cells = Cells(_half_width(raw) if column.pattern else raw)
    cells.fault("control", raw.str.contains(r"[\x00-\x08\x0b-\x1f\x7f]"))
    if column.pattern:
        shape = cells.values.str.contains(f"^(?:{column.pattern})$")
        cells.fault("scientific", cells.values.str.contains(_SCIENTIFIC))
        _zero_lost(cells, shape, f"^(?:{column.pattern})$")
        cells.fault("pattern", ~shape & cells.values.is_not_null(), example=column.example)
    return cells


def _zero_lost(cells: Cells, shape: pl.Series, pattern: str) -> None:
    """A number that is right with a 0 before it: the spreadsheet took it for an amount."""
    digits = cells.values.str.contains(r"^[1-9]\d*$") & ~shape
    if digits.any():
        cells.fault("zero_lost", digits & ("0" + cells.values).str.contains(pattern))


def _name(column: Column, raw: pl.Series) -> Cells:  # noqa: ARG001 - one signature for all kinds
    cells = Cells(raw.str.replace_all(r"(\p{Han})[\s\u3000]+(\p{Han})", "$1$2"))
    cells.fault("name", ~cells.values.str.contains(NAME))
    return cells


def _number(column: Column, raw: pl.Series, pattern: str, code: str) -> Cells:
    plain = _half_width(raw).str.replace_all(",", "")
    cells = Cells(plain)
    cells.fault(code, ~plain.str.contains(pattern))
    cells.values = cells.values.cast(pl.Float64, strict=False)
    low, high = column.low, column.high
    outside = pl.Series([False]).extend_constant(value=False, n=len(raw) - 1)
    if low is not None:
        outside = outside | (cells.values < low)
    if high is not None:
        outside = outside | (cells.values > high)
    cells.fault("range", outside, low=_bound(low), high=_bound(high))
    return cells


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def _integer(column: Column, raw: pl.Series) -> Cells:
    if column.low is not None and column.low >= dates.FIRST_YEAR:
        raw = _mapped(raw, dates.year_alone, pl.String)
    cells = _number(column, raw, r"^[+-]?\d{1,15}(\.0+)?$", "integer")
    cells.values = cells.values.cast(pl.Int64)
    return cells


def _money(column: Column, raw: pl.Series) -> Cells:
    cells = _number(column, raw, r"^[+-]?\d{1,12}(\.\d{1,2}0*)?$", "money")
    cells.values = (cells.values * 100).round().cast(pl.Int64)
    return cells


def _decimal(column: Column, raw: pl.Series) -> Cells:
    return _number(column, raw, r"^[+-]?\d{1,8}(\.\d{1,2}0*)?$", "decimal")


def _any_number(column: Column, raw: pl.Series) -> Cells:
    return _number(column, raw, r"^[+-]?\d{1,12}(\.\d{1,6})?$", "number")


def _mapped(raw: pl.Series, read: Callable[[str], Any], dtype: type[pl.DataType]) -> pl.Series:
    """``read`` of each distinct cell; what it cannot read becomes null."""
    distinct = raw.drop_nulls().unique().to_list()
    if not distinct:
        return _nulls(dtype, len(raw)) if len(raw) else pl.Series([], dtype=dtype)
    values = pl.Series([read(text) for text in distinct], dtype=dtype)
    return raw.replace_strict(distinct, values, default=None, return_dtype=dtype)


def _yes_no(column: Column, raw: pl.Series) -> Cells:  # noqa: ARG001 - one signature for all kinds
    cells = Cells(_mapped(raw, lambda text: _YES_NO.get(text.lower()), pl.Boolean))
    cells.fault("yes_no", cells.values.is_null() & raw.is_not_null())
    return cells


def _date(column: Column, raw: pl.Series) -> Cells:  # noqa: ARG001 - one signature for all kinds
    plain = _half_width(raw)
    cells = Cells(_mapped(plain, dates.whole_day, pl.Date))
    unread = cells.values.is_null() & raw.is_not_null()
    if unread.any():
        month = _mapped(plain, lambda text: dates.read_date(text) is dates.Unsure.MONTH, pl.Boolean)
        cells.fault("date_month", unread & month)
        cells.fault("date", unread & ~month)
    return cells


def _code(column: Column, raw: pl.Series) -> Cells:
    table = _table(column)
    cells = Cells(_mapped(raw, lambda text: _slug(table, text), pl.String))
    cells.fault("label", cells.values.is_null() & raw.is_not_null(), **_choices(table, raw))
    return cells


def _codes(column: Column, raw: pl.Series) -> Cells:
    table = _table(column)

    def read(text: str) -> str | None:
        parts = re.split("[、,，;；|]", text)
        slugs = [_slug(table, part.strip()) for part in parts if part.strip()]
        if None in slugs:
            return None
        return "{" + ",".join(dict.fromkeys(map(str, slugs))) + "}"

    cells = Cells(_mapped(raw, read, pl.String))
    cells.fault("label", cells.values.is_null() & raw.is_not_null(), **_choices(table, raw))
    cells.fault("too_many", cells.values.str.count_matches(",") >= column.most, limit=column.most)
    return cells


def _slug(table: CodeTable, text: str) -> str | None:
    plain = text.replace("(", "（").replace(")", "）")
    return table.labels.get(text) or table.labels.get(plain)


def _table(column: Column) -> CodeTable:
    if column.table is None:
        raise ValueError(f"column {column.name} has no code table")
    return column.table


def _choices(table: CodeTable, raw: pl.Series) -> dict[str, object]:
    shown = list(table.shown.values())
    more = "…" if len(shown) > _SHOWN_LABELS else ""
    unknown = [t for t in raw.drop_nulls().unique().to_list() if _slug(table, t) is None]
    near = {t: difflib.get_close_matches(t, table.labels, n=1, cutoff=0.4) for t in unknown[:500]}
    return {
        "allowed": "、".join(shown[:_SHOWN_LABELS]) + more,
        "near": {t: table.shown[table.labels[found[0]]] for t, found in near.items() if found},
    }


def _phone(column: Column, raw: pl.Series) -> Cells:  # noqa: ARG001 - one signature for all kinds
    cells = Cells(_digits(raw))
    cells.fault("scientific", cells.values.str.contains(_SCIENTIFIC))
    shape = cells.values.str.contains(PHONE)
    _zero_lost(cells, shape, r"^0(10|2\d|[3-9]\d{2})\d{7,8}$")  # area codes
    cells.fault("phone", ~shape)
    return cells


def _account(column: Column, raw: pl.Series) -> Cells:  # noqa: ARG001 - one signature for all kinds
    cells = Cells(_digits(raw))
    cells.fault("scientific", cells.values.str.contains(_SCIENTIFIC))
    cells.fault("account", ~cells.values.str.contains(ACCOUNT))
    return cells


def _place(column: Column, raw: pl.Series) -> Cells:  # noqa: ARG001 - one signature for all kinds
    cells = Cells(_digits(raw))
    short = cells.values.str.contains(r"^\d{9,11}$")
    cells.fault("place_short", short, length=cells.values.str.len_chars())
    cells.fault("place_digits", ~cells.values.str.contains(PLACE))
    return cells


def _id_number(column: Column, raw: pl.Series) -> Cells:  # noqa: ARG001 - one signature for all kinds
    plain = _digits(raw).str.to_uppercase()
    short = (plain.str.len_chars() == 15).fill_null(value=False)
    if short.any():
        long_form = plain.map_elements(normal_id_number, return_dtype=pl.String)
        plain = long_form.zip_with(short, plain)
    cells = Cells(plain)
    length = plain.str.len_chars()
    cells.fault("scientific", cells.values.str.contains(_SCIENTIFIC))
    odd = ~length.is_in([18, 20, 22]) & cells.values.is_not_null()
    cells.fault("id_length", odd, length=length)
    cells.fault("id_characters", ~cells.values.str.contains(ID_NUMBER))
    born = cells.values.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    cells.fault(
        "id_birth_date", (born.is_null() | (born < dates.EARLIEST)) & cells.values.is_not_null()
    )
    total = sum(
        (cells.values.str.slice(i, 1).cast(pl.Int32) * weight for i, weight in enumerate(_WEIGHTS)),
        start=pl.Series([0]),
    )
    right = (total % 11).replace_strict(
        list(range(11)), list("10X98765432"), default=None, return_dtype=pl.String
    )
    wrong = right != cells.values.str.slice(17, 1)
    rounded = cells.values.str.ends_with("000")
    cells.fault("id_check_digit", wrong & ~rounded)
    cells.fault("id_rounded", wrong & rounded)
    return cells


_PARSERS: Mapping[Kind, Callable[[Column, pl.Series], Cells]] = {
    Kind.TEXT: _text,
    Kind.NAME: _name,
    Kind.INTEGER: _integer,
    Kind.MONEY: _money,
    Kind.DECIMAL: _decimal,
    Kind.NUMBER: _any_number,
    Kind.YES_NO: _yes_no,
    Kind.DATE: _date,
    Kind.CODE: _code,
    Kind.CODES: _codes,
    Kind.ID_NUMBER: _id_number,
    Kind.PHONE: _phone,
    Kind.ACCOUNT: _account,
    Kind.PLACE: _place,
}
