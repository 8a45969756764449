"""Rows of a CSV file: its separator, and the line on which a quote was opened and not closed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO, TextIO

from yimaqing.domains.intake.reading.formats import MOST_LINE_BYTES, MOST_ROW_CELLS, FileUnusable

_SEPARATORS = (",", "\t", ";", "|")
_HEAD = 64 * 1024
_LOOKED_AT = 20


def lines_of(reopen: Callable[[], BinaryIO], encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Every row with its number. Raise FileUnusable naming the line where it goes wrong.

    Memory stays bounded: of a quote that is never closed the csv module reads no more than
    its longest cell (128 KiB), and it is told by the line on which its row begins.
    """
    with reopen() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        delimiter = _separator(text.read(_HEAD))
    with reopen() as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        number, began = 0, 1
        try:
            for row in reader:
                number += 1
                lines.row_began()
                if len(row) > MOST_ROW_CELLS:
                    raise FileUnusable("row_too_wide", row=number, cells=len(row))
                began = reader.line_num + 1
                yield number, row
        except csv.Error as error:
            # A row that began long before the place where the reader gave up: its quote is open.
            if "field larger" in str(error) or "unexpected end" in str(error):
                raise FileUnusable("quote_open", row=number + 1, line=began) from error
            raise FileUnusable("broken_csv", row=number + 1) from error


class _Lines:
    """Lines of a text, as long as one row takes no more of them than a row of a table may."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._read = self._taken = 0
        self._began = 1

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self._taken += len(line)
            if self._taken > MOST_LINE_BYTES:
                raise FileUnusable("row_too_long", line=self._began)
            self._read += 1
            yield line

    def row_began(self) -> None:
        """The next line begins a row."""
        self._taken, self._began = 0, self._read + 1


def _separator(head: str) -> str:
    """What stands between the cells: the one that most of the first lines have, most often."""
    lines = [line for line in head.splitlines()[:_LOOKED_AT] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: (sum(n > 0 for n in counts[mark]), sum(counts[mark])))
