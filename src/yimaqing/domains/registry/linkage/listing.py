"""Linking the new rows of departments' lists, as the owner, and keeping what was found.

Whoever has the number of a row is compared by name all the same: a number may be mistyped.
Nothing of the register changes: a row learns whom it means, or somebody is asked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.linkage.records import TOLD
from yimaqing.domains.registry.linkage.verdicts import NOBODY, Found, Verdict, find_people
from yimaqing.domains.registry.loaders.relinking import REVIEW_ROW
from yimaqing.domains.registry.models import Listed
from yimaqing.kit.ids import place_prefix

ACTOR = "system:linkage"
#: Only one search at a time keeps what it found.
_KEEPING = 0x59_4D_4C_4B
_AT_ONCE = 50_000
_KEPT_AT_ONCE = 5_000
_STATES = {
    Verdict.MATCHED: Listed.MATCHED,
    Verdict.UNCERTAIN: Listed.WAITING,
    Verdict.NOBODY: Listed.NOBODY,
}

_NEW = """
SELECT l.id, l.name, l.sex, l.born_on, l.place_code, coalesce(c.level, 5), l.numbered_id
  FROM registry_listedperson l LEFT JOIN places_place c ON c.code = l.place_code
 WHERE l.state = 'new' ORDER BY l.id
"""
# Who was decided upon by an officer is not asked about again in the next month's list.
_INHERIT = """
UPDATE registry_listedperson l SET state = e.state, candidates = e.candidates, person_id = p.id,
       household_id = p.household_id, place_code = coalesce(p.place_code, l.place_code),
       note = e.counted_until || ' 的核对结论', changed_at = now()
  FROM (SELECT DISTINCT ON (n.id) n.id AS of, e.state, e.candidates, e.person_id, e.counted_until
          FROM registry_listedperson n JOIN registry_listedperson e ON e.list_name = n.list_name
           AND e.serial = n.serial AND e.counted_until < n.counted_until AND e.name = n.name
           AND e.born_on IS NOT DISTINCT FROM n.born_on AND e.decided_by IS NOT NULL
           AND e.numbered_id IS NOT DISTINCT FROM n.numbered_id
         WHERE n.state = 'new' ORDER BY n.id, e.counted_until DESC) e
  LEFT JOIN registry_person p ON p.id = e.person_id AND p.valid
 WHERE l.id = e.of AND (e.person_id IS NULL OR p.id IS NOT NULL)
"""
_PERSONS = """
SELECT p.id, p.name, p.sex, p.born_on, left(p.place_code, 12)
  FROM registry_person p JOIN registry_household h ON h.id = p.household_id
 WHERE p.valid AND h.valid AND p.place_code >= %(low)s AND p.place_code < %(high)s
"""


@dataclass(frozen=True)
class Linked:
    """What a search did with the new rows."""

    matched: int
    waiting: int
    nobody: int


def link_new_rows() -> Linked:
    """Find whom each new row means. Killed at any point, run again: it is kept in one transaction.

    A row that became another one meanwhile is left as it is.
    """
    _inherit()
    with connections["owner"].cursor() as cursor:
        rows = list(_read(cursor, _NEW, {}))
        verdicts = _verdicts(cursor, rows)
    if not rows:
        return Linked(0, 0, 0)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_KEEPING])
        kept = _keep(cursor, verdicts)
        linked = Linked(kept[Listed.MATCHED], kept[Listed.WAITING], kept[Listed.NOBODY])
        record(
            action="registry.listed_linked",
            by=None,
            actor=ACTOR,
            after=asdict(linked),
            using="owner",
        )
    return linked


@transaction.atomic(using="owner")
def _inherit() -> None:
    """What an officer said of the same row of an earlier list holds for the new one."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(_INHERIT)
        found = cursor.rowcount
    if found:
        record(
            action="registry.listed_linked",
            by=None,
            actor=ACTOR,
            after={"inherited": found},
            using="owner",
        )


def _verdicts(cursor: CursorWrapper, rows: list[tuple[Any, ...]]) -> dict[int, Found]:
    """By row, over one prefecture's people at a time: nobody else's are looked at."""
    verdicts: dict[int, Found] = {}
    for prefecture in sorted({row[4][:4] for row in rows}):
        bounds = {"low": prefecture, "high": prefecture[:-1] + chr(ord(prefecture[-1]) + 1)}
        people = list(_read(cursor, _PERSONS, bounds))
        here = [row for row in rows if row[4].startswith(prefecture)]
        verdicts |= {row[0]: NOBODY for row in here}
        verdicts |= find_people(_told(here), _registered(people, here))
    return verdicts


def _told(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows as the linkage reads them; whoever has the row's number bears the same mark."""
    return pl.DataFrame(
        [
            (number, name, sex or None, born, None, place_prefix(place, level), None, _mark(marked))
            for number, name, sex, born, place, level, marked in rows
        ],
        schema=TOLD,
        orient="row",
    )


def _registered(people: list[tuple[Any, ...]], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    numbered = {row[6] for row in rows if row[6] is not None}
    return pl.DataFrame(
        [
            (
                one,
                name,
                sex or None,
                born,
                None,
                village,
                None,
                _mark(one if one in numbered else None),
            )
            for one, name, sex, born, village in people
        ],
        schema=TOLD,
        orient="row",
    )


def _mark(person: int | None) -> str | None:
    """In the place of the number's digits: the same person, without opening anybody's number."""
    return None if person is None else f"person {person}"


def _read(cursor: CursorWrapper, sql: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    cursor.execute(sql, values)
    while found := cursor.fetchmany(_AT_ONCE):
        yield from found


# Of whoever left the register meanwhile nothing is kept: the row is compared again next time.
_WRITE = """
UPDATE registry_listedperson l SET state = f.state, candidates = f.candidates,
       person_id = p.id, household_id = p.household_id,
       place_code = coalesce(p.place_code, l.place_code), changed_at = now()
  FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(persons)s::bigint[],
              %(candidates)s::jsonb[]) AS f (id, state, person_id, candidates)
  LEFT JOIN registry_person p ON p.id = f.person_id AND p.valid
 WHERE l.id = f.id AND l.state = 'new' AND (f.person_id IS NULL OR p.id IS NOT NULL)
RETURNING l.id, l.state
"""
# For whoever may see the row and everybody whom it may mean, and say so: a township's officer,
# or one above.
_OPEN_TODOS = f"""
INSERT INTO work_todo (kind, place_code, household_id, subject_kind, subject_id, detail, state,
                       reason)
SELECT '{REVIEW_ROW}', rpad(CASE WHEN left(x.low, 9) = left(x.high, 9) THEN left(x.low, 9)
         WHEN left(x.low, 6) = left(x.high, 6) THEN left(x.low, 6)
         ELSE left(x.low, 4) END, 12, '0'), NULL, 'listed', x.id::text,
       jsonb_build_object('count', x.people), 'open', ''
  FROM (SELECT l.id, count(p.id) AS people, least(l.place_code, min(p.place_code)) AS low,
               greatest(l.place_code, max(p.place_code)) AS high
          FROM registry_listedperson l JOIN LATERAL jsonb_array_elements(l.candidates) c ON true
          JOIN registry_person p ON p.id = (c ->> 'person')::bigint
         WHERE l.id = ANY(%(ids)s) GROUP BY l.id, l.place_code) x
    ON CONFLICT (kind, subject_kind, subject_id) WHERE state = 'open' DO NOTHING
"""


def _keep(cursor: CursorWrapper, verdicts: dict[int, Found]) -> Counter[str]:
    """How many rows are in which state now."""
    states: Counter[str] = Counter()
    rows = sorted(verdicts.items())
    for start in range(0, len(rows), _KEPT_AT_ONCE):
        cursor.execute(_WRITE, _columns(rows[start : start + _KEPT_AT_ONCE]))
        written = cursor.fetchall()
        states.update(state for _row, state in written)
        waiting = [row for row, state in written if state == Listed.WAITING]
        cursor.execute(_OPEN_TODOS, {"ids": waiting})
    return states


def _columns(rows: list[tuple[int, Found]]) -> dict[str, list[Any]]:
    return {
        "ids": [row for row, _found in rows],
        "states": [_STATES[found.verdict] for _row, found in rows],
        "persons": [
            found.candidates[0].record if found.verdict == Verdict.MATCHED else None
            for _row, found in rows
        ],
        "candidates": [_told_of(found) for _row, found in rows],
    }


def _told_of(found: Found) -> str:
    return json.dumps(
        [
            {"person": one.record, "share": round(one.share, 4), "levels": one.levels}
            for one in found.candidates
        ]
    )
