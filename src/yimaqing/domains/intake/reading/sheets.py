"""A sheet whose first row is its heading, and the rows of any other behind it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from yimaqing.domains.intake.apart.typed import Merged, Row
from yimaqing.domains.intake.reading.books import Book, Page, open_book
from yimaqing.domains.intake.reading.formats import MOST_COLUMNS, MOST_ROWS, FileUnusable, Format
from yimaqing.domains.intake.reading.layout import LOOKED_AT


@dataclass
class Sheet:
    """The first rows with content of a sheet, and all of them.

    Rows without any content are left out, but counted in the numbering, as the user sees them.
    ``first`` are those that are looked at to find the table; ``rows`` yields everything, these
    too. Can be gone through once.
    """

    format: Format
    page: Page
    first: list[Row]
    rows: Iterator[Row]
    merged: list[Merged] = field(default_factory=list)

    @property
    def header(self) -> list[str]:
        """The first row with content, without blanks at its end."""
        cells = list(self.first[0][1])
        while cells and not cells[-1].strip():
            cells.pop()
        return cells


def open_sheet(reopen: Callable[[], BinaryIO], name: str = "") -> Sheet:
    """Open a file and a sheet of it. Raise FileUnusable when there is nothing to be read."""
    book = open_book(reopen)
    return sheet_of(book, book.page(name))


def sheet_of(book: Book, page: Page) -> Sheet:
    """A sheet of an opened file. Raise FileUnusable when it is empty or too wide."""
    rows = _bounded((number, row) for number, row in book.rows(page) if _has_content(row))
    first = list(itertools.islice(rows, LOOKED_AT))
    if not first:
        raise FileUnusable("empty")
    if max(_width(row) for _, row in first) > MOST_COLUMNS:
        raise FileUnusable("too_many_columns", limit=MOST_COLUMNS)
    return Sheet(book.format, page, first, itertools.chain(first, rows), book.merged(page))


def _width(row: list[str]) -> int:
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)


def _has_content(row: list[str]) -> bool:
    return bool(row) and (bool(row[0].strip()) or any(map(str.strip, row)))


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    for number, row in rows:
        if number > MOST_ROWS + 1:
            raise FileUnusable("too_many_rows", limit=MOST_ROWS)
        yield number, row
