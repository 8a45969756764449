"""CSV in UTF-8 with a byte order mark, so that Excel reads Chinese."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from yimaqing.domains.lists.cells import Cell
from yimaqing.domains.lists.writing import Heading, Notes, Sink

#: A spreadsheet would run such a text as a formula (OWASP, CSV injection); the tab and the
#: return are there because it skips them first.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: Cell) -> Cell:
    """The cell with an apostrophe before a text that would be run as a formula."""
    if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA):
        return "'" + cell
    return cell


class Commas:
    """A writer of CSV."""

    def __init__(self, sink: Sink, headings: Sequence[Heading], notes: Notes) -> None:
        self._sink = sink
        sink.write(b"\xef\xbb\xbf")
        self._put([[heading.text for heading in headings]])

    def write(self, keys: Sequence[int], rows: Sequence[Sequence[Cell]]) -> None:
        """Add rows."""
        self._put([[harmless(cell) for cell in row] for row in rows])

    def finish(self) -> None:
        """Nothing stands at the end."""

    def _put(self, rows: Sequence[Sequence[Cell]]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        self._sink.write(text.getvalue().encode())
