"""XLSX as a stream: no clear copy on a disk, memory that does not grow with the rows.

Libraries that write a workbook of any size in constant memory collect its sheet in a clear
temporary file first; this goes row by row through a zip stream into the sealed file
(docs/decisions/0020). Texts stand in the cells themselves and are typed as texts, so that none
is run as a formula and no number of people loses a digit.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Sequence
from typing import IO, Any, cast

from yimaqing.domains.lists.cells import Cell
from yimaqing.domains.lists.writing import Heading, Notes, Sink, package
from yimaqing.kit.dataset import Kind

#: Rows that a sheet holds (ECMA-376), less what stands above and a reserve.
MOST_ROWS = 1_000_000
HEADER_ROW = 3
_EPOCH = dt.date(1899, 12, 30)
_WIDTHS = {Kind.NAME: 12, Kind.DATE: 13, Kind.ID_NUMBER: 22, Kind.PLACE: 16, Kind.TEXT: 18}
_HEAD, _TEXT, _MONEY, _DATE, _TITLE, _WHOLE = 1, 2, 3, 4, 5, 6
#: What XML 1.0 cannot hold goes; the rest is written as entities.
_PLAIN: dict[int, str | None] = {code: None for code in range(32) if code not in {9, 10, 13}}
_PLAIN |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", 0xFFFE: None, 0xFFFF: None}


class _Onward:
    """What zipfile needs of a file that cannot be sought in."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """The sink keeps its own time."""


class Workbook:
    """A writer of XLSX: title, note, frozen header, filters, and the key of each row hidden."""

    def __init__(self, sink: Sink, headings: Sequence[Heading], notes: Notes) -> None:
        self._zip = zipfile.ZipFile(
            cast("IO[bytes]", _Onward(sink)), "w", zipfile.ZIP_DEFLATED, compresslevel=1
        )
        self._headings = [*headings, Heading(notes.key_heading, Kind.INTEGER)]
        self._letters = [package.letters(n) for n in range(len(self._headings))]
        self._notes = notes
        self._sheets = 0
        self._row = 0
        self._sheet: Any = None
        self._begin()

    def write(self, keys: Sequence[int], rows: Sequence[Sequence[Cell]]) -> None:
        """Add rows; a full sheet is followed by another."""
        parts: list[str] = []
        for key, row in zip(keys, rows, strict=True):
            if self._row >= MOST_ROWS + HEADER_ROW:
                self._sheet.write("".join(parts).encode())
                parts.clear()
                self._end()
                self._begin()
            self._row += 1
            parts.append(self._line([*row, key]))
        self._sheet.write("".join(parts).encode())

    def finish(self) -> None:
        """The end of the sheet and the parts that name it."""
        self._end()
        for name, text in package.parts(self._notes, self._sheets, HEADER_ROW, self._letters[-1]):
            self._zip.writestr(name, text)
        self._zip.close()

    def _begin(self) -> None:
        self._sheets += 1
        self._sheet = self._zip.open(
            f"xl/worksheets/sheet{self._sheets}.xml", "w", force_zip64=True
        )
        widths = [_width(heading) for heading in self._headings]
        self._sheet.write(package.sheet_begin(widths, HEADER_ROW).encode())
        title, note = self._notes.title, self._notes.line
        lines = [
            f'<row r="1"><c r="A1" s="{_TITLE}"{_inline(title)}</c></row>',
            f'<row r="2"><c r="A2"{_inline(note)}</c></row>',
        ]
        cells = "".join(
            f'<c r="{letter}{HEADER_ROW}" s="{_HEAD}"{_inline(heading.text)}</c>'
            for letter, heading in zip(self._letters, self._headings, strict=True)
        )
        lines.append(f'<row r="{HEADER_ROW}">{cells}</row>')
        self._sheet.write("".join(lines).encode())
        self._row = HEADER_ROW

    def _end(self) -> None:
        last = f"{self._letters[-1]}{self._row}"
        self._sheet.write(package.sheet_end(self._notes, HEADER_ROW, last).encode())
        self._sheet.close()

    def _line(self, row: Sequence[Cell]) -> str:
        number = self._row
        cells = "".join(
            _cell(f"{letter}{number}", cell, heading.kind)
            for letter, cell, heading in zip(self._letters, row, self._headings, strict=True)
            if cell is not None
        )
        return f'<row r="{number}">{cells}</row>'


def _cell(at: str, cell: Cell, kind: Kind) -> str:
    if isinstance(cell, str):
        return f'<c r="{at}" s="{_TEXT}"{_inline(cell)}</c>'
    if isinstance(cell, dt.date):
        return f'<c r="{at}" s="{_DATE}"><v>{(cell - _EPOCH).days}</v></c>'
    style = _MONEY if kind == Kind.MONEY else _WHOLE if isinstance(cell, int) else 0
    return f'<c r="{at}" s="{style}"><v>{cell}</v></c>'


def _inline(text: str) -> str:
    return f' t="inlineStr"><is><t xml:space="preserve">{text.translate(_PLAIN)}</t></is>'


def _width(heading: Heading) -> int:
    wide = 2 * len(heading.text) + 4  # a Chinese character is as wide as two letters
    return min(max(wide, _WIDTHS.get(heading.kind, 10)), 40)
