"""Puts one row into any table, whatever its columns: no table passes a test for being empty.

Reads the catalogue, so that a table added tomorrow is filled without a line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db.backends.utils import CursorWrapper

COLUMNS = """
SELECT a.attname, format_type(a.atttypid, NULL), a.attnotnull,
       a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> ''
FROM pg_attribute a WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
PARENTS = """
SELECT a.attname, f.confrelid::regclass::text, b.attname
FROM pg_constraint f
JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
JOIN pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = f.confkey[1]
WHERE f.contype = 'f' AND f.conrelid = %s::regclass AND cardinality(f.conkey) = 1
"""
#: Values that a check constraint asks for; "household" in a column of numbers stands for the
#: household's, "place" for its place.
WANTED: dict[tuple[str, str], Any] = {
    ("registry_yearlyincome", "divisor"): 1,
    ("cockpit_target", "bound"): "most",
    ("codes_code", "kind"): "household",
    ("codes_code", "subject_id"): "household",
    **{
        (table, name): value
        for table in ("registry_duplicate", "registry_merge")
        for name, value in (("other_place", "place"), ("other_household_id", "household"))
    },
    ("registry_duplicate", "right_id"): 1,
    # A household has one procedure that goes on.
    ("recognition_procedure", "ended_on"): "2026-11-22",
}

_serial = count(1)


@dataclass(frozen=True)
class Spot:
    """Where a row belongs."""

    place_code: str
    household_id: int | None = None


def insert_sql(cursor: CursorWrapper, table: str, spot: Spot) -> tuple[str, list[Any]]:
    """An INSERT of one fitting row; rows that it refers to are put in by ``cursor`` first."""
    cursor.execute(COLUMNS, [table])
    columns = cursor.fetchall()
    cursor.execute(PARENTS, [table])
    parents = {name: (parent, key) for name, parent, key in cursor.fetchall()}
    values: dict[str, Any] = {}
    for name, kind, required, filled in columns:
        if name == "place_code":
            values[name] = spot.place_code
        elif name == "household_id" and spot.household_id is not None:
            values[name] = spot.household_id
        elif (table, name) in WANTED:
            values[name] = _wanted(WANTED[table, name], name, spot)
        elif required and not filled:
            values[name] = (
                _parent(cursor, *parents[name], spot) if name in parents else _value(table, kind)
            )
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values())


def _wanted(value: Any, name: str, spot: Spot) -> Any:
    """The value itself, or the spot's own where it stands for that in a column of such."""
    if value == "household" and name.endswith("_id"):
        return spot.household_id
    return spot.place_code if value == "place" else value


def fill(cursor: CursorWrapper, table: str, spot: Spot, returning: str = "ctid::text") -> Any:
    """Put one row in and give back what identifies it."""
    sql, values = insert_sql(cursor, table, spot)
    cursor.execute(f"{sql} RETURNING {returning}", values)
    return cursor.fetchone()[0]


def _parent(cursor: CursorWrapper, table: str, key: str, spot: Spot) -> Any:
    return fill(cursor, table, spot, f'"{key}"')


def _value(table: str, kind: str) -> Any:
    number = next(_serial)
    if kind in {"text", "character varying"}:
        return f"{table} {number}"
    if kind == "bytea":
        return f"{table} {number}".encode()
    if kind in {"smallint", "integer", "bigint", "numeric", "double precision"}:
        return 0
    plain = {
        "boolean": True,
        "jsonb": "{}",
        "date": "2026-11-22",
        "timestamp with time zone": "2026-11-22T08:00:00+08:00",
        "text[]": [],
        "bigint[]": [],
        "integer[]": [],
    }
    return plain[kind]
