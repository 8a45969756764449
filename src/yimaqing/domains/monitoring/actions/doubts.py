"""Doubts brought into line with what the checks find, and confirmed by officers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.actions.live import APPLYING, evaluate_household
from yimaqing.domains.monitoring.checks.programme import DOUBT
from yimaqing.domains.monitoring.compiled import doubts_sql
from yimaqing.domains.monitoring.models import Doubt, LiveEvaluation
from yimaqing.domains.monitoring.rulebook import in_force, question
from yimaqing.kit.rowscope import Scope, scoped

_LONGEST_REASON = 500


class ReasonMissing(ValueError):
    """Nothing says why a doubt is right after all."""


@transaction.atomic
def check_household(*, household_id: int, place_code: str) -> list[Doubt]:
    """Open, change and close the doubts of a household; those that are open now.

    In the caller's transaction, after ``evaluate_household``, which locks the household.
    """
    today = timezone.localdate()
    asked = question(today, in_force(today, place_code))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [APPLYING])
        cursor.execute(doubts_sql(asked), {"household": household_id, "place": place_code})
        names = [column.name for column in cursor.description]
        rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
        found: dict[str, str] = {row["check_code"]: row["facts"] for row in rows}
    mine = Doubt.objects.filter(place_code=place_code, household_id=household_id, closed_at=None)
    held = {doubt.check_code: doubt for doubt in mine}
    now = timezone.now()
    mine.filter(check_code__in=set(held) - set(found)).update(closed_at=now, changed_at=now)
    for code in set(found) & set(held):
        if held[code].facts != found[code]:
            held[code].facts, held[code].changed_at = found[code], now
            held[code].confirmed_at = None
            held[code].save(update_fields=["facts", "changed_at", "confirmed_at"])
    new = [
        Doubt(place_code=place_code, household_id=household_id, check_code=code, facts=facts)
        for code, facts in found.items()
        if code not in held
    ]
    Doubt.objects.bulk_create(new)
    return [held[code] for code in set(found) & set(held)] + new


def judge_since(moment: dt.datetime) -> None:
    """Judge and check once more, each by itself, the households that were judged at once since a
    moment: a run leaves them alone, and the rules may have changed after they were judged.
    """
    with scoped(Scope.everything()):
        found = LiveEvaluation.objects.filter(at__gte=moment)
        households = list(found.values_list("household_id", "place_code"))
    for household_id, place_code in households:
        with scoped(Scope.everything()):
            evaluate_household(household_id=household_id, place_code=place_code)
            check_household(household_id=household_id, place_code=place_code)


def refresh_doubts(taken: Snapshot) -> tuple[int, int, int]:
    """Bring the doubts into line with a snapshot's; how many were opened, changed, closed.

    What was judged at once after the snapshot was taken knows more than it, and stays.
    """
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [APPLYING])
        cursor.execute(STAGE)
        with cursor.copy("COPY doubted FROM STDIN") as copy:
            for row in _rows(taken):
                copy.write_row(row)
        cursor.execute("CREATE INDEX ON doubted (household_id, check_code)")
        cursor.execute("ANALYZE doubted")
        cursor.execute(FORGET_LATER, {"taken_at": taken.taken_at})
        counts = []
        for statement in (CHANGE, CLOSE, OPEN):
            cursor.execute(statement, {"taken_at": taken.taken_at})
            counts.append(cursor.rowcount)
        changed, closed, opened = counts
        record(
            action="monitoring.checked",
            by=None,
            actor="system:monitoring",
            subject=("snapshot", taken.name),
            after={"raised": opened, "changed": changed, "closed": closed},
            using="owner",
        )
    return opened, changed, closed


def confirm_doubts(*, ids: Collection[int], reason: str, by: User) -> int:
    """Right after all (情况属实), with the reason: quiet until the facts change. How many.

    All or none; those that are confirmed or closed already stay as they are. Raise
    ReasonMissing, and PermissionDenied where the user may not edit the household.
    """
    words = reason.strip()[:_LONGEST_REASON]
    if not words:
        raise ReasonMissing(_("请写明为什么属实。"))
    return _set(ids, by, "monitoring.doubt_confirmed", words, confirmed=True)


def reopen_doubts(*, ids: Collection[int], reason: str, by: User) -> int:
    """A confirmation taken back: the doubt is open again. How many; raise PermissionDenied."""
    return _set(ids, by, "monitoring.doubt_reopened", reason.strip(), confirmed=False)


@transaction.atomic
def _set(ids: Collection[int], by: User, action: str, words: str, *, confirmed: bool) -> int:
    doubts = list(
        Doubt.objects.select_for_update()
        .filter(pk__in=ids, closed_at=None, confirmed_at__isnull=confirmed)
        .order_by("pk")
    )
    now, scope = timezone.now(), scope_of(by, permissions.EDIT)
    for doubt in doubts:
        if not scope.covers(doubt.place_code) and doubt.household_id not in scope.household_ids:
            raise PermissionDenied(_("您不能更正这一户的资料。"))
        doubt.confirmed_at = now if confirmed else None
        doubt.confirmed_by_id = by.pk if confirmed else doubt.confirmed_by_id
        doubt.reason = words if confirmed else doubt.reason
        record(
            action=action,
            by=by,
            place_code=doubt.place_code,
            household_id=doubt.household_id,
            subject=("doubt", doubt.pk),
            purpose=words,
            after={"check": doubt.check_code},
        )
    Doubt.objects.bulk_update(doubts, ["confirmed_at", "confirmed_by_id", "reason"], 500)
    return len(doubts)


def _rows(taken: Snapshot) -> Iterator[tuple[Any, ...]]:
    """What was found, in the order of the staging table, a batch at a time."""
    files = taken.files(DOUBT)
    if not files:
        return
    with connect() as duck:
        cursor = duck.execute(
            "SELECT household_id, check_code, facts"
            " FROM read_parquet(?, hive_partitioning = false)",
            [files],
        )
        while batch := cursor.fetchmany(10_000):
            yield from batch


STAGE = """
CREATE TEMP TABLE doubted (household_id bigint, check_code text, facts text) ON COMMIT DROP
"""

FORGET_LATER = """
DELETE FROM doubted f USING monitoring_liveevaluation l
WHERE l.household_id = f.household_id AND l.at >= %(taken_at)s - interval '1 minute'
"""

# Other facts than those that somebody confirmed: the doubt is open again.
CHANGE = """
UPDATE monitoring_doubt d SET facts = f.facts, changed_at = now(), confirmed_at = NULL
FROM doubted f
WHERE d.household_id = f.household_id AND d.check_code = f.check_code
  AND d.closed_at IS NULL AND d.facts <> f.facts
"""

CLOSE = """
UPDATE monitoring_doubt d SET closed_at = now(), changed_at = now()
WHERE d.closed_at IS NULL
  AND NOT EXISTS (SELECT FROM doubted f
                  WHERE f.household_id = d.household_id AND f.check_code = d.check_code)
  AND NOT EXISTS (SELECT FROM monitoring_liveevaluation l WHERE l.household_id = d.household_id
                  AND l.at >= %(taken_at)s - interval '1 minute')
"""

# A household may have moved since the snapshot: the place is the one it has now.
OPEN = """
INSERT INTO monitoring_doubt (place_code, household_id, check_code, facts, reason)
SELECT h.place_code, f.household_id, f.check_code, f.facts, ''
FROM doubted f JOIN registry_household h ON h.id = f.household_id
ORDER BY h.place_code, h.id
ON CONFLICT (household_id, check_code) WHERE closed_at IS NULL DO NOTHING
"""
