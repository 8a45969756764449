"""Writing an export: rows as one moment saw them, word by word as on the page, into a sealed
file that is there whole or not at all.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.lists.asking import Question, shown_columns
from yimaqing.domains.lists.engine import rows_of
from yimaqing.domains.lists.queries import (
    KEYS,
    allowed,
    bounds_of,
    columns_open,
    key_heading,
    seal_of,
)
from yimaqing.domains.lists.rendering import Rendering
from yimaqing.domains.lists.rights import EVERYTHING, rights_of
from yimaqing.domains.lists.writing import Heading, Notes, Sink, Writer
from yimaqing.domains.lists.writing.commas import Commas
from yimaqing.domains.lists.writing.workbook import Workbook
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import SealedWriter, Stored
from yimaqing.kit.listing import Listing


def _parquet(sink: Sink, headings: Sequence[Heading], notes: Notes) -> Writer:
    from yimaqing.domains.lists.writing.parquet import Parquet  # noqa: PLC0415 - PyArrow

    return Parquet(sink, headings, notes)


WRITERS: dict[str, Callable[[Sink, Sequence[Heading], Notes], Writer]] = {
    "xlsx": Workbook,
    "csv": Commas,
    "parquet": _parquet,
}
FOLDER = "exports"
MOST_BYTES = 8 * 1024**3


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
    rendering = Rendering(columns, task.viewer, clear=task.clear, uneven=rights.uneven(columns))
    written = 0
    bounds = bounds_of(question.place)
    for rows in rows_of(task.listing, question, columns, bounds, using=task.using):
        cells = rendering.cells(rows)
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
        seal=seal_of(task.number),
        listing=task.listing.slug,
        dataset=task.listing.dataset,
        demo=demo,
        key_heading=key_heading(),
    )
