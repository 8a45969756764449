"""Rows of a CSV file: its separator, and the line on which a quote was opened and not closed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from yimaqing.domains.intake.reading.formats import FileUnusable

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
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        number, began = 0, 1
        try:
            for row in reader:
                number += 1
                began = reader.line_num + 1
                yield number, row
        except csv.Error as error:
            # A row that began long before the place where the reader gave up: its quote is open.
            if "field larger" in str(error) or "unexpected end" in str(error):
                raise FileUnusable("quote_open", row=number + 1, line=began) from error
            raise FileUnusable("broken_csv", row=number + 1) from error


def _separator(head: str) -> str:
    """What stands between the cells: the one that most of the first lines have, most often."""
    lines = [line for line in head.splitlines()[:_LOOKED_AT] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: (sum(n > 0 for n in counts[mark]), sum(counts[mark])))
