"""How batches of the registry's datasets are taken back.

What a batch created is known from the history; so is what officers have changed since.
Readings that followed from it go with it: they were its statements. A record on which
anything of others hangs (a member, a payment, a code on a door) stays and is listed.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _n

from yimaqing.domains.registry.loaders.following import (
    CLOSE_TODOS,
    FAULTS,
    HEADS,
    MEMBERS,
    OPEN_TODOS,
)
from yimaqing.kit.dataset import Hold, Message, Undo

#: Tables of a household's file that belong to it whatever becomes of it: they go along.
DERIVED = frozenset(
    {
        *("registry_change", "registry_persongram", "registry_duplicate", "work_todo"),
        *("monitoring_warning", "monitoring_liveevaluation"),
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
    ),
}

NUMBER_OF = "(SELECT h.household_number FROM registry_household h WHERE h.id = t.household_id)"
WITHDRAWN = "SELECT count(*) FROM registry_reading WHERE batch_id = %(batch)s"
WITHDRAW = "DELETE FROM registry_reading WHERE batch_id = %(batch)s"
_GOES = "u.outcome = 'created' AND NOT u.stays"
_CHANGES = "u.outcome = 'updated' AND u.wanted <> '{}'"

MESSAGES = {
    "undo_changed": Message(_n("入库后又有人改过"), _n("保留现在的值；需要时在户档案中更正")),
    "undo_out_of_scope": Message(
        _n("现属您负责范围以外的地点 %(place)s"), _n("请由当地负责的单位办理")
    ),
    "undo_has_members": Message(
        _n("户内已有其他批次或人员登记的家庭成员"), _n("先撤销家庭成员的批次，再撤销本批次")
    ),
    "undo_has_facts": Message(
        _n("户内已有其他批次或人员登记的资料"), _n("先撤销那些批次，再撤销本批次；走访记录不能撤销")
    ),
    "undo_has_code": Message(_n("该户已发放二维码"), _n("先在码管理中停用该户的码，再撤销本批次")),
    "undo_has_helper": Message(_n("该户已指定给帮扶责任人"), _n("先取消指定，再撤销本批次")),
    "undo_person_has_facts": Message(
        _n("该成员已有其他来源的读数或发放"), _n("核实该成员是否在户；不在的标为自然减少")
    ),
    "undo_number_taken": Message(_n("原来的号码现属另一记录"), _n("核对两条记录；保留现在的号码")),
    "undo_home_gone": Message(_n("原来所在的户已不在册"), _n("成员留在现在的户；核实该户")),
    "undo_place_gone": Message(
        _n("原来的村编号 %(place)s 已停用"), _n("该户留在现在的村；核实后另行办理")
    ),
}


def created(kind: str) -> str:
    """What a batch created, by the history."""
    return (
        "SELECT subject_id AS id FROM registry_change WHERE batch_id = %(batch)s"
        f" AND subject_kind = '{kind}' AND kind = 'created'"
    )


def edited(kind: str) -> str:
    """What was changed by hand after the batch: rows that it wrote were locked until its end."""
    return (
        "SELECT c.subject_id AS id, e.key, e.value AS was, c.actor, c.at FROM registry_change c"
        f" JOIN intake_taken u ON u.id = c.subject_id, LATERAL jsonb_each(c.before) e"
        f" WHERE c.batch_id IS NULL AND c.subject_kind = '{kind}' AND c.kind <> 'created'"
        " AND jsonb_typeof(c.before) = 'object'"
        " AND c.id > (SELECT min(o.id) FROM registry_change o WHERE o.batch_id = %(batch)s)"
    )


def history(kind: str, removed: str = "'{}'::jsonb") -> str:
    """One row of history for each record that goes or gets old values back.

    Of one that goes ``removed`` is kept, an object over ``t``: what was sent by mistake about
    people shall not live on in the history; the file that it came in is kept.
    """
    household = "t.id" if kind == "household" else "t.household_id"
    return (
        "INSERT INTO registry_change (place_code, household_id, subject_kind, subject_id, kind,"
        f" at, actor, source, batch_id, before) SELECT t.place_code, {household}, '{kind}', t.id,"
        " CASE WHEN u.outcome = 'created' THEN 'removed' ELSE 'updated' END, now(), %(actor)s,"
        f" %(source)s, %(batch)s, CASE WHEN u.outcome = 'created' THEN {removed} ELSE u.gone END"
        f" FROM intake_taken u JOIN registry_{kind} t ON t.id = u.id"
        f" WHERE ({_GOES}) OR ({_CHANGES} AND u.gone IS NOT NULL) ORDER BY t.id"
    )


def locked(table: str) -> str:
    """Nobody adds to a household's file while rows of it go."""
    return (
        "SELECT h.id FROM registry_household h WHERE h.id IN (SELECT t.household_id"
        f" FROM {table} t JOIN intake_taken u ON u.id = t.id) ORDER BY h.id FOR UPDATE"
    )


# Where a row stood is its household; the household's place is as it is today.
AT_HOME = (
    "UPDATE intake_taken SET wanted = wanted - 'place_code' WHERE wanted ? 'place_code'",
    (
        "UPDATE intake_taken u SET wanted = u.wanted ||"
        " jsonb_build_object('place_code', h.place_code)"
        " FROM registry_household h WHERE u.wanted ? 'household_id'"
        " AND h.id = (u.wanted ->> 'household_id')::bigint"
    ),
)
HOME_GONE = Hold(
    "undo_home_gone",
    "SELECT u.id, ARRAY['household_id', 'place_code'] AS keys, '{}'::jsonb AS detail"
    " FROM intake_taken u WHERE u.wanted ? 'household_id' AND NOT u.wanted ? 'place_code'",
)


def of_household(kind: str, label: str, *, readings: bool = False, removed: str = "") -> Undo:
    """The undo of a dataset whose rows nothing else refers to."""
    table = f"registry_{kind}"
    return Undo(
        created=created(kind),
        edited=edited(kind),
        label=f"{NUMBER_OF} || ' · ' || {label}",
        lock=(locked(table),),
        prepare=AT_HOME,
        holds=(HOME_GONE,),
        before=(
            history(kind, removed or "'{}'::jsonb"),
            *((WITHDRAW,) if readings else ()),
        ),
        notes={"readings": WITHDRAWN} if readings else {},
    )


def _has(table: str) -> str:
    return (
        f"EXISTS (SELECT FROM {table} x WHERE x.place_code = t.place_code"
        " AND x.household_id = t.id)"
    )


def _households_with(condition: str) -> str:
    return (
        "SELECT u.id, NULL::text[] AS keys, '{}'::jsonb AS detail FROM intake_taken u"
        f" JOIN registry_household t ON t.id = u.id WHERE {_GOES} AND ({condition})"
    )


_AMONG = " AND h.id IN (SELECT u.id FROM intake_taken u WHERE " + _CHANGES + ")"
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
    household="t.id",
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

# ---- persons ---------------------------------------------------------------------------------

_TOUCHED = (
    "CREATE TEMP TABLE registry_touched ON COMMIT DROP AS SELECT DISTINCT x.household_id FROM"
    " intake_taken u JOIN registry_person t ON t.id = u.id, LATERAL (VALUES (t.household_id),"
    " ((u.wanted ->> 'household_id')::bigint)) x (household_id)"
    f" WHERE (({_GOES}) OR ({_CHANGES})) AND x.household_id IS NOT NULL"
)
_RENAMED = f"{_CHANGES} AND u.wanted ?| ARRAY['name', 'place_code', 'household_id']"
# Before the persons: their own trigger then finds nothing left to do, row by row.
_FORGET_GRAMS = (
    "DELETE FROM registry_persongram g USING intake_taken u WHERE g.person_id = u.id"
    f" AND (({_GOES}) OR ({_RENAMED}))"
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
    f" AND {_CHANGES} AND u.wanted ? '{column}'"
    for column in ("id_number_index", "person_number")
)
_CARRY_READINGS = (
    "UPDATE registry_reading l SET place_code = t.place_code, household_id = t.household_id"
    " FROM intake_taken u JOIN registry_person t ON t.id = u.id WHERE l.person_id = t.id"
    f" AND {_CHANGES} AND u.wanted ? 'household_id' AND l.household_id <> t.household_id"
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
        f" FROM intake_taken u JOIN registry_person t ON t.id = u.id WHERE {_CHANGES}"
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
            f" JOIN registry_person t ON t.id = u.id WHERE {_GOES}"
            f" AND ({_others('registry_reading')} OR {_others('registry_payment')})",
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

# ---- the others ------------------------------------------------------------------------------

UNDO_READINGS = Undo(
    created="SELECT id FROM registry_reading WHERE batch_id = %(batch)s",
    label=NUMBER_OF,
    lock=(locked("registry_reading"),),
    # A reading has no history of its own; what is withdrawn is told in that of its household.
    before=(
        history(
            "reading",
            "jsonb_build_object('indicator', t.indicator, 'value', coalesce(nullif(t.value_text,"
            " ''), t.value_number::text), 'observed_at', t.observed_at)",
        ),
    ),
)
UNDO_INCOMES = of_household("yearlyincome", "t.year", readings=True)
UNDO_LIVING = of_household("livingcondition", "t.year", readings=True)
UNDO_MEASURES = of_household("measure", "t.number")
UNDO_PAYMENTS = of_household("payment", "t.serial")
# Whose helper it was is what takes the household from him again.
UNDO_PAIRINGS = of_household(
    "pairing", "t.starts_on", removed="jsonb_build_object('user_id', t.user_id)"
)
