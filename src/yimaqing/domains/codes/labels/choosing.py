"""Which codes are printed, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from itertools import groupby, islice
from typing import Any

from django.db import connections

from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.labels.route import natural_key
from yimaqing.kit.ids import PREFIX_LENGTH, subtree_bounds

VILLAGE_DIGITS = PREFIX_LENGTH[5]
_BATCH = 5_000
OWNER = "owner"


class Only(StrEnum):
    """Which of the active codes: those of a run that is not empty count as printed."""

    ALL = "all"
    NEW = "new"
    REISSUED = "reissued"
    UNPRINTED = "unprinted"


class Order(StrEnum):
    """Route: by village, team, door. Number: by the code's number."""

    ROUTE = "route"
    NUMBER = "number"


@dataclass(frozen=True)
class Asked:
    """What was asked for: ``start`` is the first free position of the first sheet, from 1;
    ``year`` is a calendar's (0: no calendar); ``codes`` are given ones, none means by ``only``.
    """

    kind: str = "household"
    only: str = Only.ALL
    order: str = Order.ROUTE
    start: int = 1
    year: int = 0
    codes: tuple[int, ...] = ()

    def stored(self) -> dict[str, Any]:
        """As a run keeps it."""
        return {**asdict(self), "codes": list(self.codes)}

    @staticmethod
    def restored(values: dict[str, Any]) -> Asked:
        """From what a run kept."""
        known = {field.name for field in fields(Asked)}
        held = {name: value for name, value in values.items() if name in known}
        return Asked(**{**held, "codes": tuple(held.get("codes", ()))})


_PRINTED = "EXISTS (SELECT FROM codes_labelprint p WHERE p.code_id = c.id)"
_SUCCESSOR = "EXISTS (SELECT FROM codes_code o WHERE o.replaced_by_id = c.id)"
_ONLY = {
    Only.ALL: "",
    Only.NEW: f" AND NOT {_PRINTED} AND NOT {_SUCCESSOR}",
    Only.REISSUED: f" AND NOT {_PRINTED} AND {_SUCCESSOR}",
    Only.UNPRINTED: f" AND NOT {_PRINTED}",
}


@dataclass(frozen=True)
class Place:
    """The subtree that is printed."""

    code: str
    level: int


def _source(asked: Asked, place: Place) -> tuple[str, dict[str, Any]]:
    """FROM and WHERE of the codes asked for, with their values."""
    low, high = subtree_bounds(place.code, place.level)
    sql = cards()[asked.kind].label_sql
    names = f"JOIN ({sql}) s ON s.place_code = c.place_code AND s.subject_id = c.subject_id"
    where = (
        "c.kind = %(kind)s AND c.state = 'active'"
        " AND c.place_code >= %(low)s AND c.place_code < %(high)s"
    )
    where += " AND c.id = ANY(%(codes)s)" if asked.codes else _ONLY[Only(asked.only)]
    values = {"kind": asked.kind, "low": low, "high": high, "codes": list(asked.codes)}
    return f"FROM codes_code c {names if sql else ''} WHERE {where}", values


def count(asked: Asked, place: Place, using: str = "default") -> int:
    """How many labels that would be."""
    source, values = _source(asked, place)
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT count(*) {source}", values)
        (number,) = cursor.fetchone()
    return int(number)


#: A code to print: (place code, household or None, code id).
Chosen = tuple[str, int | None, int]


def chosen(asked: Asked, place: Place, using: str = "default") -> Iterator[Chosen]:
    """The codes in their order; memory for one village at a time. Needs a transaction."""
    source, values = _source(asked, place)
    named = bool(cards()[asked.kind].label_sql)
    door = "s.team, s.address" if named else "'', ''"
    order = "c.id" if asked.order == Order.NUMBER else "c.place_code"
    with connections[using].chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT c.place_code, c.household_id, c.id, {door} {source} ORDER BY {order}", values
        )
        rows = iter(lambda: cursor.fetchmany(_BATCH), [])
        every = (row for batch in rows for row in batch)
        if asked.order == Order.NUMBER:
            yield from (row[:3] for row in every)
            return
        for _village, held in groupby(every, key=lambda row: row[0][:VILLAGE_DIGITS]):
            yield from (row[:3] for row in sorted(held, key=_door))


def _door(row: tuple[str, int | None, int, str, str]) -> tuple[Any, ...]:
    place_code, _household, code_id, team, address = row
    return place_code, natural_key(team), natural_key(address), code_id


_KEEP = """
INSERT INTO codes_labelprint (run_id, number, place_code, household_id, code_id)
SELECT %s, * FROM unnest(%s::int[], %s::text[], %s::bigint[], %s::bigint[])
"""
# Two who print what is not yet printed must not both take the same codes.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('codes.labels'))"


def keep_chosen(run_id: int, asked: Asked, place: Place, using: str) -> int:
    """Write down which codes a run prints, in their order; how many.

    Read through ``using``, within its scope; written as the owner, in the transaction that the
    caller opened there.
    """
    number = 0
    with connections[OWNER].cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
        found = chosen(asked, place, using)
        while batch := list(islice(found, _BATCH)):
            places, households, codes = zip(*batch, strict=True)
            numbers = list(range(number + 1, number + len(batch) + 1))
            cursor.execute(_KEEP, [run_id, numbers, list(places), list(households), list(codes)])
            number += len(batch)
    return number
