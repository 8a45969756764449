"""What the registry does when told."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.models import Q, QuerySet
from django.utils import timezone

from yimaqing.domains.accounts.actions import name_households, unname_households
from yimaqing.domains.accounts.queries import Assignment
from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.tasks import MANY, ask_for_duplicates, ask_for_links

HELPER = "helper"
BY_THE_LIST: dict[str, Any] = {"by": None, "actor": "system:pairings", "using": "owner"}

# Whom helpers are paired with, or were before this batch, and what runs of it today or later.
# An ended pairing counts no more; of several running ones the first day and the last hold.
PAIRED = """
WITH touched AS (
  SELECT user_id, household_id FROM registry_pairing WHERE user_id = ANY(%(helpers)s)
  UNION
  SELECT (before ->> 'user_id')::bigint, household_id FROM registry_change
   WHERE batch_id = %(batch)s AND subject_kind = 'pairing'
     AND (before ->> 'user_id')::bigint = ANY(%(helpers)s))
SELECT t.user_id, t.household_id, count(p.id) > 0, min(p.starts_on),
       CASE WHEN bool_and(p.ends_on IS NOT NULL) THEN max(p.ends_on) END
  FROM touched t LEFT JOIN registry_pairing p
    ON p.user_id = t.user_id AND p.household_id = t.household_id
   AND (p.ends_on IS NULL OR p.ends_on > %(today)s)
 GROUP BY t.user_id, t.household_id ORDER BY t.user_id, t.household_id
"""


@dataclass
class Paired:
    """The households that one helper is paired with, from when to when; and those no more."""

    periods: dict[int, tuple[dt.date | None, dt.date | None]] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)


def on_batch_applied(*, batch_id: int, dataset: str, **_: Any) -> None:
    """Let helpers see the households that an imported list pairs them with, while it does.

    The administrator says who is a helper, the list says for whom and how long: a user who
    holds no assignment as helper gains nothing by being named in a list. Who is paired no
    more loses the household. Told twice, it does nothing.
    """
    if dataset == "persons":
        _look_for_duplicates(batch_id)
    if dataset in lists():
        ask_for_links()
    if dataset != "pairings":
        return
    today = timezone.localdate()
    held = list(_helpers().order_by("pk"))
    paired = _paired({a.user_id for a in held}, batch_id, today)
    for assignment in held:
        one = paired[assignment.user_id]
        _name(assignment, one)
        if one.ended:
            unname_households(assignment=assignment, household_ids=one.ended, **BY_THE_LIST)


def _look_for_duplicates(batch_id: int) -> None:
    """A large list is looked through at once, a small one in the night."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM registry_change WHERE batch_id = %s LIMIT %s) x",
            [batch_id, MANY],
        )
        if cursor.fetchone()[0] >= MANY:
            ask_for_duplicates()


def on_assigned(*, assignment_id: int, **_: Any) -> None:
    """Let a new helper see the households that lists imported before pair him with."""
    held = _helpers().filter(pk=assignment_id).first()
    if held is not None:
        _name(held, _paired({held.user_id}, None, timezone.localdate())[held.user_id])


def _helpers() -> QuerySet[Assignment]:
    """Assignments as helper that hold today or will hold later."""
    return Assignment.objects.using("owner").filter(
        Q(ends_on=None) | Q(ends_on__gt=timezone.localdate()), role=HELPER, place_code=None
    )


def _name(assignment: Assignment, paired: Paired) -> None:
    if paired.periods:
        name_households(
            assignment=assignment,
            household_ids=sorted(paired.periods),
            periods=paired.periods,
            **BY_THE_LIST,
        )


def _paired(helpers: set[int], batch_id: int | None, today: dt.date) -> defaultdict[int, Paired]:
    found: defaultdict[int, Paired] = defaultdict(Paired)
    with connections["owner"].cursor() as cursor:
        cursor.execute(PAIRED, {"helpers": list(helpers), "batch": batch_id, "today": today})
        for user_id, household_id, runs, starts_on, ends_on in cursor.fetchall():
            if runs:
                found[user_id].periods[household_id] = (starts_on, ends_on)
            else:
                found[user_id].ended.append(household_id)
    return found
