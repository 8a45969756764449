"""Taking back a batch of households: those with somebody else's records stay."""

from __future__ import annotations

from yimaqing.domains.registry.loaders.following import CLOSE_TODOS, FAULTS, OPEN_TODOS
from yimaqing.domains.registry.loaders.undoing.parts import CHANGES, GOES, created, edited, history
from yimaqing.kit.dataset import Hold, Undo

#: Tables of a household's file that belong to it whatever becomes of it: they go along.
DERIVED = frozenset(
    {
        *("registry_change", "registry_persongram", "registry_duplicate"),
        *("work_todo", "work_step"),
        *("monitoring_warning", "monitoring_liveevaluation", "monitoring_doubt"),
        "monitoring_effect",  # what a preview of rules showed; made anew at the next
        # Somebody's to-dos are with them, and those hold the household: undo_has_work.
        *("recognition_procedure", "recognition_step"),
        *("recognition_objection", "recognition_riskmeasure"),
        # Labels are printed of codes; people are merged within a household that has members.
        *("codes_labelprint", "registry_merge"),
    }
)
#: What keeps a household that a batch created: somebody else's records of it.
HOLDING = {
    "undo_has_members": ("registry_person",),
    "undo_has_facts": (
        *("registry_yearlyincome", "registry_livingcondition", "registry_measure"),
        *("registry_payment", "registry_pairing", "registry_reading"),
        "registry_listedperson",
    ),
}


def _has(table: str) -> str:
    return (
        f"EXISTS (SELECT FROM {table} x WHERE x.place_code = t.place_code"
        " AND x.household_id = t.id)"
    )


def _households_with(condition: str) -> str:
    return (
        "SELECT u.id, NULL::text[] AS keys, '{}'::jsonb AS detail FROM intake_taken u"
        f" JOIN registry_household t ON t.id = u.id WHERE {GOES} AND ({condition})"
    )


_AMONG = " AND h.id IN (SELECT u.id FROM intake_taken u WHERE " + CHANGES + ")"
# Whose declared number or validity is as it was: the to-dos about members follow.
_RECOUNTED = (
    "CREATE TEMP TABLE registry_members ON COMMIT DROP AS"
    " SELECT h.id, h.place_code, h.household_number, h.member_count, count(*) AS members,"
    " count(*) FILTER (WHERE p.relation = 'head') AS heads FROM registry_household h"
    " JOIN registry_person p ON p.place_code = h.place_code AND p.household_id = h.id AND p.valid"
    f" WHERE h.valid{_AMONG} GROUP BY 1, 2, 3, 4"
)
_END_INVALID = (
    "UPDATE work_todo w SET state = 'done', closed_at = now(), reason = %(source)s"
    f" FROM registry_household h WHERE NOT h.valid{_AMONG}"
    " AND w.subject_kind = 'household' AND w.subject_id = h.id::text AND w.state = 'open'"
    " AND w.kind IN (" + ", ".join(f"'registry.{name}'" for name in FAULTS) + ")"
)

_LOCK_HOUSEHOLDS = (
    "SELECT h.id FROM registry_household h JOIN intake_taken u ON u.id = h.id"
    " ORDER BY h.id FOR UPDATE OF h"
)

UNDO_HOUSEHOLDS = Undo(
    created=created("household"),
    edited=edited("household"),
    label="t.household_number",
    lock=(_LOCK_HOUSEHOLDS,),
    holds=(
        *(
            Hold(code, _households_with(" OR ".join(_has(table) for table in tables)))
            for code, tables in HOLDING.items()
        ),
        Hold(
            "undo_has_code",
            _households_with(
                "EXISTS (SELECT FROM codes_code x WHERE x.household_id = t.id"
                " AND x.state = 'active')"
            ),
        ),
        Hold(
            "undo_has_todo",
            _households_with(
                "EXISTS (SELECT FROM work_todo x WHERE x.household_id = t.id"
                " AND x.state = 'open' AND x.kind NOT LIKE 'registry.%%')"
            ),
        ),
        Hold(
            "undo_has_work",
            _households_with(
                "EXISTS (SELECT FROM work_todo x WHERE x.household_id = t.id"
                " AND x.closed_by IS NOT NULL AND x.kind NOT LIKE 'registry.%%')"
            ),
        ),
        Hold(
            "undo_has_helper",
            _households_with(
                "EXISTS (SELECT FROM accounts_assignedhousehold x WHERE x.household_id = t.id)"
            ),
        ),
        Hold(
            "undo_place_gone",
            "SELECT u.id, ARRAY['place_code'] AS keys, jsonb_build_object('place', u.wanted ->>"
            " 'place_code') AS detail FROM intake_taken u WHERE u.wanted ? 'place_code'"
            " AND NOT EXISTS (SELECT FROM places_place p WHERE p.code = u.wanted ->> 'place_code'"
            " AND p.valid_to IS NULL)",
        ),
    ),
    before=(history("household"),),
    after=(_RECOUNTED, _END_INVALID, CLOSE_TODOS, OPEN_TODOS),
)
