"""From a batch's file to its staging table: chunk by chunk, each committed with its cursor."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yimaqing.domains.intake import staging
from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.mapping.deciding import Decision, decide
from yimaqing.domains.intake.mapping.finding import Finding
from yimaqing.domains.intake.mapping.saved import area_of
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.reading import (
    Book,
    Chunk,
    FileUnusable,
    Reader,
    open_book,
    sheet_of,
)
from yimaqing.domains.intake.returned.comparing import compared
from yimaqing.domains.intake.returned.reading import ReturnReader
from yimaqing.domains.intake.returned.recognising import export_of, looks_exported
from yimaqing.kit.crypto import keyring
from yimaqing.kit.dataset import Dataset
from yimaqing.kit.files import open_stored
from yimaqing.kit.rowscope import Scope

CHUNK_ROWS = 20_000
#: 20,000 rows of the widest dataset are half of it.
CHUNK_BYTES = 128 * 1024**2
_CELL_BYTES = 64
#: Columns are searched and sealed outside the interpreter's lock for much of the time.
CHECKED_AT_ONCE = 2

Progress = Callable[[str, Batch], None]


def opener(batch: Batch) -> Callable[[], BinaryIO]:
    """Opens the batch's kept file, as often as it is needed."""
    keys = keyring(settings.DATA_KEYS)
    return lambda: open_stored(settings.FILES / batch.stored_as, keys)


def fill(
    batch: Batch, kind: Dataset, scope: Scope, progress: Progress, book: Book | None = None
) -> None:
    """Stage the rows after the batch's cursor; its state is APPLYING then.

    ``book`` is its file, where somebody has opened it already.

    Raise FileUnusable when the file cannot be read, Undecided when somebody has to say first
    which column is which.
    """
    book = book or open_book(opener(batch))
    decision, reader = (_returned if batch.returned else _sent)(batch, kind, scope, book)
    if batch.state == State.RECEIVED:
        _begin(batch, kind, decision)
    after = batch.row_cursor
    unread = ((number, row) for number, row in decision.rows if number > after)
    progress("reading", batch)
    with _no_collector():
        for chunk in _chunks(reader, unread):
            with transaction.atomic(using="owner"):
                staging.add(batch, kind, chunk)
            progress("reading", batch)
    abreast = decision.shape.abreast if decision.shape else None
    with transaction.atomic(using="owner"):
        staging.execute(f"ANALYZE {staging.table_of(batch.pk)}")
        if batch.rows_total == 0 and not batch.returned:
            raise FileUnusable("no_readings" if abreast and abreast.rows else "no_rows")
        if abreast:
            told = {"code": "abreast", "params": abreast.counted}
            batch.notes = [*(n for n in batch.notes if n["code"] != "abreast"), told]
        batch.state = State.APPLYING
        batch.save(using="owner", update_fields=["state", "notes"])


class Reads(Protocol):
    """Reads chunks of rows: looked up where the connection is, checked anywhere."""

    def look_up(self, rows: list[Row]) -> Any:
        """What ``read`` needs from the database."""

    def read(self, rows: list[Row], looked_up: Any) -> Chunk:
        """The good ones, and what is wrong with the others."""


def _sent(batch: Batch, kind: Dataset, scope: Scope, book: Book) -> tuple[Decision, Reads]:
    decision = _decided(batch, kind, scope, book)
    keys = keyring(settings.DATA_KEYS)
    return decision, Reader(
        kind, decision.columns, keys, batch.as_of, shape=decision.shape, heads=decision.heads
    )


def _returned(
    batch: Batch,
    kind: Dataset,
    scope: Scope,  # noqa: ARG001 - as above; the register is read as the sender sees it
    book: Book,
) -> tuple[Decision, Reads]:
    found = compared(export_of(batch), book)
    reader = ReturnReader(batch, kind, found)
    decision = Decision([], reader.stated, found.rows(), notes=found.notes())
    return decision, reader


def _decided(batch: Batch, kind: Dataset, scope: Scope, book: Book) -> Decision:
    sheet = sheet_of(book, book.page(batch.sheet))
    if looks_exported(sheet.first):
        batch.notes = [*batch.notes, {"code": "return_mark_lost", "params": {}}]
        batch.save(using="owner", update_fields=["notes"])
    finding = Finding(keyring(settings.DATA_KEYS), scope.settings()["yimaqing.ranges"])
    area = area_of(scope)
    decision = decide(
        kind,
        sheet,
        finding,
        chosen=batch.plan,
        area=area,
        as_of=batch.as_of,
        dry_run=batch.dry_run,
    )
    decision.notes += [{"code": code, "params": params} for code, params in book.notes]
    return decision


def _begin(batch: Batch, kind: Dataset, decision: Decision) -> None:
    with transaction.atomic(using="owner"):
        staging.create(batch, kind)
        batch.columns = decision.stated
        batch.notes = [*batch.notes, *(n for n in decision.notes if n not in batch.notes)]
        # A batch that is continued is read as it was begun, whatever is saved or guessed since.
        if batch.returned:
            batch.plan = {**(batch.plan or {}), "read_at": timezone.now().isoformat()}
        else:
            batch.plan = decision.shape.plan.as_json() if decision.shape else None
        batch.state = State.READING
        batch.save(using="owner", update_fields=["columns", "notes", "plan", "state"])


def _chunks(reader: Reads, rows: Iterator[tuple[int, list[str]]]) -> Iterator[Chunk]:
    """Checked chunks in their order; the next ones are checked while the database stores one."""
    coming: deque[Future[Chunk]] = deque()
    with ThreadPoolExecutor(CHECKED_AT_ONCE, "intake") as pool:
        while True:
            while len(coming) <= CHECKED_AT_ONCE and (some := _some(rows)):
                # Looked up here: this thread has the connection.
                coming.append(pool.submit(reader.read, some, reader.look_up(some)))
            if not coming:
                return
            yield coming.popleft().result()


def _some(rows: Iterator[Row]) -> list[Row]:
    """The next rows, fewer where they are long."""
    some: list[Row] = []
    weight = 0
    for row in islice(rows, CHUNK_ROWS):
        some.append(row)
        weight += _CELL_BYTES * len(row[1]) + sum(map(len, row[1]))
        if weight > CHUNK_BYTES:
            break
    return some


@contextmanager
def _no_collector() -> Iterator[None]:
    """Rows are lists of strings without cycles; searching them took a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
