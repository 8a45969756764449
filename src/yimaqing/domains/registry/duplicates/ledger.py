"""What a merge changes, written down so that each change can be taken back.

An entry is JSON and holds numbers and plain states only, never a name or a sealed value:
``{"table", "ids", "household": [from, to], "person": [from, to]}`` for rows that moved,
``{"table", "id", "column", "old", "new"}`` for a value, ``{"exchanged": [fields]}`` for what
two records gave each other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

Entry = dict[str, Any]

#: Where each row of a table stands once; a row that would meet one of the same key stays behind.
_KEYS = {
    "registry_yearlyincome": ("year",),
    "registry_livingcondition": ("year",),
    "registry_pairing": ("rank", "starts_on"),
    "registry_reading": ("indicator", "observed_at", "source"),
}
#: Plain values that a merge changes.
_TYPES = {"valid": "boolean", "head_person_id": "bigint", "changed_at": "timestamptz"}
_HAS_PERSON = {"registry_reading", "registry_payment", "registry_listedperson"}

#: What the two records exchange when a value of the one given up is chosen.
EXCHANGED: dict[str, dict[str, tuple[str, ...]]] = {
    "person": {
        "name": ("name", "name_pinyin"),
        "id_number": ("id_kind", "id_number_sealed", "id_number_index"),
        "phone": ("phone_sealed", "phone_index"),
        **{
            one: (one,)
            for one in (
                "sex",
                "born_on",
                "relation",
                "ethnicity",
                "education",
                "student_status",
                "health",
                "labour_skill",
                "resident_medical",
                "employee_medical",
                "major_illness_insurance",
                "resident_pension",
                "employee_pension",
                "minimum_living",
                "military",
                "work_area",
                "work_months",
            )
        },
    },
    "household": {
        "head_name": ("head_name", "head_pinyin", "head_id_index"),
        "phone": ("phone_sealed", "phone_index"),
        "bank_account": ("bank_name", "bank_account_sealed", "bank_account_index"),
        "main_cause": ("main_cause", "other_causes"),
        "group": ('"group"',),  # a reserved word of SQL
        **{
            one: (one,)
            for one in (
                "register_class",
                "poverty_status",
                "attribute",
                "standard",
                "return_cause",
                "team",
                "address",
                "member_count",
                "recognised_year",
                "exit_year",
            )
        },
    },
}


def move(
    table: str,
    *,
    household: tuple[int, int],
    person: tuple[int, int] | None = None,
    where: str = "",
) -> Entry:
    """Move a table's rows to another household, and to another person where one is given.

    ``where`` narrows the rows by SQL over ``t``. A row that would meet its like stays.
    """
    values = {"old": household[0], "new": household[1]}
    rows, change = ["t.household_id = %(old)s"], ""
    if person and table in _HAS_PERSON:
        rows.append("t.person_id = %(old_person)s")
        change = ", person_id = %(new_person)s"
        values |= {"old_person": person[0], "new_person": person[1]}
    if where:
        rows.append(where)
    if key := _KEYS.get(table):
        same = [f"o.{name} = t.{name}" for name in key]
        if table in _HAS_PERSON:
            who = "%(new_person)s" if person else "t.person_id"
            same.append(f"o.person_id IS NOT DISTINCT FROM {who}")
        rows.append(
            f"NOT EXISTS (SELECT FROM {table} o WHERE o.household_id = %(new)s AND o.id <> t.id"
            f" AND {' AND '.join(same)})"
        )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET place_code = h.place_code, household_id = h.id{change}"
            f" FROM registry_household h WHERE h.id = %(new)s AND {' AND '.join(rows)}"
            " RETURNING t.id",
            values,
        )
        ids = sorted(row[0] for row in cursor.fetchall())
    return {"table": table, "ids": ids, "household": list(household), "person": person}


def put(table: str, row: int, column: str, new: Any) -> Entry:
    """Change one plain value; numbers, truth values and instants only."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb({column}), to_jsonb(%s::{_TYPES[column]}) FROM {table}"
            " WHERE id = %s FOR NO KEY UPDATE",
            [new, row],
        )
        old, now = cursor.fetchone()
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [new, row])
    return {"table": table, "id": row, "column": column, "old": old, "new": now}


def exchange(kind: str, first: int, second: int, fields: Sequence[str]) -> Entry:
    """Let two records of one kind give each other the values of ``fields``."""
    columns = [column for field in fields for column in EXCHANGED[kind][field]]
    if columns:
        given = ", ".join(f"{column} = o.{column}" for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE registry_{kind} t SET {given} FROM registry_{kind} o"
                " WHERE (t.id, o.id) IN ((%(a)s, %(b)s), (%(b)s, %(a)s))",
                {"a": first, "b": second},
            )
    return {"exchanged": list(fields), "kind": kind, "between": [first, second]}


def told_of(kind: str, number: int, fields: Sequence[str]) -> dict[str, Any]:
    """What history keeps of the values that a record is about to exchange: sealed ones by that
    word, as everywhere. An undo of the list that wrote them finds there that they changed since.
    """
    columns = {one.strip('"') for field in fields for one in EXCHANGED[kind][field]}
    if not columns:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM registry_{kind} t WHERE id = %s", [number])
        [held] = cursor.fetchone()
    values = json.loads(held) if isinstance(held, str) else held
    told: dict[str, Any] = {}
    for column in sorted(columns):
        stem = column.removesuffix("_index")
        if column.endswith("_pinyin") or f"{stem}_sealed" in columns:
            continue
        secret = column.endswith(("_sealed", "_index"))
        told[column.removesuffix("_sealed")] = "sealed" if secret else values[column]
    return told


def take_back(entry: Entry) -> int:
    """Undo one entry; how many rows stay because somebody changed them since."""
    if "exchanged" in entry:
        first, second = entry["between"]
        exchange(entry["kind"], first, second, entry["exchanged"])
        return 0
    if "ids" in entry:
        return len(entry["ids"]) - _move_back(entry)
    return 1 - _put_back(entry)


def _move_back(entry: Entry) -> int:
    was, now = entry["household"]
    values: dict[str, Any] = {"ids": entry["ids"], "was": was, "now": now}
    change = where = ""
    if entry["person"] and entry["table"] in _HAS_PERSON:
        values["was_person"], values["now_person"] = entry["person"]
        change, where = ", person_id = %(was_person)s", " AND t.person_id = %(now_person)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {entry['table']} t SET place_code = h.place_code, household_id = h.id{change}"
            " FROM registry_household h WHERE h.id = %(was)s AND t.id = ANY(%(ids)s)"
            f" AND t.household_id = %(now)s{where}",
            values,
        )
        return int(cursor.rowcount)


def _put_back(entry: Entry) -> int:
    table, column = entry["table"], entry["column"]
    kind = _TYPES[column]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = (%(old)s::jsonb #>> '{{}}')::{kind} WHERE id = %(id)s"
            f" AND {column} IS NOT DISTINCT FROM (%(new)s::jsonb #>> '{{}}')::{kind}",
            {"id": entry["id"], "old": json.dumps(entry["old"]), "new": json.dumps(entry["new"])},
        )
        return int(cursor.rowcount)
