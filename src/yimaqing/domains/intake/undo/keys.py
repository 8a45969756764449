"""Old values that are kept for an undo follow a change of keys."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import transaction

from yimaqing.domains.intake.catalogue import datasets
from yimaqing.domains.intake.staging import execute, rows
from yimaqing.kit.crypto import Keyring, keyring

_AT_ONCE = 5_000


def seal_kept_anew(*, new_index: Keyring | None = None) -> int:
    """Seal kept old values with the newest key where another sealed them; how many.

    With ``new_index`` their blind indexes are computed anew from it; an index that has no sealed
    value beside it (of a head's ID number) is kept no longer: an undo leaves that column alone.
    Killed at any point, run again. Raise CannotOpen for a value that no key opens.
    """
    ring = keyring(settings.DATA_KEYS)
    last, done = 0, 0
    while True:
        with transaction.atomic(using="owner"):
            found = rows(
                "SELECT k.id, b.dataset, k.sealed FROM intake_kept k"
                " JOIN intake_batch b ON b.id = k.batch_id WHERE k.id > %(last)s"
                " AND k.sealed IS NOT NULL ORDER BY k.id LIMIT %(most)s FOR UPDATE OF k",
                {"last": last, "most": _AT_ONCE},
            )
            if not found:
                return done
            for number, name, held in found:
                sealed = json.loads(held) if isinstance(held, str) else held
                anew = _anew(ring, new_index, _purposes(name), sealed)
                done += sum(1 for k, v in anew.items() if sealed[k] != v and k.endswith("_sealed"))
                if anew != sealed:
                    execute(
                        "UPDATE intake_kept SET sealed = %(sealed)s::jsonb WHERE id = %(id)s",
                        {"sealed": json.dumps(anew), "id": number},
                    )
            last = found[-1][0]


def _purposes(name: str) -> dict[str, tuple[bytes, str]]:
    """Of each sealed column of a dataset's table: what it is sealed for, and its index."""
    kind = datasets()[name]
    return {
        f.column: (kind.column(f.stated_by).purpose, f.compare) for f in kind.fields if f.compare
    }


def _anew(
    ring: Keyring,
    new_index: Keyring | None,
    purposes: dict[str, tuple[bytes, str]],
    sealed: dict[str, Any],
) -> dict[str, Any]:
    anew = dict(sealed)
    indexed = set()
    for column, (purpose, index) in purposes.items():
        if column not in sealed:
            continue
        indexed.add(index)
        if sealed[column] is None:
            continue
        value = bytes.fromhex(sealed[column].removeprefix("\\x"))
        clear = ring.open(value, purpose=purpose)
        if value[0] != ring.keys[0][0]:
            anew[column] = "\\x" + ring.seal(clear, purpose=purpose).hex()
        if new_index is not None and index in sealed:
            anew[index] = "\\x" + new_index.index(clear, purpose=purpose).hex()
    if new_index is not None:
        for name in [n for n in anew if n.endswith("_index") and n not in indexed]:
            del anew[name]
    return anew
