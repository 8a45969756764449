"""What a file holds: its sheets, and the cells of one of them as strings.

Workbooks are read by calamine, which neither runs nor fetches anything; of a formula it
gives the value that the spreadsheet kept with it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import python_calamine

from yimaqing.domains.intake.reading.formats import (
    FileUnusable,
    Format,
    detect,
    whole,
)
from yimaqing.domains.intake.reading.formulas import Uncounted, uncounted
from yimaqing.domains.intake.reading.text import lines_of
from yimaqing.domains.intake.reading.trial import try_old_workbook
from yimaqing.domains.intake.reading.typed import NO_VALUE, written

_PROPERTIES = "docProps/custom.xml"
_MOST_PROPERTIES = 100_000

Row = tuple[int, list[str]]
#: First and last row, first and last column of merged cells, all counted from 0.
Merged = tuple[int, int, int, int]


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
        ranges = _guarded(lambda: self._sheet(page).merged_cell_ranges) or []
        return [(top, bottom, left, right) for (top, left), (bottom, right) in ranges]

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

    def _sheet(self, page: Page) -> python_calamine.CalamineSheet:
        sheet: python_calamine.CalamineSheet = _guarded(
            lambda: self._workbook.get_sheet_by_name(page.name)
        )
        return sheet

    def _sheet_rows(self, page: Page) -> Iterator[Row]:
        sheet = self._sheet(page)
        blank = [""] * (sheet.start[1] if sheet.start else 0)
        missing = self._uncounted(page)
        rows = _guarded(sheet.iter_rows)
        for number, row in enumerate(rows, start=1):
            cells = blank + [written(cell) for cell in row]
            for at in missing.get(number, ()):
                if at < len(cells) and not cells[at]:
                    cells[at] = NO_VALUE
            yield number, cells

    def _uncounted(self, page: Page) -> Uncounted:
        if self.format is not Format.XLSX or self._packed is None:
            return {}
        return uncounted(self._packed, page.name)


def open_book(reopen: Callable[[], BinaryIO]) -> Book:
    """Open a file. Raise FileUnusable when it is nothing that can be read."""
    found = detect(reopen)
    if found.is_text:
        return Book(found, [Page("")], [], reopen)
    packed = whole(reopen)
    if found is Format.PARQUET:
        from yimaqing.domains.intake.reading.parquet import opened  # noqa: PLC0415 - PyArrow

        return Book(found, [Page("")], [], reopen, opened(packed), packed)
    if found is Format.XLS:
        try_old_workbook(packed.getvalue())
    try:
        workbook = _guarded(lambda: python_calamine.CalamineWorkbook.from_filelike(packed))
    except FileUnusable as error:
        code = "old_workbook" if found is Format.XLS else error.code
        raise FileUnusable(code) from error
    pages = [
        Page(
            sheet.name,
            sheet.visible == python_calamine.SheetVisibleEnum.Visible,
            sheet.typ == python_calamine.SheetTypeEnum.WorkSheet,
        )
        for sheet in workbook.sheets_metadata
    ]
    return Book(found, pages, _left_alone(found, packed, pages), reopen, workbook, packed)


def _guarded(read: Callable[[], Any]) -> Any:
    """What the workbook's reader gives; whatever it stumbles over is a broken workbook.

    A damaged file can make it panic, which Python sees as a BaseException of its own.
    """
    try:
        return read()
    except python_calamine.PasswordError as error:
        raise FileUnusable("locked_workbook") from error
    except (python_calamine.CalamineError, ValueError, OverflowError, OSError) as error:
        raise FileUnusable("broken_workbook") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
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
