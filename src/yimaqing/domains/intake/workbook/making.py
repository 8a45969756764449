"""Making the workbook of a batch's errors, sealed as it is written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.filling import opener
from yimaqing.domains.intake.models import Batch, RowError
from yimaqing.domains.intake.queries import errors_of, line_of
from yimaqing.domains.intake.reading import (
    FileUnusable,
    columns_of,
    open_book,
    open_sheet,
    sheet_of,
)
from yimaqing.domains.intake.reading.sheets import Sheet
from yimaqing.domains.intake.returned.comparing import table_of
from yimaqing.domains.intake.returned.recognising import export_of
from yimaqing.domains.intake.workbook import parts
from yimaqing.domains.intake.workbook.parts import Note
from yimaqing.domains.lists.queries import PROPERTY
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import SealedWriter, open_stored

#: Notes on cells of one workbook: spreadsheets grow slow with more; all are on the first sheet.
MOST_NOTES = 20_000
MOST_BYTES = 4 * 1024**3
#: A workbook of so many rows is made while its reader waits; a larger one as a job.
AT_ONCE_ROWS = 5_000
#: A cell of a spreadsheet that holds a number which has lost digits.
_LOST = "\x01"
_PIECE = 2000
_DAY = (1980, 1, 1, 0, 0, 0)


def path_of(batch: Batch) -> Path:
    """Where the sealed workbook lies once it is made; tidied away after a day.

    One for each language, and another one when the batch was read or applied again.
    """
    ended = int(batch.finished_at.timestamp()) if batch.finished_at else 0
    name = f"{batch.pk}-{ended}-{get_language() or settings.LANGUAGE_CODE}.sealed"
    return Path(settings.FILES) / "intake" / "workbooks" / name


def opened(batch: Batch) -> BinaryIO:
    """The workbook as a stream. Raise FileNotFoundError until it is made."""
    path_of(batch).stat()
    return open_stored(path_of(batch), keyring(settings.DATA_KEYS))


def make(batch: Batch) -> None:
    """Write the workbook; killed at any point, nothing of it is there. Raise FileUnusable."""
    rows = _rows_of(batch)
    with SealedWriter(path_of(batch), keyring(settings.DATA_KEYS), limit=MOST_BYTES) as sealed:
        with zipfile.ZipFile(_Stream(sealed), "w", zipfile.ZIP_DEFLATED, compresslevel=4) as packed:
            _write(packed, batch, rows)
        sealed.finish()


class _Stream(io.RawIOBase):
    """A sealed file as something that an archive is written to, from its beginning to its end."""

    def __init__(self, sealed: SealedWriter) -> None:
        self._sealed = sealed

    def writable(self) -> bool:
        """It only writes."""
        return True

    def write(self, data: object) -> int:
        """Take some bytes."""
        taken = bytes(data)  # type: ignore[call-overload] # whatever holds bytes
        self._sealed.write(taken)
        return len(taken)


@dataclass(frozen=True)
class _Rows:
    """The user's own sheet: its heading's row, at which column each of the dataset's stands, and
    what makes an exported list known when it comes back.
    """

    sheet: Sheet
    heading: int
    places: dict[str, int]
    mark: tuple[str, str] | None = None


def _rows_of(batch: Batch) -> _Rows:
    if not batch.returned:
        sheet = open_sheet(opener(batch), batch.sheet)
        return _Rows(sheet, sheet.first[0][0], _places(batch, sheet))
    book = open_book(opener(batch))
    table = table_of(export_of(batch), book)
    mark = f"{batch.returned} {(batch.plan or {}).get('seal', '')}"
    return _Rows(sheet_of(book, table.page), table.heading_row, table.places, (PROPERTY, mark))


def _write(packed: zipfile.ZipFile, batch: Batch, rows: _Rows) -> None:
    fixed = {
        **parts.package(rows.mark),
        "xl/workbook.xml": parts.workbook(_("错误"), _("原表")),
        "xl/_rels/workbook.xml.rels": parts.WORKBOOK_PARTS,
        "xl/styles.xml": parts.STYLES,
        "xl/worksheets/_rels/sheet2.xml.rels": parts.NOTES_OF_ROWS,
    }
    for name, text in fixed.items():
        _part(packed, name, [text])
    _part(packed, "xl/worksheets/sheet1.xml", _errors_sheet(batch))
    notes: list[Note] = []
    _part(packed, "xl/worksheets/sheet2.xml", _rows_sheet(batch, rows, notes))
    _part(packed, "xl/comments1.xml", parts.comments(notes))
    _part(packed, "xl/drawings/vmlDrawing1.vml", parts.drawing(notes))


def _part(packed: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> None:
    held = zipfile.ZipInfo(name, _DAY)
    held.compress_type = zipfile.ZIP_DEFLATED
    with packed.open(held, "w", force_zip64=True) as part:
        for piece in pieces:
            part.write(piece.encode())


def _errors_sheet(batch: Batch) -> Iterator[str]:
    headings = [_("行"), _("列"), _("值"), _("级别"), _("原因"), _("怎样改")]
    yield parts.sheet_begin(widths=(8, 18, 24, 8, 44, 60))
    yield parts.row(1, headings, {}, parts.HEADING)
    for number, error in enumerate(_errors(batch), start=2):
        line = line_of(batch, error)
        cells = [line.row, line.column, line.value, line.level, line.reason, line.remedy]
        yield parts.row(number, cells, {})
    yield parts.sheet_end()


def _rows_sheet(batch: Batch, held: _Rows, notes: list[Note]) -> Iterator[str]:
    """The file's own rows under their own numbers; what is wrong goes into ``notes``."""
    yield parts.sheet_begin(frozen=held.heading)
    faults = _by_row(batch)
    waiting = next(faults, None)
    for number, cells in held.sheet.rows:
        while waiting is not None and waiting[0] < number:
            waiting = next(faults, None)
        styles: dict[int, int] = {}
        if waiting is not None and waiting[0] == number:
            for note in _notes(batch, number, waiting[1], held.places):
                styles[note.column] = parts.REFUSED if note.refused else parts.REMARK
                if len(notes) < MOST_NOTES:
                    notes.append(note)
        style = parts.HEADING if number == held.heading else parts.TEXT
        yield parts.row(number, [cell.removeprefix(_LOST) for cell in cells], styles, style)
    yield parts.sheet_end(notes=True, merged=held.sheet.merged)


def _places(batch: Batch, sheet: Sheet) -> dict[str, int]:
    """At which column of the sheet each of the dataset's columns stands."""
    if batch.plan:
        headings = list(batch.plan.get("headings", ()))
        taken = batch.plan.get("columns", ())
        return {
            one["target"].partition("@")[0]: headings.index(one["heading"])
            for one in taken
            if one["heading"] in headings
        }
    try:
        columns = columns_of(dataset(batch.dataset), sheet.header)
    except FileUnusable:
        return {}
    return {column.name: at for at, column in enumerate(columns) if column is not None}


def _notes(batch: Batch, number: int, errors: list[RowError], places: dict[str, int]) -> list[Note]:
    """One note a cell, of all that is wrong with it; of the whole row at its first cell."""
    said: dict[int, list[str]] = {}
    refused: set[int] = set()
    for error in errors:
        at = places.get(error.column, 0)
        line = line_of(batch, error)
        where = "" if error.column in places else f"{line.column}：" if line.column else ""
        said.setdefault(at, []).append(f"{where}{line.reason}。{line.remedy}。")
        if not error.warning:
            refused.add(at)
    return [Note(number, at, "\n".join(texts), at in refused) for at, texts in said.items()]


def _by_row(batch: Batch) -> Iterator[tuple[int, list[RowError]]]:
    number = 0
    held: list[RowError] = []
    for error in _errors(batch):
        if error.row != number and held:
            yield number, held
            held = []
        number = error.row
        if number:
            held.append(error)
    if held:
        yield number, held


def _errors(batch: Batch) -> Iterator[RowError]:
    """Faults as they are kept, by row, in constant memory."""
    after = (-1, 0)
    while page := list(errors_of(batch, after=after)[:_PIECE]):
        yield from page
        after = (page[-1].row, page[-1].pk)
