"""Changing the keys of sealed columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.domains.audit.actions import keep_retired, record
from yimaqing.domains.intake.actions import forget_staged_rows, seal_files_anew
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
    """How many values of one column were sealed anew."""

    column: str
    values: int


def rotate_keys(*, retire_old: bool = False) -> Iterator[Rotated]:
    """Seal every value and kept file that another key sealed with the newest key.

    Killed at any point, run again: what is done already names the newest key. With
    ``retire_old`` the blind indexes are computed anew from the newest key alone, in one
    transaction, batches forget what they read but did not apply, and the audit chain keeps
    what it needs of the old keys; from then on ``YIMAQING_DATA_KEY`` must hold the newest key
    only. The services must be stopped meanwhile, because they would search by the old index.

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
    yield Rotated("intake_batch.stored_as", seal_files_anew())
    if retire_old:
        _index_anew(ring, keyring(settings.DATA_KEYS.split(",")[0].strip()))
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


def _index_anew(old: Keyring, new: Keyring) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
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


# The head's index is a copy: it has no sealed value of its own to be computed from.
HEAD_INDEXES = """
UPDATE registry_household h SET head_id_index =
  (SELECT id_number_index FROM registry_person p WHERE p.id = h.head_person_id)
WHERE head_id_index IS NOT NULL
"""


def _write(
    cursor: CursorWrapper, table: str, column: str, ids: list[int], values: list[bytes]
) -> None:
    cursor.execute(
        f"UPDATE {table} t SET {column} = n.value"
        " FROM unnest(%s::bigint[], %s::bytea[]) AS n (id, value) WHERE t.id = n.id",
        [ids, values],
    )
