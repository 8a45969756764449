"""Keys of the chain that outlive their data keys.

A link is an HMAC under a key derived from a data key. When a data key is retired, what was
derived from it for the chain alone is kept, sealed with the newest data key: the chain can
still be walked, and nothing else can be opened with it.
"""

from __future__ import annotations

from contextlib import suppress

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.kit.crypto import CannotOpen, derived_keys, keyring

LABEL = b"audit chain"
_PURPOSE = b"audit_retiredkey.sealed:%d"


class NumberTaken(ValueError):
    """A new data key has the number of one that was retired."""


def chain_keys(cursor: CursorWrapper, setting: str) -> dict[int, bytes]:
    """Keys of the chain by number, newest first: those of ``setting`` and the retired ones.

    One that no key of ``setting`` opens is left out.
    """
    ring, keys = keyring(setting), derived_keys(setting, LABEL)
    for number, sealed in _kept(cursor).items():
        with suppress(CannotOpen):
            keys[number] = bytes.fromhex(ring.open(sealed, purpose=_PURPOSE % number))
    return keys


def keep_retired(setting: str) -> None:
    """Keep the chain's keys of all but the newest data key, sealed with the newest.

    Raise NumberTaken when the newest one's number was used before: links name keys by number.
    Raise CannotOpen when one that was kept earlier would be lost.
    """
    ring = keyring(setting)
    newest = ring.keys[0][0]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        keys, kept = chain_keys(cursor, setting), _kept(cursor)
        if newest in kept:
            raise NumberTaken(str(newest))
        if lost := sorted(set(kept) - set(keys)):
            raise CannotOpen(f"audit_retiredkey {lost}: the key that sealed it is missing")
        for number in keys.keys() - {newest}:
            cursor.execute(
                "INSERT INTO audit_retiredkey (key_id, sealed) VALUES (%s, %s)"
                " ON CONFLICT (key_id) DO UPDATE SET sealed = excluded.sealed",
                [number, ring.seal(keys[number].hex(), purpose=_PURPOSE % number)],
            )


def _kept(cursor: CursorWrapper) -> dict[int, bytes]:
    cursor.execute("SELECT to_regclass('audit_retiredkey')")
    if cursor.fetchone()[0] is None:  # a backup of an older version, before it is migrated
        return {}
    cursor.execute("SELECT key_id, sealed FROM audit_retiredkey")
    return {number: bytes(sealed) for number, sealed in cursor.fetchall()}
