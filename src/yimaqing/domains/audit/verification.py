"""Walking the chain again: which entry was changed, is missing, or was slipped in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.domains.audit import head
from yimaqing.domains.audit.chain import COLUMNS, FIRST, Position, link
from yimaqing.domains.audit.retired import chain_keys

NAMED_AT_MOST = 1_000
_FETCH = 5_000

_CHAIN = f"""
DECLARE audit_chain NO SCROLL CURSOR FOR
SELECT s.seq, s.era, s.key_id, s.link, s.entry_id, {COLUMNS}
FROM audit_seal s LEFT JOIN audit_entry e ON e.id = s.entry_id ORDER BY s.seq
"""
# An entry without a seal that stands before the era's last sealed one was not there when
# that one was sealed: its transaction had ended, so it would have been sealed first.
_INSERTED = """
SELECT e.id FROM audit_entry e,
  (SELECT era, xact, entry_id FROM audit_seal ORDER BY seq DESC LIMIT 1) AS last
WHERE (e.xact, e.id) < (last.xact, last.entry_id)
  AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry_id = e.id)
ORDER BY e.id
"""
_TAIL = """
SELECT count(*), coalesce(extract(epoch FROM now() - min(e.at)), 0)::float8 FROM audit_entry e
WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.entry_id = e.id)
"""


@dataclass
class Report:
    """What verification found; entries are named by number, at most NAMED_AT_MOST of each kind.

    ``lost_seals`` are numbers of links that are gone; ``end_cut_off`` says that the end kept
    outside the database is no longer in the chain. The tail is not a fault: it waits for the
    next sealing. ``unknown_keys`` are keys that were taken out without being retired.
    """

    sealed: int = 0
    changed: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    inserted: list[int] = field(default_factory=list)
    lost_seals: list[int] = field(default_factory=list)
    unknown_keys: list[int] = field(default_factory=list)
    end_cut_off: bool = False
    tail: int = 0
    tail_oldest_seconds: float = 0.0

    @property
    def intact(self) -> bool:
        """Whether nothing was tampered with and everything could be checked."""
        return self.chain_holds and not self.end_cut_off

    @property
    def chain_holds(self) -> bool:
        """Whether every entry is the one that was sealed, wherever the chain ends."""
        faults = (self.changed, self.missing, self.inserted, self.lost_seals, self.unknown_keys)
        return not any(faults)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"intact": self.intact, **asdict(self)}


def verify() -> Report:
    """Check the whole chain in one snapshot, in constant memory, as the owner."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return examine(cursor)


def examine(cursor: CursorWrapper) -> Report:
    """Check what the owner's open transaction sees, such as a trail that is being restored."""
    report = Report()
    _walk(cursor, report)
    cursor.execute(_INSERTED)
    report.inserted = [row[0] for row in cursor.fetchmany(NAMED_AT_MOST)]
    report.end_cut_off = not head.is_in_chain(cursor)
    cursor.execute(_TAIL)
    waiting, report.tail_oldest_seconds = cursor.fetchone()
    report.tail = max(waiting - len(report.inserted), 0)
    return report


def _walk(cursor: CursorWrapper, report: Report) -> None:
    keys = chain_keys(cursor, settings.DATA_KEYS)
    previous, expected = FIRST, 1
    for seq, era, key_id, sealed, entry_id, *row in _chain(cursor):
        gap = seq != expected
        if gap:
            _name(report.lost_seals, *range(expected, min(seq, expected + NAMED_AT_MOST)))
        if row[0] is None:
            _name(report.missing, entry_id)
        elif key_id not in keys:
            report.unknown_keys = sorted({*report.unknown_keys, key_id})
        # Behind a gap the link before is not known, so this one cannot be computed again.
        elif not gap and link(keys[key_id], previous, Position(seq, era, key_id), row) != sealed:
            _name(report.changed, entry_id)
        previous, expected = sealed, seq + 1
        report.sealed += 1


def _chain(cursor: CursorWrapper) -> Iterator[tuple[Any, ...]]:
    cursor.execute(_CHAIN)
    while True:
        cursor.execute(f"FETCH {_FETCH} FROM audit_chain")
        rows = cursor.fetchall()
        if not rows:
            return
        for row in rows:
            yield (*row[:3], bytes(row[3]), *row[4:])


def _name(names: list[int], *found: int) -> None:
    names.extend(found[: NAMED_AT_MOST - len(names)])
