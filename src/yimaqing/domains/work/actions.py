"""Opening and ending to-dos."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.audit.actions import record
from yimaqing.domains.work.events import todo_closed
from yimaqing.domains.work.models import State, Todo

ACT = "work.act"

# Two openers at once: the second waits for the first and then changes nothing.
_OPEN = """
INSERT INTO work_todo (kind, place_code, household_id, subject_kind, subject_id, detail, due_on,
                       state, reason)
VALUES (%(kind)s, %(place_code)s, %(household_id)s, %(subject_kind)s, %(subject_id)s,
        %(detail)s::jsonb, %(due_on)s, 'open', '')
ON CONFLICT (kind, subject_kind, subject_id) WHERE state = 'open' DO NOTHING
RETURNING id
"""


class ReasonMissing(ValueError):
    """A to-do is ended with a reason: whoever asks later must find it."""


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
    actor: str = "",
    using: str = "default",
) -> Todo:
    """The open to-do of ``kind`` for ``subject`` (kind and number); opened if there is none.

    One that is open stays as it is, but for an earlier ``due_on`` and, with ``restate``, its
    detail. Raise OpenElsewhere when it is open where the present scope does not reach.
    """
    values = {
        "kind": kind,
        "place_code": place_code,
        "household_id": household_id,
        "subject_kind": subject[0],
        "subject_id": str(subject[1]),
        "detail": json.dumps(detail or {}, cls=DjangoJSONEncoder, ensure_ascii=False),
        "due_on": due_on,
    }
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            cursor.execute(_OPEN, values)
            is_new = cursor.fetchone() is not None
        todo = _open_one(kind, subject, using)
        if due_on is not None and (todo.due_on is None or due_on < todo.due_on):
            todo.due_on = due_on
            todo.save(using=using, update_fields=["due_on"])
        if restate and todo.detail != (detail or {}):
            todo.detail = dict(detail or {})
            todo.save(using=using, update_fields=["detail"])
        if is_new:
            _record("work.todo_opened", todo, by, actor, using=using)
    return todo


@transaction.atomic
def close_todo(*, todo: Todo, reason: str, by: User) -> Todo:
    """Done (办结). One that is ended already stays as it was ended.

    Raise ReasonMissing, and PermissionDenied without ``work.act`` there.
    """
    if not may(by, ACT, todo.place_code, todo.household_id):
        raise PermissionDenied(_("你的角色在这里不能办结待办。"))
    return _end(todo, State.DONE, reason, by, "")


@transaction.atomic
def settle_todo(
    *, kind: str, subject: tuple[str, object], reason: str, by: User | None, actor: str = ""
) -> Todo | None:
    """Done, because what ``by`` did elsewhere settled the matter; None where nothing was open.

    Whether he might do that is for the caller to have asked. Raise ReasonMissing.
    """
    found = Todo.objects.filter(
        kind=kind, subject_kind=subject[0], subject_id=str(subject[1]), state=State.OPEN
    )
    todo = found.first()
    return _end(todo, State.DONE, reason, by, actor) if todo else None


@transaction.atomic
def drop_todo(*, todo: Todo, reason: str, by: User | None, actor: str = "") -> Todo:
    """Withdrawn: the matter is gone. One that is ended already stays as it was ended."""
    return _end(todo, State.DROPPED, reason, by, actor)


def _end(todo: Todo, state: State, reason: str, by: User | None, actor: str) -> Todo:
    if not reason.strip():
        raise ReasonMissing(_("请写明办理结果。"))
    held = Todo.objects.select_for_update().get(pk=todo.pk)
    if held.state != State.OPEN:
        return held
    held.state, held.reason = state, reason.strip()
    held.closed_at = timezone.now()
    held.closed_by = by.pk if by else None
    held.save(update_fields=["state", "reason", "closed_at", "closed_by"])
    _record(f"work.todo_{state.value}", held, by, actor, purpose=held.reason)
    todo_closed.send(Todo, todo=held)
    return held


def _open_one(kind: str, subject: tuple[str, object], using: str) -> Todo:
    found = Todo.objects.using(using).select_for_update()
    todo = found.filter(
        kind=kind, subject_kind=subject[0], subject_id=str(subject[1]), state=State.OPEN
    ).first()
    if todo is None:
        raise OpenElsewhere(f"{kind} {subject[0]} {subject[1]}")
    return todo


def _record(
    action: str,
    todo: Todo,
    by: User | None,
    actor: str,
    purpose: str = "",
    using: str = "default",
) -> None:
    record(
        action=action,
        by=by,
        actor=actor,
        place_code=todo.place_code,
        household_id=todo.household_id,
        subject=("todo", todo.pk),
        purpose=purpose,
        after={"kind": todo.kind, "subject": f"{todo.subject_kind}:{todo.subject_id}"},
        using=using,
    )
