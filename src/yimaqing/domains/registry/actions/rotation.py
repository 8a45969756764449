"""Changing the keys of sealed columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.domains.audit.actions import keep_retired, record
from yimaqing.domains.intake.actions import (
    forget_staged_rows,
    seal_files_anew,
    seal_kept_anew,
)
from yimaqing.domains.lists.actions import seal_questions_anew
from yimaqing.domains.registry.actions.opening import SEALED
from yimaqing.kit.crypto import Keyring, keyring

BATCH = 5_000

#: Columns that have a blind index beside them.
INDEXED = {
    ("household", "bank_account"),
    ("household", "phone"),
    ("person", "id_number"),
    ("person", "phone"),
}


@dataclass(frozen=True)
class Rotated:
    """How many values of one column were sealed (or indexed) anew, and how many could not be."""

    column: str
    values: int
    left: int = 0


def rotate_keys(*, retire_old: bool = False) -> Iterator[Rotated]:
    """Seal every value and kept file that another key sealed with the newest key.

    Killed at any point, run again: what is done already names the newest key. With
    ``retire_old`` the blind indexes are computed anew from the newest key alone, in one
    transaction, batches forget what they read but did not apply, and the audit chain keeps
    what it needs of the old keys; from then on ``YIMAQING_DATA_KEY`` must hold the newest key
    only. The services must be stopped meanwhile, because they would search by the old index.

    The index of a head's ID number has no sealed value beside it: it is renewed where somebody in
    the register has that number, and kept as it is, counted as ``left``, where nobody has. Such a
    household gets its index from the next list of households.

    Raise NumberTaken when the newest key has the number of a retired one, StillRunning while
    a file is being imported, CannotOpen when a kept file is damaged: then nothing is retired.
    """
    ring = keyring(settings.DATA_KEYS)
    if retire_old:
        keep_retired(settings.DATA_KEYS)
        yield Rotated("intake_batch.staged", forget_staged_rows())
    for (kind, field), purpose in SEALED.items():
        table, column = f"registry_{kind}", f"{field}_sealed"
        yield Rotated(purpose.decode(), _seal_anew(ring, table, column, purpose))
    newest = keyring(settings.DATA_KEYS.split(",")[0].strip())
    yield Rotated("intake_kept.sealed", seal_kept_anew(new_index=newest if retire_old else None))
    yield Rotated("lists_asked.question", seal_questions_anew())
    yield Rotated("files", seal_files_anew())
    if retire_old:
        yield _index_anew(ring, newest)
    with transaction.atomic(using="owner"):
        record(
            action="registry.keys_rotated",
            by=None,
            actor="system:keys",
            after={"key": ring.keys[0][0], "old_retired": retire_old},
            using="owner",
        )


def _seal_anew(ring: Keyring, table: str, column: str, purpose: bytes) -> int:
    newest = ring.keys[0][0]
    done, last = 0, 0
    while True:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(
                f"SELECT id, {column} FROM {table} WHERE id > %s AND {column} IS NOT NULL"
                f" AND get_byte({column}, 0) <> %s ORDER BY id LIMIT %s FOR UPDATE",
                [last, newest, BATCH],
            )
            rows = cursor.fetchall()
            if not rows:
                return done
            values = [
                ring.seal(ring.open(sealed, purpose=purpose), purpose=purpose)
                for _id, sealed in rows
            ]
            _write(cursor, table, column, [row[0] for row in rows], values)
        done, last = done + len(rows), rows[-1][0]


def _index_anew(old: Keyring, new: Keyring) -> Rotated:
    """All blind indexes from the newest key; how many heads' indexes followed, and did not."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(HEADS_KNOWN)
        for kind, field in sorted(INDEXED):
            purpose, table = SEALED[kind, field], f"registry_{kind}"
            last = 0
            while True:
                cursor.execute(
                    f"SELECT id, {field}_sealed FROM {table} WHERE id > %s"
                    f" AND {field}_sealed IS NOT NULL ORDER BY id LIMIT %s",
                    [last, BATCH],
                )
                rows = cursor.fetchall()
                if not rows:
                    break
                clear = [old.open(sealed, purpose=purpose) for _id, sealed in rows]
                indexes = [new.index(text, purpose=purpose) for text in clear]
                _write(cursor, table, f"{field}_index", [row[0] for row in rows], indexes)
                last = rows[-1][0]
        cursor.execute(HEAD_INDEXES)
        followed = cursor.rowcount
        cursor.execute(HEADS_LEFT)
        [left] = cursor.fetchone()
        cursor.execute("DROP TABLE registry_heads")
    return Rotated("registry_household.head_id_index", followed, left)


# The head's index is a copy, from the list of households, of the index of some person's number:
# mostly the head's, another member's where the two lists disagree, nobody's before the persons
# are there. So whose it is is kept before the persons' indexes change; no temporary table, because
# a session that has had one can no longer import.
HEADS_KNOWN = """
CREATE UNLOGGED TABLE registry_heads AS
SELECT h.id AS household_id, min(p.id) AS person_id
FROM registry_household h JOIN registry_person p ON p.id_number_index = h.head_id_index
GROUP BY h.id
"""
HEAD_INDEXES = """
UPDATE registry_household h SET head_id_index = p.id_number_index
FROM registry_heads k JOIN registry_person p ON p.id = k.person_id WHERE h.id = k.household_id
"""
HEADS_LEFT = """
SELECT count(*) FROM registry_household h WHERE h.head_id_index IS NOT NULL
AND NOT EXISTS (SELECT FROM registry_heads k WHERE k.household_id = h.id)
"""


def _write(
    cursor: CursorWrapper, table: str, column: str, ids: list[int], values: list[bytes]
) -> None:
    cursor.execute(
        f"UPDATE {table} t SET {column} = n.value"
        " FROM unnest(%s::bigint[], %s::bytea[]) AS n (id, value) WHERE t.id = n.id",
        [ids, values],
    )
