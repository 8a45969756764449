"""The sealer: chains committed entries in order, behind the oldest running transaction.

Writers never wait for it: they write plain rows. An entry whose transaction is still
running, or that a longer-running one could yet precede, stays in the unsealed tail.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.domains.audit import head
from yimaqing.domains.audit.actions import record
from yimaqing.domains.audit.chain import COLUMNS, FIRST, Position, link
from yimaqing.domains.audit.retired import LABEL
from yimaqing.kit.crypto import derived_keys

logger = logging.getLogger(__name__)

BATCH = 5_000
_ONE_SEALER = 0x59494D41  # "YIMA", the advisory lock's number

_LAST = "SELECT seq, era, xact, entry_id, link FROM audit_seal ORDER BY seq DESC LIMIT 1"
_NEXT = f"""
SELECT {COLUMNS} FROM audit_entry e
WHERE (e.xact, e.id) > (%(xact)s, %(entry_id)s) AND e.xact < %(below)s
  AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry_id = e.id)
ORDER BY e.xact, e.id LIMIT %(size)s
"""
# The snapshot of one statement gives both bounds and what it may see below them.
_BOUNDS = (
    "SELECT pg_snapshot_xmin(s)::text::int8, pg_snapshot_xmax(s)::text::int8"
    " FROM pg_current_snapshot() s"
)
_NO_BOUND = 2**63 - 1


@dataclass(frozen=True)
class Tip:
    """The end of the chain: where the next entry is looked for and linked to."""

    seq: int = 0
    era: int = 1
    xact: int = 0
    entry_id: int = 0
    link: bytes = FIRST


def seal(*, batch: int = BATCH, most: int | None = None) -> int:
    """Seal what may be sealed, in transactions of ``batch`` entries; the number sealed.

    Returns 0 at once while another sealer works. ``most`` bounds the number of batches.
    Raise KeysMissing when YIMAQING_DATA_KEY is empty.
    """
    key_id, key = next(iter(derived_keys(settings.DATA_KEYS, LABEL).items()))
    total = 0
    for number, sealed in enumerate(_batches(key_id, key, batch), start=1):
        total += sealed
        if number == most:
            break
    _keep_head()
    return total


def accept_head(*, reason: str, actor: str = "system:audit") -> None:
    """Accept that the chain is shorter than the head kept outside it, after a restore.

    Written into the trail with both ends; the next sealing keeps the present end.
    """
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        lost, tip = head.read(), _tip(cursor)
        record(
            action="audit.head_accepted",
            by=None,
            actor=actor,
            purpose=reason,
            before={"seq": lost.seq if lost else 0},
            after={"seq": tip.seq},
            using="owner",
        )
    head.write(head.Head(tip.seq, tip.link))


def _batches(key_id: int, key: bytes, size: int) -> Iterator[int]:
    while True:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_SEALER])
            if not _one(cursor)[0]:
                logger.info("another sealer is at work")
                return
            tip, below = _resume(cursor)
            rows = _next(cursor, tip, below, size)
            _append(cursor, tip, key_id, key, rows)
        if rows:
            yield len(rows)
        if len(rows) < size:
            return


def _resume(cursor: CursorWrapper) -> tuple[Tip, int]:
    """Where to go on, and the transaction number below which all is settled.

    After a restore into another server numbers start again: entries of the old server
    are finished first (their numbers have not been given out here), then a new era begins.
    """
    cursor.execute(_BOUNDS)
    oldest_running, not_given_out = _one(cursor)
    tip = _tip(cursor)
    if tip.xact < not_given_out:
        return tip, oldest_running
    if _next(cursor, tip, _NO_BOUND, 1):
        return tip, _NO_BOUND
    return replace(tip, era=tip.era + 1, xact=0, entry_id=0), oldest_running


def _tip(cursor: CursorWrapper) -> Tip:
    cursor.execute(_LAST)
    row = cursor.fetchone()
    if row is None:
        return Tip()
    seq, era, xact, entry_id, link_bytes = row
    return Tip(seq, era, xact, entry_id, bytes(link_bytes))


def _next(cursor: CursorWrapper, tip: Tip, below: int, size: int) -> list[tuple[Any, ...]]:
    cursor.execute(
        _NEXT, {"xact": tip.xact, "entry_id": tip.entry_id, "below": below, "size": size}
    )
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _append(
    cursor: CursorWrapper, tip: Tip, key_id: int, key: bytes, rows: list[tuple[Any, ...]]
) -> None:
    previous = tip.link
    with cursor.copy("COPY audit_seal (seq, entry_id, xact, era, key_id, link) FROM STDIN") as copy:
        for seq, row in enumerate(rows, start=tip.seq + 1):
            previous = link(key, previous, Position(seq, tip.era, key_id), row)
            copy.write_row((seq, row[0], row[1], tip.era, key_id, previous))


def _keep_head() -> None:
    """Keep the chain's end outside the database, unless the kept one is missing from it."""
    with connections["owner"].cursor() as cursor:
        if not head.is_in_chain(cursor):
            logger.error("audit: the chain has lost its end; run `yimaqing audit verify`")
            return
        tip = _tip(cursor)
    if tip.seq:
        head.write(head.Head(tip.seq, tip.link))


def _one(cursor: CursorWrapper) -> tuple[Any, ...]:
    row: tuple[Any, ...] = cursor.fetchone()
    return row
