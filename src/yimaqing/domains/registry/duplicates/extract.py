"""Persons of the register as the linkage compares them, read as the owner.

ID numbers are opened here and stay in this process: neither DuckDB's temporary directory
nor any table gets them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

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
        "id_no_year": pa.string(),
        "id_no_day": pa.string(),
        "phone": pa.string(),
        "family": pa.list_(pa.string()),
    }
)


class Member(NamedTuple):
    """One person as the register has him; ``id17`` are the first digits of his ID number."""

    id: int
    household: int
    village: str
    name: str
    sex: str
    born: dt.date | None
    id17: str | None
    phone: str | None


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
    return batch_of(
        Member(number, household, village, name, sex, born, _first17(kind, sealed, ring), phone)
        for number, household, village, name, sex, kind, sealed, born, phone in rows
    )


def batch_of(members: Iterable[Member]) -> pa.RecordBatch:
    """Members, household after household, as columns of SCHEMA."""
    records = [
        record
        for _household, family in groupby(members, key=attrgetter("household"))
        for record in _household_of(list(family))
    ]
    return pa.RecordBatch.from_pylist(records, SCHEMA)


def _household_of(members: list[Member]) -> Iterator[dict[str, Any]]:
    names = [folded(one.name) for one in members]
    for one, name in zip(members, names, strict=True):
        sound = sound_of(one.name)
        yield {
            "id": one.id,
            "household": one.household,
            "village": one.village,
            "township": one.village[:9],
            "name": one.name,
            "folded": name,
            "surname": sound.split(" ", 1)[0],
            "sound": sound,
            "near": near_sound_of(sound),
            "letters": letters_of(one.name),
            "masks": masks_of(one.name),
            "shorter": shorter_of(one.name),
            "sex": one.sex,
            "born": one.born.isoformat() if one.born else None,
            "birth_year": str(one.born.year) if one.born else None,
            "id17": one.id17,
            "id_no_year": one.id17[:6] + one.id17[10:] if one.id17 else None,
            "id_no_day": one.id17[:10] + one.id17[14:] if one.id17 else None,
            "phone": one.phone,
            "family": sorted({other for other in names if other != name}),
        }


def _first17(kind: str, sealed: bytes | None, ring: Keyring) -> str | None:
    """The digits that a person keeps for life: of the identity card or the disability card."""
    if sealed is None or kind not in _CARDS:
        return None
    number = ring.open(bytes(sealed), purpose=ID_NUMBER)
    return number[:17] if len(number) >= 18 and number[:17].isdigit() else None
