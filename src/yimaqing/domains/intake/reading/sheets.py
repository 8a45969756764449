"""Rows of a CSV file or workbook as lists of strings, numbered as a spreadsheet numbers them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import python_calamine

from yimaqing.domains.intake.reading.formats import (
    MOST_COLUMNS,
    MOST_ROWS,
    FileUnusable,
    Format,
    detect,
)

#: From here on a spreadsheet's number has lost digits (2**53 is the last exact one).
EXACT_INTEGER = 2**53
LOST_DIGITS = "\x01"  # marks such a cell; no text can hold it

Cell = str | int | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta


@dataclass(frozen=True)
class Sheet:
    """A file's header (row 1) and the rows below it.

    ``rows`` yields (row number, cells); rows without any content are left out, but
    counted in the numbering, as the user sees them.
    """

    format: Format
    header: list[str]
    rows: Iterator[tuple[int, list[str]]]


def open_sheet(reopen: Callable[[], BinaryIO]) -> Sheet:
    """Open a file. Raise FileUnusable when it is not a table that can be read."""
    found = detect(reopen)
    raw = _workbook(reopen) if found is Format.XLSX else _text(reopen, found)
    numbered = ((number, row) for number, row in enumerate(raw, start=1) if _has_content(row))
    first = next(numbered, None)
    if first is None:
        raise FileUnusable("empty")
    number, header = first
    while header and not header[-1].strip():
        header.pop()
    if number != 1:
        raise FileUnusable("header_not_first", row=number)
    if len(header) > MOST_COLUMNS:
        raise FileUnusable("too_many_columns", limit=MOST_COLUMNS)
    return Sheet(found, header, _bounded(numbered))


def _has_content(row: list[str]) -> bool:
    return bool(row) and (bool(row[0].strip()) or any(map(str.strip, row)))


def _bounded(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in rows:
        if number > MOST_ROWS + 1:
            raise FileUnusable("too_many_rows", limit=MOST_ROWS)
        yield number, row


def _text(reopen: Callable[[], BinaryIO], encoding: str) -> Iterator[list[str]]:
    with reopen() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        delimiter = "\t" if "\t" in text.readline() else ","
    with reopen() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        number = 0
        try:
            for row in reader:
                number += 1
                yield row
        except csv.Error as error:
            raise FileUnusable("broken_csv", row=number + 1) from error


def _workbook(reopen: Callable[[], BinaryIO]) -> Iterator[list[str]]:
    with reopen() as file:
        packed = io.BytesIO(file.read())
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(packed)
        visible = [s.name for s in book.sheets_metadata if _is_visible(s)]
        if not visible:
            raise FileUnusable("empty")
        sheet = book.get_sheet_by_name(visible[0])
        rows = sheet.iter_rows()
    except python_calamine.CalamineError as error:
        raise FileUnusable("broken_workbook") from error
    for row in rows:
        yield [_written(cell) for cell in row]


def _is_visible(sheet: python_calamine.SheetMetadata) -> bool:
    return (
        sheet.visible == python_calamine.SheetVisibleEnum.Visible
        and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    )


def _written(cell: Cell) -> str:
    """A workbook's cell as one would type it into a CSV file."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float | int):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == dt.time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell)


def _number(cell: float) -> str:
    if cell != int(cell):
        return repr(cell)
    whole = str(int(cell))
    return whole if abs(cell) < EXACT_INTEGER else LOST_DIGITS + whole
