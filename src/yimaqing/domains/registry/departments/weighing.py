"""Which rows of the lists ask somebody to go and look: to-dos, opened and taken back by sets.

Rows whose person is known are weighed once, and again when they change. Whatever rows say, no
record and no status of a household changes. Killed at any point, run again: each list is kept in
a transaction of its own.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.departments.kinds import DepartmentList, Rhythm, Trigger
from yimaqing.domains.registry.departments.rules import UNITS, rhythms

ACTOR = "system:listed"
#: Of a to-do: which list says it of whom, in which period. A list of places is about villages.
SUBJECT = "listed_hit"
#: Only one weighing at a time.
_WEIGHING = 0x59_4D_4C_57


@dataclass
class Weighed:
    """To-dos that were opened, and those withdrawn because nothing says so any more."""

    opened: int = 0
    withdrawn: int = 0


def weigh_lists(*, using: str = "owner") -> Weighed:
    """Open what the rows since the last time ask for, withdraw what no row asks for any more."""
    done = Weighed()
    for name, one in lists().items():
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WEIGHING])
            found = _weigh(cursor, one, rhythms()[name])
            if found.opened or found.withdrawn:
                record(
                    action="registry.listed_weighed",
                    by=None,
                    actor=ACTOR,
                    after=asdict(found) | {"list": name},
                    using=using,
                )
        done.opened += found.opened
        done.withdrawn += found.withdrawn
    return done


def period_sql(rhythm: Rhythm, day: str) -> str:
    """SQL of the first day of the period that a to-do of the list is for."""
    unit = "year" if rhythm.trigger.once == "year" else UNITS[rhythm.every]
    return f"date_trunc('{unit}', {day})::date"


_KNOWN = "state IN ('matched', 'chosen')"
_WEIGHED = f"""
UPDATE registry_listedperson SET weighed_at = greatest(clock_timestamp(), changed_at)
 WHERE list_name = %(list)s AND {_KNOWN} AND (weighed_at IS NULL OR weighed_at < changed_at)
RETURNING counted_until, household_id, place_code
"""
# Who is new hangs on the lists before: one that comes late, or corrected, has the later ones
# of its county weighed again.
_AGAIN = f"""
UPDATE registry_listedperson l SET weighed_at = NULL
  FROM (SELECT left(u.place_code, 6) AS county, min(u.counted_until) AS since
          FROM registry_listedperson u WHERE u.list_name = %(list)s AND u.{_KNOWN}
           AND (u.weighed_at IS NULL OR u.weighed_at < u.changed_at) GROUP BY 1) x
 WHERE l.list_name = %(list)s AND left(l.place_code, 6) = x.county
   AND l.counted_until > x.since AND l.weighed_at IS NOT NULL
"""


def _weigh(cursor: CursorWrapper, one: DepartmentList, rhythm: Rhythm) -> Weighed:
    trigger = rhythm.trigger
    values: dict[str, Any] = {
        "list": one.name,
        "kind": one.todo,
        "fact": trigger.fact,
        "values": list(trigger.values),
    }
    found = Weighed()
    if trigger.once == "new":
        cursor.execute(_AGAIN, values)
    cursor.execute(_withdraw_sql(one, rhythm), values)
    found.withdrawn = cursor.rowcount
    cursor.execute(_open_sql(one, rhythm), values)
    found.opened = cursor.rowcount
    return found


# Of each household (or village) in ``asked``, whether the list says in the period what asks for
# a look. Lists that state a sum count on through the year, so the greatest sum of one day counts.
_HITS = """
SELECT d.begins, d.household_id, d.place_code, max(r.counted_until) AS until, max(r.fen) AS fen
  FROM ({asked}) d JOIN LATERAL (
    SELECT r.counted_until, sum(r.amount_fen) AS fen FROM registry_listedperson r
     WHERE r.list_name = %(list)s AND r.{known} AND {period} = d.begins AND {whose}{where}
     GROUP BY r.counted_until) r ON true
 GROUP BY d.begins, d.household_id, d.place_code
"""
_OF_HOME = "r.household_id = d.household_id"
_OF_VILLAGE = "r.household_id IS NULL AND r.place_code = d.place_code"
# Nobody is new on the first list that a county sends: it is what the next one is held against.
_NEW = f"""
       AND NOT EXISTS (SELECT FROM registry_listedperson b WHERE b.list_name = %(list)s
         AND b.household_id = r.household_id AND b.person_id = r.person_id
         AND b.counted_until < d.begins AND b.{_KNOWN})
       AND EXISTS (SELECT FROM registry_listedperson b WHERE b.list_name = %(list)s
         AND b.counted_until < d.begins AND left(b.place_code, 6) = left(d.place_code, 6))"""
_HOUSEHOLD = " JOIN registry_household h ON h.place_code = x.place_code AND h.id = x.household_id"
#: Whom the register watches; a monitored household of another class counts among them.
_ARCHIVED = """(h.register_class IN ('archived', 'marginal') OR h."group" <> '')"""
# The line of the narrowest region that holds on the day; without one nobody is judged.
_LINE = f""" JOIN LATERAL (SELECT n.amount_fen FROM registry_triggerline n
  WHERE n.list_name = %(list)s AND n.starts_on <= x.until AND starts_with(x.place_code, n.region)
    AND n.among = CASE WHEN {_ARCHIVED} THEN 'archived' ELSE 'other' END
  ORDER BY length(n.region) DESC, n.starts_on DESC LIMIT 1) n ON x.fen >= n.amount_fen"""
_YUAN = "to_char({0} / 100, 'FM999,999,999,990')"
_SAME_HOME, _SAME_VILLAGE = "o.household_id = x.household_id", "o.place_code = x.place_code"
_WHO = "coalesce(x.household_id::text, x.place_code)"

_OPEN = f"""
WITH registry_weighed AS ({_WEIGHED})
INSERT INTO work_todo (kind, place_code, household_id, subject_kind, subject_id, detail, state,
                       reason)
SELECT %(kind)s, x.place_code, x.household_id, '{SUBJECT}',
       %(list)s || ':' || x.begins || ':' || {_WHO},
       jsonb_build_object('until', x.until, 'begins', x.begins){{told}}, 'open', ''
  FROM {{hits}}{{and_not}} NOT EXISTS (SELECT FROM work_todo o WHERE o.kind = %(kind)s
         AND {{same}} AND o.detail ->> 'begins' = x.begins::text
         AND (o.state <> 'dropped' OR o.closed_by IS NOT NULL))
    ON CONFLICT (kind, subject_kind, subject_id) WHERE state = 'open' DO NOTHING
"""
_WITHDRAW = """
UPDATE work_todo w SET state = 'dropped', closed_at = now(), reason = '名单已撤销或更正'
 WHERE w.kind = %(kind)s AND w.state = 'open' AND w.id NOT IN (
   SELECT o.id FROM {hits} JOIN work_todo o ON o.kind = %(kind)s AND o.state = 'open'
      AND {same} AND o.detail ->> 'begins' = x.begins::text{where})
"""


def _open_sql(one: DepartmentList, rhythm: Rhythm) -> str:
    period = period_sql(rhythm, "w.counted_until")
    asked = (
        f"SELECT DISTINCT {period} AS begins, w.household_id, w.place_code FROM registry_weighed w"
    )
    by_line = rhythm.trigger.by_line
    told = (
        f" || jsonb_build_object('yuan', {_YUAN.format('x.fen')},"
        f" 'line', {_YUAN.format('n.amount_fen')})"
        if by_line
        else ""
    )
    where = _watched(rhythm.trigger)
    and_not = f"{where} AND" if where else " WHERE"
    hits = _hits(one, rhythm, asked)
    return _OPEN.format(told=told, hits=hits, and_not=and_not, same=_same(one))


def _withdraw_sql(one: DepartmentList, rhythm: Rhythm) -> str:
    asked = (
        "SELECT DISTINCT (k.detail ->> 'begins')::date AS begins, k.household_id, k.place_code"
        " FROM work_todo k WHERE k.kind = %(kind)s AND k.state = 'open'"
    )
    trigger = rhythm.trigger
    return _WITHDRAW.format(
        hits=_hits(one, rhythm, asked), same=_same(one), where=_watched(trigger)
    )


def _hits(one: DepartmentList, rhythm: Rhythm, asked: str) -> str:
    """What the list says of those asked about, with the household and the line where needed."""
    trigger = rhythm.trigger
    where = " AND r.facts ->> %(fact)s = ANY(%(values)s)" if trigger.fact else ""
    hits = _HITS.format(
        asked=asked,
        known=_KNOWN,
        period=period_sql(rhythm, "r.counted_until"),
        whose=_OF_VILLAGE if one.of_places else _OF_HOME,
        where=where + (_NEW if trigger.once == "new" else ""),
    )
    joins = _HOUSEHOLD if trigger.by_line or trigger.among else ""
    return f"({hits}) x{joins}{_LINE if trigger.by_line else ''}"


def _watched(trigger: Trigger) -> str:
    return f" WHERE {_ARCHIVED}" if trigger.among else ""


def _same(one: DepartmentList) -> str:
    return _SAME_VILLAGE if one.of_places else _SAME_HOME
