"""What a file holds: its sheets, and the cells of one of them as strings.

Workbooks are read by calamine in a process apart (``apart``); it neither runs nor fetches
anything, and of a formula it gives the value that the spreadsheet kept with it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from yimaqing.domains.intake.apart.asking import Workbook, WorkbookFailed
from yimaqing.domains.intake.apart.child import MOST_BYTES, MOST_MERGED
from yimaqing.domains.intake.apart.typed import NO_VALUE, Merged, Row
from yimaqing.domains.intake.reading.formats import (
    FileUnusable,
    Format,
    detect,
    whole,
)
from yimaqing.domains.intake.reading.formulas import Uncounted, uncounted
from yimaqing.domains.intake.reading.text import lines_of

_PROPERTIES = "docProps/custom.xml"
_MOST_PROPERTIES = 100_000


@dataclass(frozen=True)
class Page:
    """A sheet of a workbook, or the one table of any other file (its name is empty then)."""

    name: str
    visible: bool = True
    readable: bool = True


@dataclass
class Book:
    """An opened file. ``notes`` are faults without a row: what was in it and was not read."""

    format: Format
    pages: list[Page]
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _reopen: Callable[[], BinaryIO] = field(default=lambda: io.BytesIO(), repr=False)  # noqa: PLW0108 - a type would be no BinaryIO
    _workbook: Any = field(default=None, repr=False)
    _packed: io.BytesIO | None = field(default=None, repr=False)

    def page(self, name: str = "") -> Page:
        """The sheet of that name, else the first one that is shown. Raise FileUnusable."""
        if name:
            found = [page for page in self.pages if page.name == name]
            if not found or not found[0].readable:
                names = "、".join(p.name for p in self.pages if p.readable)
                raise FileUnusable("sheet_unknown", sheet=name[:60], sheets=names[:200])
            return found[0]
        shown = [page for page in self.pages if page.visible and page.readable]
        if not shown:
            raise FileUnusable("empty")
        return shown[0]

    def rows(self, page: Page) -> Iterator[Row]:
        """Every row with its number, blank ones too. Raises FileUnusable on the way."""
        if self.format.is_text:
            yield from lines_of(self._reopen, self.format)
        elif self.format is Format.PARQUET:
            from yimaqing.domains.intake.reading.parquet import records  # noqa: PLC0415 - PyArrow

            yield from records(self._workbook)
        else:
            yield from self._sheet_rows(page)

    def merged(self, page: Page) -> list[Merged]:
        """Merged cells of a sheet."""
        if self.format not in (Format.XLSX, Format.XLS):
            return []
        with self._told():
            merged: list[Merged] = self._workbook.merged(page.name)
        return merged

    def property(self, name: str) -> str:
        """A workbook's own property of that name (docProps/custom.xml); empty without one."""
        if self.format is not Format.XLSX or self._packed is None:
            return ""
        with zipfile.ZipFile(self._packed) as archive:
            if _PROPERTIES not in archive.namelist():
                return ""
            with archive.open(_PROPERTIES) as part:
                text = part.read(_MOST_PROPERTIES).decode(errors="replace")
        found = re.search(rf'name="{re.escape(name)}"[^>]*>\s*<[^>]*>([^<]*)<', text)
        return found[1].strip() if found else ""

    def _sheet_rows(self, page: Page) -> Iterator[Row]:
        missing = self._uncounted(page)
        with self._told():
            width = 0
            for number, cells in self._workbook.rows(page.name):
                width = max(width, len(cells))
                if number in missing:
                    cells.extend([""] * (width - len(cells)))  # a blank row has come without
                for at in missing.get(number, ()):
                    if at < len(cells) and not cells[at]:
                        cells[at] = NO_VALUE
                yield number, cells

    def _uncounted(self, page: Page) -> Uncounted:
        if self.format is not Format.XLSX or self._packed is None:
            return {}
        return uncounted(self._packed, page.name)

    def _told(self) -> AbstractContextManager[None]:
        return _told(self.format)


def open_book(reopen: Callable[[], BinaryIO]) -> Book:
    """Open a file. Raise FileUnusable when it is nothing that can be read."""
    found = detect(reopen)
    if found.is_text:
        return Book(found, [Page("")], [], reopen)
    packed = whole(reopen)
    if found is Format.PARQUET:
        from yimaqing.domains.intake.reading.parquet import opened  # noqa: PLC0415 - PyArrow

        return Book(found, [Page("")], [], reopen, opened(packed), packed)
    with _told(found):
        workbook = Workbook(packed.getvalue())
    pages = [Page(*sheet) for sheet in workbook.sheets]
    return Book(found, pages, _left_alone(found, packed, pages), reopen, workbook, packed)


@contextmanager
def _told(found: Format) -> Iterator[None]:
    """Where the workbook's reader could not go on, it is said why."""
    try:
        yield
    except WorkbookFailed as error:
        if error.why == "locked":
            raise FileUnusable("locked_workbook") from error
        if found is Format.XLS:
            raise FileUnusable("old_workbook") from error
        if error.why == "merged":
            raise FileUnusable("too_many_merged", limit=MOST_MERGED) from error
        if error.why == "too_much":
            raise FileUnusable("workbook_too_heavy", limit_mb=MOST_BYTES // 1024**2) from error
        raise FileUnusable("broken_workbook") from error


def _left_alone(
    found: Format, packed: io.BytesIO, pages: list[Page]
) -> list[tuple[str, dict[str, Any]]]:
    """What a workbook holds that is not read."""
    notes: list[tuple[str, dict[str, Any]]] = []
    hidden = [page.name for page in pages if page.readable and not page.visible]
    if hidden:
        notes.append(("hidden_sheets", {"sheets": "、".join(hidden)[:200]}))
    if found is Format.XLSX:
        packed.seek(0)
        with zipfile.ZipFile(packed) as archive:
            names = [name.casefold() for name in archive.namelist()]
        if any(name.endswith("vbaproject.bin") for name in names):
            notes.append(("macros", {}))
        if any(name.startswith("xl/externallinks/") for name in names):
            notes.append(("external_links", {}))
        packed.seek(0)
    return notes
