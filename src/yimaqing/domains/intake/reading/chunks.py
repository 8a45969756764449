"""A chunk of rows: typed, checked, personal values sealed, ready for the staging table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import polars as pl

from yimaqing.domains.intake.reading.cells import TYPES, parse, trimmed
from yimaqing.domains.intake.reading.junk import without_junk
from yimaqing.kit.crypto import Keyring
from yimaqing.kit.dataset import Column, Dataset, Finding, Kind
from yimaqing.kit.ids import mask_account, mask_id_number, mask_name, mask_phone

_SHOWN_CHARACTERS = 60
_MASKS: Mapping[Kind, Callable[[str], str]] = {
    Kind.ID_NUMBER: mask_id_number,
    Kind.PHONE: mask_phone,
    Kind.ACCOUNT: mask_account,
    Kind.NAME: mask_name,
}

#: Characters that the masks above leave at the beginning and the end.
_SHOWN_ENDS = {Kind.ID_NUMBER: (4, 2), Kind.PHONE: (3, 4), Kind.ACCOUNT: (0, 4)}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell; ``value`` is masked where it is personal."""

    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, Any]
    warning: bool = False


@dataclass(frozen=True)
class Bad:
    """Cells of a column that could not be looked up: rows of the chunk, and what is said."""

    code: str
    column: str
    rows: pl.Series
    params: Mapping[str, pl.Series | str | int]


class Shaping(Protocol):
    """Makes cells of another layout into cells of the dataset's columns."""

    def look_up(self, rows: list[tuple[int, list[str]]]) -> Any:
        """What ``raw`` needs from the database."""

    def raw(
        self, rows: list[tuple[int, list[str]]], found: Any
    ) -> tuple[dict[str, pl.Series], list[Bad]]:
        """Trimmed cells by the dataset's columns, and what could not be looked up."""


@dataclass(frozen=True)
class Chunk:
    """What became of some rows: ``staged`` are the good ones, ``last_row`` the last read."""

    rows: int
    last_row: int
    staged: pl.DataFrame
    faults: list[Fault]


class Reader:
    """Reads chunks of one file of a dataset.

    ``columns`` is the dataset's column behind each column of the file; ``shape`` makes cells of
    another layout into those; ``heads`` are the rows of the heading, which may come again.
    """

    def __init__(
        self,
        dataset: Dataset,
        columns: list[Column | None],
        keys: Keyring,
        as_of: dt.date,
        *,
        shape: Shaping | None = None,
        heads: Collection[tuple[str, ...]] = (),
    ) -> None:
        self._dataset = dataset
        self._columns = columns
        self._keys = keys
        self._as_of = as_of
        self._shape = shape
        self._heads = heads

    def look_up(self, rows: list[tuple[int, list[str]]]) -> Any:
        """What the shape needs from the database for these rows; None without one."""
        if self._shape is None:
            return None
        width = len(self._columns)
        return self._shape.look_up([row for row in rows if len(row[1]) == width])

    def read(self, rows: list[tuple[int, list[str]]], looked_up: Any = None) -> Chunk:
        """Check and seal some rows; rows with a fault are not staged, rows of junk not counted."""
        faults, fit = self._by_width(rows)
        fit, junk = without_junk(fit, self._heads)
        faults += [Fault(j.row, "", j.word, j.code, {}, warning=True) for j in junk]
        bad_cells: list[Bad] = []
        if self._shape is None:
            raw = self._raw(fit)
        else:
            raw, bad_cells = self._shape.raw(fit, looked_up)
        numbers = pl.Series("row_no", [number for number, _ in fit], dtype=pl.Int64)
        frame, findings = self._typed(raw, len(fit), bad_cells)
        frame = frame.with_columns(as_of=pl.lit(self._as_of))
        missing = [f for f in findings if not f.warning]
        for check in self._dataset.checks:
            for found in check(frame):
                said = [f.rows for f in missing if f.column == found.column]
                findings.append(_besides(found, [rows.fill_null(value=False) for rows in said]))
        bad = pl.repeat(value=False, n=len(fit), eager=True)
        for finding in findings:
            if not finding.warning:
                bad = bad | finding.rows.fill_null(value=False)
        for finding in findings:
            faults += self._faults(finding, raw, numbers, bad)
        good = self._stageable(frame.with_columns(numbers).filter(~bad)).drop("as_of")
        return Chunk(len(rows) - len(junk), rows[-1][0], good, faults)

    def _by_width(
        self, rows: list[tuple[int, list[str]]]
    ) -> tuple[list[Fault], list[tuple[int, list[str]]]]:
        """Rows as wide as the header; a cell more or less would shift all that follow."""
        width = len(self._columns)
        if all(len(cells) == width for _, cells in rows):
            return [], rows
        faults: list[Fault] = []
        fit: list[tuple[int, list[str]]] = []
        for number, cells in rows:
            if len(cells) == width or (
                len(cells) > width and not any(map(str.strip, cells[width:]))
            ):
                fit.append((number, cells[:width]))
            else:
                params = {"cells": len(cells), "expected": width}
                faults.append(Fault(number, "", "", "width", params))
        return faults, fit

    def _raw(self, fit: list[tuple[int, list[str]]]) -> dict[str, pl.Series]:
        cells = list(zip(*(cells for _, cells in fit), strict=True)) or [()] * len(self._columns)
        return {
            column.name: trimmed(list(values))
            for column, values in zip(self._columns, cells, strict=True)
            if column is not None
        }

    def _typed(
        self, raw: dict[str, pl.Series], size: int, bad_cells: list[Bad]
    ) -> tuple[pl.DataFrame, list[Finding]]:
        """Typed columns of the chunk, absent ones as nulls, and what is wrong with cells."""
        values: dict[str, pl.Series] = {}
        findings = [Finding(b.code, b.column, b.rows, b.params) for b in bad_cells]
        for column in sorted(self._dataset.columns, key=lambda c: c.exempt is not None):
            cells = raw.get(column.name)
            if cells is None:
                dtype = TYPES.get(column.kind, pl.String)
                values[column.name] = pl.repeat(None, size, dtype=dtype, eager=True)
                continue
            values[column.name], found = self._column(column, cells, values)
            known = [b.rows for b in bad_cells if b.column == column.name]
            findings += [_besides(one, known) for one in found] if known else found
        ordered = {column.name: values[column.name] for column in self._dataset.columns}
        return pl.DataFrame(ordered), findings

    def _column(
        self, column: Column, cells: pl.Series, known: Mapping[str, pl.Series]
    ) -> tuple[pl.Series, list[Finding]]:
        if not len(cells):
            return pl.Series([], dtype=TYPES.get(column.kind, pl.String)), []
        parsed = parse(column, cells)
        exempt = pl.repeat(value=False, n=len(cells), eager=True)
        values = parsed.values
        if column.exempt:
            exempt = (known[column.exempt[0]] == column.exempt[1]).fill_null(value=False)
            values = cells.zip_with(exempt, values)
        findings = [
            Finding(
                code,
                column.name,
                rows & ~exempt,
                _params(params, cells),
                # A month without its day is left out where the day may be missing.
                warning=code == "date_month" and not column.required,
            )
            for code, rows, params in parsed.faults
        ]
        if column.required and not column.follows:
            code = "required_amount" if column.kind is Kind.MONEY else "required"
            findings.append(Finding(code, column.name, cells.is_null()))
        return values, findings

    def _faults(
        self, finding: Finding, raw: Mapping[str, pl.Series], numbers: pl.Series, bad: pl.Series
    ) -> list[Fault]:
        rows = finding.rows.fill_null(value=False)
        places = (rows & ~bad if finding.warning else rows).arg_true().to_list()
        cells = raw.get(finding.column)
        column = self._dataset.column(finding.column) if finding.column else None
        return [
            Fault(
                row=numbers[at],
                column=finding.column,
                value=masked(column, cells[at]) if column and cells is not None else "",
                code=finding.code,
                params={k: _one(v, at) for k, v in finding.params.items()},
                warning=finding.warning,
            )
            for at in places
        ]

    def _stageable(self, good: pl.DataFrame) -> pl.DataFrame:
        """Good rows as the staging table holds them."""
        for name, derive in self._dataset.derived.items():
            good = good.with_columns(derive(good).alias(name))
        for column in self._dataset.columns:
            if column.secret:
                sealed = self._sealed(column, good[column.name])
                good = good.drop(column.name).with_columns(sealed)
        return good

    def _sealed(self, column: Column, values: pl.Series) -> list[pl.Series]:
        keys, purpose, name = self._keys, column.purpose, column.name
        clear = values.to_list()
        columns = [
            _hexadecimal(f"{name}_index", keys.index_many(clear, purpose=purpose)),
            _masked_column(column, values).alias(f"{name}_masked"),
        ]
        if column.sealed:
            sealed = keys.seal_many(clear, purpose=purpose)
            columns.append(_hexadecimal(f"{name}_sealed", sealed))
        return columns


def _besides(finding: Finding, known: list[pl.Series]) -> Finding:
    """Without the rows of which it is already said why the cell is missing."""
    rows = finding.rows.fill_null(value=False)
    for said in known:
        rows = rows & ~said
    return replace(finding, rows=rows)


def _masked_column(column: Column, values: pl.Series) -> pl.Series:
    """The column's masks for a whole column of good values at once."""
    shown = _SHOWN_ENDS.get(column.kind)
    if shown is None:
        return values.map_elements(_MASKS[column.kind], pl.String)
    head, tail = shown
    hidden = values.str.slice(head).str.head(-tail).str.replace_all(".", "*")
    whole = values.str.replace_all(".", "*")
    short = values.str.len_chars() <= head + tail
    return whole.zip_with(short, values.str.head(head) + hidden + values.str.tail(tail))


def masked(column: Column, cell: str | None) -> str:
    """A cell as a report may show it."""
    if cell is None:
        return ""
    mask = _MASKS.get(column.kind)
    if mask:
        return mask(cell.strip())[:_SHOWN_CHARACTERS]
    if column.personal:
        return mask_name(cell)[:_SHOWN_CHARACTERS]
    # A database keeps no NUL; the marks of this reader are nobody's text.
    return cell[:_SHOWN_CHARACTERS].lstrip("\x01\x02").replace("\0", "␀")


def _hexadecimal(name: str, values: list[bytes | None]) -> pl.Series:
    """As COPY reads bytea."""
    return ("\\x" + pl.Series(name, values, dtype=pl.Binary).bin.encode("hex")).alias(name)


def _params(params: Mapping[str, Any], cells: pl.Series) -> dict[str, Any]:
    """A mapping by cell becomes a column over the chunk."""
    return {
        key: cells.replace_strict(value, default="", return_dtype=pl.String)
        if isinstance(value, dict) and value
        else ""
        if isinstance(value, dict)
        else value
        for key, value in params.items()
    }


def _one(value: pl.Series | str | int, at: int) -> Any:
    if not isinstance(value, pl.Series):
        return value
    one = value[at]
    return one.isoformat() if isinstance(one, dt.date) else one
