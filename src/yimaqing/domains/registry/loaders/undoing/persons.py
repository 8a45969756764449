"""Taking back a batch of persons: names, numbers, readings and heads follow."""

from __future__ import annotations

from yimaqing.domains.registry.loaders.following import CLOSE_TODOS, HEADS, MEMBERS, OPEN_TODOS
from yimaqing.domains.registry.loaders.undoing.parts import (
    AT_HOME,
    CHANGES,
    GOES,
    HOME_GONE,
    NUMBER_OF,
    WITHDRAW,
    WITHDRAWN,
    created,
    edited,
    history,
    locked,
)
from yimaqing.kit.dataset import Hold, Undo

_TOUCHED = (
    "CREATE TEMP TABLE registry_touched ON COMMIT DROP AS SELECT DISTINCT x.household_id FROM"
    " intake_taken u JOIN registry_person t ON t.id = u.id, LATERAL (VALUES (t.household_id),"
    " ((u.wanted ->> 'household_id')::bigint)) x (household_id)"
    f" WHERE (({GOES}) OR ({CHANGES})) AND x.household_id IS NOT NULL"
)
_RENAMED = f"{CHANGES} AND u.wanted ?| ARRAY['name', 'place_code', 'household_id']"
# Before the persons: their own trigger then finds nothing left to do, row by row.
_FORGET_GRAMS = (
    "DELETE FROM registry_persongram g USING intake_taken u WHERE g.person_id = u.id"
    f" AND (({GOES}) OR ({_RENAMED}))"
)
_GRAMS = (
    "INSERT INTO registry_persongram (gram, place_code, person_id, household_id)"
    " SELECT gram, t.place_code, t.id, t.household_id"
    " FROM intake_taken u JOIN registry_person t ON t.id = u.id,"
    " LATERAL generate_series(1, 2) n, LATERAL generate_series(1, char_length(t.name) - n + 1) i,"
    ' LATERAL (SELECT substr(t.name COLLATE "C", i, n) AS gram) x'
    f" WHERE strpos(t.name, gram) = i AND {_RENAMED} ORDER BY gram, t.id"
)
# A number that goes back to its old owner must be free at that moment.
_FREE_NUMBERS = tuple(
    f"UPDATE registry_person t SET {column} = NULL FROM intake_taken u WHERE u.id = t.id"
    f" AND {CHANGES} AND u.wanted ? '{column}'"
    for column in ("id_number_index", "person_number")
)
_CARRY_READINGS = (
    "UPDATE registry_reading l SET place_code = t.place_code, household_id = t.household_id"
    " FROM intake_taken u JOIN registry_person t ON t.id = u.id WHERE l.person_id = t.id"
    f" AND {CHANGES} AND u.wanted ? 'household_id' AND l.household_id <> t.household_id"
)


def _others(table: str) -> str:
    return (
        f"EXISTS (SELECT FROM {table} x WHERE x.household_id = t.household_id"
        " AND x.person_id = t.id AND x.batch_id IS DISTINCT FROM %(batch)s)"
    )


def _taken(column: str, test: str, final: str, *, valid: bool) -> str:
    """Who would get a number back that somebody else has, and goes on having."""
    in_force = " AND o.valid AND coalesce((w.wanted ->> 'valid')::boolean, true)" if valid else ""
    return (
        f"SELECT u.id, ARRAY{test} AS keys, '{{}}'::jsonb AS detail"
        f" FROM intake_taken u JOIN registry_person t ON t.id = u.id WHERE {CHANGES}"
        f" AND u.wanted ?| ARRAY{test} AND EXISTS (SELECT FROM registry_person o"
        f" LEFT JOIN intake_taken w ON w.id = o.id WHERE o.{column} = {final} AND o.id <> u.id"
        " AND NOT coalesce(w.outcome = 'created' AND NOT w.stays, false)"
        f" AND NOT coalesce(w.wanted ? '{column}', false){in_force})"
    )


UNDO_PERSONS = Undo(
    created=created("person"),
    edited=edited("person"),
    label=f"{NUMBER_OF} || ' · ' || left(t.name, 1) || '**'",
    lock=(locked("registry_person"),),
    prepare=AT_HOME,
    holds=(
        HOME_GONE,
        Hold(
            "undo_person_has_facts",
            "SELECT u.id, NULL::text[] AS keys, '{}'::jsonb AS detail FROM intake_taken u"
            f" JOIN registry_person t ON t.id = u.id WHERE {GOES}"
            f" AND ({_others('registry_reading')} OR {_others('registry_payment')}"
            f" OR {_others('registry_listedperson')})",
        ),
        Hold(
            "undo_number_taken",
            _taken(
                "id_number_index",
                "['id_number_index', 'id_number_sealed', 'valid']",
                "coalesce((u.wanted ->> 'id_number_index')::bytea, t.id_number_index)"
                " AND coalesce((u.wanted ->> 'valid')::boolean, t.valid)",
                valid=True,
            ),
        ),
        Hold(
            "undo_number_taken",
            _taken(
                "person_number", "['person_number']", "u.wanted ->> 'person_number'", valid=False
            ),
        ),
    ),
    before=(history("person"), _TOUCHED, _FORGET_GRAMS, WITHDRAW, *_FREE_NUMBERS),
    after=(
        _CARRY_READINGS,
        _GRAMS,
        "ANALYZE registry_touched",
        HEADS,
        MEMBERS.replace("intake_plan", "intake_taken"),
        CLOSE_TODOS,
        OPEN_TODOS,
    ),
    notes={"readings": WITHDRAWN},
)
