"""The rows of a returned workbook held against what was exported, row by row, by their keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.reading import Book, FileUnusable, Page
from yimaqing.domains.intake.reading.cells import BLANKS
from yimaqing.domains.intake.reading.dates import read_date
from yimaqing.domains.lists.queries import Exported
from yimaqing.kit.dataset import Kind
from yimaqing.kit.listing import Column

#: Rows in which the headings are looked for: somebody may have written a few lines above.
_LOOKED_AT = 40
#: An export of more rows goes on on a second sheet.
_MOST_ROWS = 1_000_000
_SHOWN = 200
_BIGINT = 19  # digits that a number of a record has at most


@dataclass
class Table:
    """Where things stand in the workbook: the columns by name, the keys, the headings."""

    page: Page
    heading_row: int
    key_at: int
    places: dict[str, int]
    headings: list[str]

    @property
    def width(self) -> int:
        """How many cells of a row are looked at."""
        return len(self.headings)


@dataclass
class Compared:
    """A workbook and its export. ``was`` is what was exported, by key, as it is kept; ``changed``
    are the numbers of rows that differ; ``twice`` rows of keys that stand on several.
    """

    exported: Exported
    book: Book
    table: Table
    was: dict[int, bytes]
    changed: set[int] = field(default_factory=set)
    twice: dict[int, list[int]] = field(default_factory=dict)
    rows_seen: int = 0
    keys_seen: int = 0

    def rows(self) -> Iterator[Row]:
        """Rows that differ from what was exported, or that were not exported at all."""
        return ((number, cells) for number, cells in self._all() if number in self.changed)

    def _all(self) -> Iterator[Row]:
        width = self.table.width
        for number, cells in self.book.rows(self.table.page):
            if number > self.table.heading_row and any(map(str.strip, cells)):
                yield number, (cells + [""] * (width - len(cells)))[:width]

    def key_of(self, cells: list[str]) -> int | None:
        """The number of a row's record; None when the cell holds none."""
        text = cells[self.table.key_at].strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < _BIGINT else None

    def differing(self, cells: list[str], was: dict[str, Any]) -> dict[str, str]:
        """Cells of a row that do not say what was exported, by column."""
        listing = self.exported.listing
        return {
            name: cells[at]
            for name, at in self.table.places.items()
            if not says(listing.column(name), cells[at], was[name])
        }

    def survey(self) -> None:
        """Go through all rows once."""
        first: dict[int, int] = {}
        for number, cells in self._all():
            self.rows_seen += 1
            key = self.key_of(cells)
            if key is None or key not in self.was:
                self.changed.add(number)
                continue
            if key in first:
                self.twice.setdefault(key, [first[key]]).append(number)
            first.setdefault(key, number)
            if self.differing(cells, self.exported.values_of(self.was[key])):
                self.changed.add(number)
        self.keys_seen = len(first)

    def notes(self) -> list[dict[str, Any]]:
        """How the workbook was read, to be told with the report."""
        counts = {
            "number": self.exported.export.number,
            "rows": f"{self.rows_seen:,}",
            "same": f"{self.rows_seen - len(self.changed):,}",
            "changed": f"{len(self.changed):,}",
        }
        notes: list[dict[str, Any]] = [{"code": "return_read", "params": counts}]
        if missing := len(self.was) - self.keys_seen:
            notes.append({"code": "return_rows_missing", "params": {"count": f"{missing:,}"}})
        known = self.exported.headings
        lost = [h for h, column in known.items() if column.name not in self.table.places]
        new = [h for h in self.table.headings if h and h not in known]
        new.remove(self.table.headings[self.table.key_at])
        for code, headings in (("return_columns_missing", lost), ("return_columns_added", new)):
            if headings:
                said = "、".join(headings)[:_SHOWN]
                notes.append({"code": code, "params": {"headings": said}})
        return notes


def compared(exported: Exported, book: Book) -> Compared:
    """Hold a workbook against its export. Raise FileUnusable when its headings are gone."""
    if exported.export.written > _MOST_ROWS:
        raise FileUnusable("return_too_long", rows=f"{exported.export.written:,}")
    found = Compared(exported, book, table_of(exported, book), dict(exported.lines()))
    found.survey()
    return found


def table_of(exported: Exported, book: Book) -> Table:
    """Where the list stands in the workbook. Raise FileUnusable when its keys are gone."""
    for page in book.pages:
        if not (page.visible and page.readable):
            continue
        for number, cells in islice(book.rows(page), _LOOKED_AT):
            headings = [cell.strip() for cell in cells]
            if exported.key_heading in headings:
                return _placed(exported, page, number, headings)
    raise FileUnusable("return_no_keys", heading=exported.key_heading)


def _placed(exported: Exported, page: Page, number: int, headings: list[str]) -> Table:
    known = exported.headings
    for heading in (*known, exported.key_heading):
        if headings.count(heading) > 1:
            raise FileUnusable("return_heading_twice", heading=heading)
    places = {known[h].name: at for at, h in enumerate(headings) if h in known}
    return Table(page, number, headings.index(exported.key_heading), places, headings)


def says(column: Column | None, text: str, value: Any) -> bool:
    """Whether a cell says the value that was written: spaces around, and how a spreadsheet shows
    a number or a day, do not count.
    """
    plain, written = plain_text(text), plain_text(value)
    if plain == written:
        return True
    if isinstance(value, int | float):
        return _number(plain) == value
    if column is not None and column.kind == Kind.DATE and written:
        day = read_date(plain)
        return str(day) == written
    return False


def plain_text(value: Any) -> str:
    """A value as one would type it; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip(BLANKS)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None
