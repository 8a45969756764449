"""Dates for to-dos that were opened without one."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from yimaqing.domains.audit.actions import record
from yimaqing.domains.work.deadlines import Rule, deadlines

# The day in the offices' time zone: connections run in UTC.
_WAITING = """
SELECT DISTINCT kind, place_code, (opened_at AT TIME ZONE %s)::date FROM work_todo
 WHERE state = 'open' AND (due_on IS NULL OR due_provisional)
"""
# Somebody else's lock is not waited for: an import ends and opens to-dos in an order of its own,
# and what is left now is dated next time.
_DATE = """
UPDATE work_todo w SET due_on = x.due_on, due_provisional = x.provisional
  FROM jsonb_to_recordset(%s::jsonb) x (kind text, place_code text, opened_on date, due_on date,
                                 provisional boolean)
 WHERE w.id IN (SELECT id FROM work_todo WHERE state = 'open' AND (due_on IS NULL
                OR due_provisional) FOR UPDATE SKIP LOCKED)
   AND w.kind = x.kind AND w.place_code = x.place_code
   AND (w.opened_at AT TIME ZONE %s)::date = x.opened_on
   AND (w.due_on, w.due_provisional) IS DISTINCT FROM (x.due_on, x.provisional)
"""
#: The job that dates; see tasks.py.
TASK = "work.date"


def date_todos(*, actor: str = "system:deadlines", using: str = "owner") -> int:
    """Give each open to-do without a date the one of its rule; how many were dated.

    Set by set, however many there are. A date that was counted before the year's holidays were
    announced is counted again, and stays while they are not. One row of the trail, if any.
    """
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(_WAITING, [settings.TIME_ZONE])
        known: dict[tuple[Rule, object], dict[str, object]] = {}
        sets = []
        for kind, place_code, opened in cursor.fetchall():
            rule = deadlines().rule(kind, place_code, opened)
            if rule is None:
                continue
            if (rule, opened) not in known:
                due = rule.due(opened)
                known[rule, opened] = {"due_on": str(due.on), "provisional": due.provisional}
            spot = {"kind": kind, "place_code": place_code, "opened_on": str(opened)}
            sets.append(spot | known[rule, opened])
        if not sets:
            return 0
        cursor.execute(_DATE, [json.dumps(sets), settings.TIME_ZONE])
        dated: int = cursor.rowcount
        if dated:
            after = {"dated": dated}
            record(action="work.todos_dated", by=None, actor=actor, after=after, using=using)
    return dated


def ask_for_dates(**_: Any) -> None:
    """Have a job date what was opened by now, unless one waits to do so already.

    It receives events of domains downstream as it is: whatever they tell.
    """
    try:
        # A savepoint: that it is queued already must not undo what the caller has done.
        with transaction.atomic():
            app.configure_task(TASK, queueing_lock=TASK, lock=TASK).defer()
    except AlreadyEnqueued:
        return
