"""Opening to-dos."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, transaction

from yimaqing.domains.accounts.models import User
from yimaqing.domains.work.actions.standing import tell
from yimaqing.domains.work.deadlines import deadlines
from yimaqing.domains.work.models import State, Todo

# Two openers at once: the second waits for the first and then changes nothing.
_OPEN = """
INSERT INTO work_todo (kind, place_code, household_id, subject_kind, subject_id, detail, due_on,
                       due_provisional, raised_level, state, reason)
VALUES (%(kind)s, %(place_code)s, %(household_id)s, %(subject_kind)s, %(subject_id)s,
        %(detail)s::jsonb, %(due_on)s, %(provisional)s, %(level)s, 'open', '')
ON CONFLICT (kind, subject_kind, subject_id) WHERE state = 'open' DO NOTHING
RETURNING id
"""


class OpenElsewhere(RuntimeError):
    """The same thing is open at a place outside the present scope."""


def open_todo(
    *,
    kind: str,
    subject: tuple[str, object],
    place_code: str,
    by: User | None,
    household_id: int | None = None,
    due_on: dt.date | None = None,
    detail: Mapping[str, Any] | None = None,
    restate: bool = False,
    level: int | None = None,
    actor: str = "",
    using: str = "default",
) -> Todo:
    """The open to-do of ``kind`` for ``subject`` (kind and number); opened if there is none.

    Without ``due_on`` the rule of its kind gives one (deadlines.toml). One that is open stays
    as it is, but for an earlier ``due_on`` and, with ``restate``, its detail. With
    ``level`` (4 township, 3 county) it is that unit's alone, and of those above. Raise
    OpenElsewhere when it is open where the present scope does not reach.
    """
    rule = deadlines().due(kind, place_code) if due_on is None else None
    values = {
        "kind": kind,
        "place_code": place_code,
        "household_id": household_id,
        "subject_kind": subject[0],
        "subject_id": str(subject[1]),
        "detail": json.dumps(detail or {}, cls=DjangoJSONEncoder, ensure_ascii=False),
        "due_on": rule.on if rule else due_on,
        "level": level,
        "provisional": bool(rule and rule.provisional),
    }
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute(_OPEN, values)
            is_new = cursor.fetchone() is not None
        todo = _open_one(kind, subject, using)
        if due_on is not None and (todo.due_on is None or due_on < todo.due_on):
            todo.due_on, todo.due_provisional = due_on, False
            todo.save(using=using, update_fields=["due_on", "due_provisional"])
        if restate and todo.detail != (detail or {}):
            todo.detail = dict(detail or {})
            todo.save(using=using, update_fields=["detail"])
        if is_new:
            tell("work.todo_opened", todo, by, actor, using=using)
    return todo


def _open_one(kind: str, subject: tuple[str, object], using: str) -> Todo:
    found = Todo.objects.using(using).select_for_update()
    todo = found.filter(
        kind=kind, subject_kind=subject[0], subject_id=str(subject[1]), state=State.OPEN
    ).first()
    if todo is None:
        raise OpenElsewhere(f"{kind} {subject[0]} {subject[1]}")
    return todo
