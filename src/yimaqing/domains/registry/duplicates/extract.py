"""Persons of the register as the linkage compares them, read as the owner.

ID numbers are opened here and stay in this process: neither DuckDB's temporary directory
nor any table gets them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import connections, transaction

from yimaqing.domains.registry.duplicates.likeness import AMONG
from yimaqing.domains.registry.duplicates.names import (
    folded,
    letters_of,
    masks_of,
    near_sound_of,
    shorter_of,
    sound_of,
)
from yimaqing.kit.crypto import Keyring, keyring

ID_NUMBER = b"registry_person.id_number"
#: Kinds of documents whose first seventeen digits are those of the resident identity number.
_CARDS = {"", "resident_id", "residence_permit", "disability_card"}
_AT_ONCE = 20_000

PERSONS = """
SELECT p.id, p.household_id, left(p.place_code, 12) AS village, p.name, p.sex, p.id_kind,
       p.id_number_sealed, p.born_on, encode(p.phone_index, 'hex') AS phone
  FROM registry_person p JOIN registry_household h ON h.id = p.household_id
 WHERE p.valid AND h.valid AND p.place_code >= %(low)s AND p.place_code < %(high)s
 ORDER BY p.household_id, p.id
"""
SCHEMA = pa.schema(
    {
        "id": pa.int64(),
        "household": pa.int64(),
        "village": pa.string(),
        "township": pa.string(),
        "name": pa.string(),
        "folded": pa.string(),
        "surname": pa.string(),
        "sound": pa.string(),
        "near": pa.string(),
        "letters": pa.string(),
        "masks": pa.list_(pa.string()),
        "shorter": pa.list_(pa.string()),
        "sex": pa.string(),
        "born": pa.string(),
        "birth_year": pa.string(),
        "id17": pa.string(),
        "id_rest": pa.string(),
        "phone": pa.string(),
        "family": pa.list_(pa.string()),
    }
)


def persons_between(low: str, high: str) -> pa.Table:
    """Valid persons of the half-open range of place codes, as columns of SCHEMA."""
    ring = keyring(settings.DATA_KEYS)
    with transaction.atomic(using="owner"):
        batches = [_batch(rows, ring) for rows in _read(low, high)]
    return pa.Table.from_batches(batches, SCHEMA)


def shares_of(persons: pa.Table) -> dict[str, float]:
    """How common each folded name is, reckoned among AMONG persons more than there are."""
    counts = persons.group_by("folded").aggregate([("id", "count")]).to_pylist()
    everybody = persons.num_rows + AMONG
    return {row["folded"]: row["id_count"] / everybody for row in counts}


def _read(low: str, high: str) -> Iterator[list[tuple[Any, ...]]]:
    """Rows of whole households, some twenty thousand at a time."""
    connection = connections["owner"]
    connection.ensure_connection()
    with connection.connection.cursor(name="duplicates") as cursor:
        cursor.execute(PERSONS, {"low": low, "high": high})
        held: list[tuple[Any, ...]] = []
        while rows := cursor.fetchmany(_AT_ONCE):
            held += rows
            last = held[-1][1]
            whole = [row for row in held if row[1] != last]
            held = [row for row in held if row[1] == last]
            yield whole
        yield held


def _batch(rows: list[tuple[Any, ...]], ring: Keyring) -> pa.RecordBatch:
    records = [
        record
        for _household, members in groupby(rows, key=itemgetter(1))
        for record in _household_of(list(members), ring)
    ]
    return pa.RecordBatch.from_pylist(records, SCHEMA)


def _household_of(members: list[tuple[Any, ...]], ring: Keyring) -> Iterator[dict[str, Any]]:
    names = [folded(row[3]) for row in members]
    for row, name in zip(members, names, strict=True):
        number, household, village, written, sex, kind, sealed, born, phone = row
        sound = sound_of(written)
        id17 = _first17(kind, sealed, ring)
        yield {
            "id": number,
            "household": household,
            "village": village,
            "township": village[:9],
            "name": written,
            "folded": name,
            "surname": sound.split(" ", 1)[0],
            "sound": sound,
            "near": near_sound_of(sound),
            "letters": letters_of(written),
            "masks": masks_of(written),
            "shorter": shorter_of(written),
            "sex": sex,
            "born": born.isoformat() if born else None,
            "birth_year": str(born.year) if born else None,
            "id17": id17,
            "id_rest": id17[:6] + id17[14:] if id17 else None,
            "phone": phone,
            "family": sorted({other for other in names if other != name}),
        }


def _first17(kind: str, sealed: bytes | None, ring: Keyring) -> str | None:
    """The digits that a person keeps for life: of the identity card or the disability card."""
    if sealed is None or kind not in _CARDS:
        return None
    number = ring.open(bytes(sealed), purpose=ID_NUMBER)
    return number[:17] if len(number) >= 18 and number[:17].isdigit() else None
