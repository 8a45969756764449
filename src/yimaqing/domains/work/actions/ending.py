"""Ending to-dos, and reopening what was not done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.work.actions.standing import (
    NotNow,
    Standing,
    require_words,
    stand,
    the_one,
    trace,
)
from yimaqing.domains.work.deadlines import deadlines
from yimaqing.domains.work.events import todo_closed
from yimaqing.domains.work.models import HeldAs, State, Todo, What

_ENDED = ["state", "reason", "closed_at", "closed_by"]
_HELD = ["holder_id", "held_as", "handed_by", "backs", "raised_level"]


def close_todo(*, todo: Todo, reason: str, by: User) -> Todo:
    """Done (办结). One that is ended already stays as it was ended.

    By who has it in hand, anybody who may act on it while nobody has, or an officer above.
    Raise ReasonMissing, HeldByAnother, and PermissionDenied without ``work.act`` there.
    """
    return the_one(close_todos(ids=[todo.pk], reason=reason, by=by))


@transaction.atomic
def close_todos(*, ids: Collection[int], reason: str, by: User) -> list[Todo]:
    """Several done with one result, all or none; those that are ended already stay so.

    Raises what ``close_todo`` raises.
    """
    standing = stand(ids, [by.pk])
    for todo in standing.todos:
        standing.require(by, todo)
        if todo.state == State.OPEN:
            standing.require_free(by, todo)
    _end(standing.todos, State.DONE, reason, by, "")
    return standing.todos


@transaction.atomic
def settle_todo(
    *, kind: str, subject: tuple[str, object], reason: str, by: User | None, actor: str = ""
) -> Todo | None:
    """Done, because what ``by`` did elsewhere settled the matter; None where nothing was open.

    Whether he might do that is for the caller to have asked. Raise ReasonMissing.
    """
    found = Todo.objects.select_for_update().filter(
        kind=kind, subject_kind=subject[0], subject_id=str(subject[1]), state=State.OPEN
    )
    todos = list(found)
    _end(todos, State.DONE, reason, by, actor)
    return todos[0] if todos else None


@transaction.atomic
def drop_todo(*, todo: Todo, reason: str, by: User | None, actor: str = "") -> Todo:
    """Withdrawn: the matter is gone. One that is ended already stays as it was ended."""
    held = Todo.objects.select_for_update().get(pk=todo.pk)
    _end([held], State.DROPPED, reason, by, actor)
    return held


@transaction.atomic
def reopen_todo(*, todo: Todo, reason: str, by: User) -> Todo:
    """To be done again (重办): by an officer above who did it, within the days of deadlines.toml.

    It goes back to who did it, where his post still reaches it, with a new date. Raise
    ReasonMissing, NotNow, PermissionDenied.
    """
    standing = stand([todo.pk], [by.pk])
    held = the_one(standing.todos)
    words = require_words(reason, _("请写明为什么重办。"))
    require_reopenable(standing, held, by)
    doer = held.closed_by if standing.level(held.closed_by, held) is not None else None
    due = deadlines().due(held.kind, held.place_code)
    held.state, held.reason, held.closed_at, held.closed_by = State.OPEN, "", None, None
    held.holder_id, held.held_as = doer, HeldAs.RETURNED if doer else ""
    held.handed_by, held.backs, held.raised_level = by.pk if doer else None, 0, None
    # Counted from today: what counts again for new holidays counts from the opening.
    held.due_on, held.due_provisional = due.on if due else None, False
    try:
        with transaction.atomic():
            held.save(update_fields=[*_ENDED, *_HELD, "due_on", "due_provisional"])
    except IntegrityError as error:
        raise NotNow(_("同一件事已有新的待办，请办新的一件。")) from error
    trace(What.REOPENED, [held], by=by, to=doer, words=words)
    return held


def _end(todos: Sequence[Todo], state: State, reason: str, by: User | None, actor: str) -> None:
    """End those of the locked to-dos that are open."""
    if not todos:
        return
    words = require_words(reason, _("请写明办理结果。"))
    ending = [todo for todo in todos if todo.state == State.OPEN]
    for todo in ending:
        todo.state, todo.reason = state, words
        todo.closed_at, todo.closed_by = timezone.now(), by.pk if by else None
    Todo.objects.bulk_update(ending, _ENDED)
    what = What.DONE if state == State.DONE else What.DROPPED
    trace(what, ending, by=by, actor=actor, words=words)
    for todo in ending:
        todo_closed.send(Todo, todo=todo)


def require_reopenable(standing: Standing, todo: Todo, by: User) -> None:
    """Raise PermissionDenied unless ``by`` stands above who did it, NotNow where it is too late."""
    mine, theirs = standing.level(by.pk, todo), standing.level(todo.closed_by, todo)
    if mine is None:
        raise PermissionDenied(_("你的角色在这里不能办理待办。"))
    if by.pk == todo.closed_by or (theirs is not None and mine >= theirs):
        raise PermissionDenied(_("重办由办结人的上一级提出。"))
    days = deadlines().reopen_within_days
    if todo.state != State.DONE or todo.closed_by is None or todo.closed_at is None:
        raise NotNow(_("只有由人办结的待办可以重办。"))
    if timezone.now() - todo.closed_at > dt.timedelta(days=days):
        raise NotNow(_("办结已超过 %(days)s 天，不能重办。") % {"days": days})
