"""A register's contents as one fingerprint per table, the same for equal registers.

Numbers that the database hands out, times and sealed bytes differ between two imports of
one file; everything else must not. Rows are named by their natural keys; sealed values
are compared through their blind indexes.
"""

from __future__ import annotations

from typing import Any

import psycopg

_LEFT_OUT = {
    *("id", "household_id", "person_id", "head_person_id", "subject_id", "batch_id", "changed_at"),
    *("at", "observed_at", "opened_at", "closed_at"),
}
#: Of to-dos: a job gives them their date, sooner or later; who waited for what says the rest.
_DATED_LATER = {"detail", "reason", "due_on", "due_provisional"}
#: Pairs that may be one person are looked for by a job as well.
_ONLY = {"work_todo": " WHERE t.subject_kind <> 'duplicate'"}
_HOUSEHOLD = "(SELECT h.household_number FROM registry_household h WHERE h.id = t.household_id)"
_PERSON = "(SELECT p.person_number FROM registry_person p WHERE p.id = t.{})"
#: Further columns of a table that stand for what is left out.
_NAMED = {
    "registry_household": [_PERSON.format("head_person_id")],
    "registry_person": [_HOUSEHOLD],
    "registry_persongram": [_HOUSEHOLD, _PERSON.format("person_id")],
    "registry_yearlyincome": [_HOUSEHOLD],
    "registry_livingcondition": [_HOUSEHOLD],
    "registry_measure": [_HOUSEHOLD],
    "registry_payment": [_HOUSEHOLD, _PERSON.format("person_id")],
    "registry_pairing": [_HOUSEHOLD],
    "registry_reading": [_HOUSEHOLD, _PERSON.format("person_id"), "t.observed_at::date"],
    "registry_change": [
        _HOUSEHOLD,
        f"CASE t.subject_kind WHEN 'person' THEN {_PERSON.format('subject_id')} END",
    ],
    "work_todo": ["t.detail - 'batch'", "t.household_id IS NULL"],
}


def digest(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, str]]:
    """Rows and fingerprint of each table of the register."""
    return {table: _of(connection, table) for table in _NAMED}


def _of(connection: psycopg.Connection[Any], table: str) -> tuple[int, str]:
    columns = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped ORDER BY attname",
        [table],
    ).fetchall()
    left_out = _LEFT_OUT | (_DATED_LATER if table == "work_todo" else set())
    kept = [f't."{c}"' for (c,) in columns if c not in left_out and not c.endswith("_sealed")]
    row = ", ".join([*kept, *_NAMED[table]])
    found = connection.execute(
        f"SELECT count(*), coalesce(md5(string_agg(d, '' ORDER BY d)), '')"
        f" FROM (SELECT md5(ROW({row})::text) AS d FROM {table} t{_ONLY.get(table, '')}) x"
    ).fetchone()
    assert found is not None
    return int(found[0]), str(found[1])
