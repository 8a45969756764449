"""Writing an export: rows as one moment saw them, word by word as on the page, into a sealed
file that is there whole or not at all.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import columns_of_each, scope_of
from yimaqing.domains.lists.actions.exports import UNMASK
from yimaqing.domains.lists.asking import Question, shown_columns
from yimaqing.domains.lists.cells import Cell, Wording
from yimaqing.domains.lists.engine import Row, rows_of
from yimaqing.domains.lists.queries import KEYS, allowed, bounds_of, columns_open
from yimaqing.domains.lists.rights import EVERYTHING, rights_of
from yimaqing.domains.lists.writing import Heading, Notes, Sink, Writer
from yimaqing.domains.lists.writing.commas import Commas
from yimaqing.domains.lists.writing.parquet import Parquet
from yimaqing.domains.lists.writing.workbook import Workbook
from yimaqing.domains.places.queries import names_of
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import SealedWriter, Stored
from yimaqing.kit.listing import Column, Listing
from yimaqing.kit.rowscope import Scope

WRITERS: dict[str, Callable[[Sink, Sequence[Heading], Notes], Writer]] = {
    "xlsx": Workbook,
    "csv": Commas,
    "parquet": Parquet,
}
FOLDER = "exports"
MOST_BYTES = 8 * 1024**3
_VILLAGE = 12
_NO_HOUSEHOLD = -1


class Cancelled(RuntimeError):
    """Its user gave the export up."""


@dataclass(frozen=True)
class Task:
    """What is to be written: a question of a list, as ``viewer`` may see it (None: the operator).

    ``clear`` opens names and sealed values where the viewer may open them. ``keeps``: what was
    said of each row is kept beside the file.
    """

    listing: Listing
    question: Question
    viewer: User | None
    file_format: str
    purpose: str
    number: str
    clear: bool = False
    keeps: bool = False
    using: str = "default"


class _Both:
    """Cells of a column for rows that may stand in clear, and for those that may not."""

    def __init__(self, task: Task, column: Column) -> None:
        self._masked = Wording(column)
        self._clear = Wording(column, clear=True) if task.clear else None

    def cells(
        self, values: Sequence[Any], places: dict[str, str], clear: Sequence[bool]
    ) -> list[Cell]:
        if self._clear is None or not any(clear):
            return self._masked.cells(values, places)
        opened = self._clear.cells(values, places)
        if all(clear):
            return opened
        masked = self._masked.cells(values, places)
        return [
            one if open_ else two for one, two, open_ in zip(opened, masked, clear, strict=True)
        ]


def write(
    task: Task, path: Path, told: Callable[[int], None] = lambda _rows: None
) -> tuple[Stored, int]:
    """Write the file sealed under ``path``; (what was stored, rows). ``told`` hears how many
    rows there are so far, and may raise Cancelled.

    Runs in the caller's transaction and scope. Nothing is left behind where it fails.
    """
    keys = keyring(settings.DATA_KEYS)
    with SealedWriter(path, keys, limit=MOST_BYTES) as file:
        if not task.keeps:
            rows = pour(task, file, None, told)
            return file.finish(), rows
        beside = path.with_name(f"{path.name}.{KEYS}")
        with SealedWriter(beside, keys, limit=MOST_BYTES) as kept:
            rows = pour(task, file, _Kept(kept), told)
            kept.finish()
            return file.finish(), rows


class _Kept:
    """What the export said of each row, for a workbook that comes back (queries.export_of)."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._packed = zlib.compressobj(1)

    def write(self, lines: Sequence[object]) -> None:
        text = "".join(json.dumps(one, ensure_ascii=False, default=str) + "\n" for one in lines)
        self._sink.write(self._packed.compress(text.encode()))

    def finish(self) -> None:
        self._sink.write(self._packed.flush())


def pour(task: Task, sink: Sink, kept: _Kept | None, told: Callable[[int], None]) -> int:
    """Write the file into ``sink``; how many rows it has."""
    rights = rights_of(task.viewer, task.listing.permission) if task.viewer else EVERYTHING
    question = allowed(task.listing, task.question, rights)
    columns = shown_columns(question, columns_open(task.listing, rights))
    headings = [Heading(str(column.label), column.kind) for column in columns]
    writer = WRITERS[task.file_format](sink, headings, _notes(task))
    if kept:
        kept.write([[column.name for column in columns]])
    uneven = task.viewer is not None and rights.uneven(columns)
    opens = scope_of(task.viewer, UNMASK) if task.viewer and task.clear else Scope.everything()
    each = [_Both(task, column) for column in columns]
    places: dict[str, str] = {}
    written = 0
    bounds = bounds_of(question.place)
    for rows in rows_of(task.listing, question, columns, bounds, using=task.using):
        _learn(places, rows)
        cells = _cells(rows, each, places, [_in_clear(row, opens) for row in rows])
        if uneven and task.viewer:
            _close(cells, rows, columns, task.viewer)
        numbers = [row.id for row in rows]
        writer.write(numbers, cells)
        if kept:
            kept.write(list(zip(numbers, cells, strict=True)))
        written += len(rows)
        told(written)
    writer.finish()
    if kept:
        kept.finish()
    return written


def _cells(
    rows: Sequence[Row], each: Sequence[_Both], places: dict[str, str], clear: Sequence[bool]
) -> list[list[Cell]]:
    by_column = [
        one.cells([row.values[n] for row in rows], places, clear) for n, one in enumerate(each)
    ]
    return [list(row) for row in zip(*by_column, strict=True)]


def _close(
    cells: list[list[Cell]], rows: Sequence[Row], columns: Sequence[Column], viewer: User
) -> None:
    seen = columns_of_each(viewer, [(row.place_code, row.household_id) for row in rows])
    for line, allowed_here in zip(cells, seen, strict=True):
        for n, column in enumerate(columns):
            if column.right and column.right not in allowed_here:
                line[n] = None


def _in_clear(row: Row, opens: Scope) -> bool:
    household = row.household_id if row.household_id is not None else _NO_HOUSEHOLD
    return opens.covers(row.place_code) or household in opens.household_ids


def _learn(places: dict[str, str], rows: Sequence[Row]) -> None:
    new = {row.place_code[:_VILLAGE] for row in rows} - places.keys()
    if new:
        places.update(names_of(new))


def _notes(task: Task) -> Notes:
    who = (
        f"{task.viewer.display_name}（{task.viewer.username}）" if task.viewer else _("系统管理员")
    )
    now = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    demo = _("演示数据") if settings.DEMO else ""
    line = _(
        "%(demo)s%(who)s %(at)s 导出，用途：%(purpose)s。编号 %(number)s。含个人信息，请勿外传。"
    ) % {
        "demo": f"{demo} " if demo else "",
        "who": who,
        "at": now,
        "purpose": task.purpose,
        "number": task.number,
    }
    return Notes(
        title=str(task.listing.label),
        line=line,
        number=task.number,
        listing=task.listing.slug,
        dataset=task.listing.dataset,
        demo=demo,
        key_heading=_("行标识"),
    )
