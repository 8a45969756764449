"""Taking a to-do, handing it over, returning it, putting it back."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.work.actions.standing import (
    NotNow,
    Standing,
    require_open,
    require_words,
    stand,
    the_one,
    trace,
)
from yimaqing.domains.work.deadlines import deadlines
from yimaqing.domains.work.models import HeldAs, Step, Todo, What

_HELD = ["holder_id", "held_as", "handed_by", "backs", "raised_level"]
_PREFECTURE = 2  # above it nobody acts


def take(*, todo: Todo, by: User) -> Todo:
    """Take one that nobody has in hand (领取). Taking what one has already changes nothing.

    Of two at once one gets it; the other's NotNow names who. Raise PermissionDenied.
    """
    return the_one(take_todos(ids=[todo.pk], by=by))


@transaction.atomic
def take_todos(*, ids: Collection[int], by: User) -> list[Todo]:
    """Take several; those that somebody has in hand stay his, and the rest is taken.

    Gives back those that ``by`` has now. Raise PermissionDenied where he may not act on one,
    NotNow when none of them can be taken.
    """
    standing = stand(ids, [by.pk])
    the_one(standing.todos)
    for todo in standing.todos:
        standing.require(by, todo)
    open_ones = [todo for todo in standing.todos if todo.state == "open"]
    fresh = [todo for todo in open_ones if standing.holder(todo) is None]
    mine = [todo for todo in open_ones if standing.holder(todo) == by.pk]
    if not fresh and not mine:
        raise NotNow(_taken_words(open_ones))
    for todo in fresh:
        _give(todo, by.pk, HeldAs.TAKEN, None)
    Todo.objects.bulk_update(fresh, _HELD)
    trace(What.TAKEN, fresh, by=by)
    return [*mine, *fresh]


def hand_over(*, todo: Todo, to: User, by: User, words: str = "") -> Todo:
    """Hand one over (转交) to somebody who may act on it.

    By who has it, by anybody who may act on it while nobody has, or by an officer above who
    has it. One that came back too often to those who had it before goes up instead: then nobody
    has it, and ``raised_level`` says whose it is. Raise PermissionDenied, NotNow, HeldByAnother.
    """
    return the_one(hand_over_todos(ids=[todo.pk], to=to, by=by, words=words))


@transaction.atomic
def hand_over_todos(*, ids: Collection[int], to: User, by: User, words: str = "") -> list[Todo]:
    """Hand several over, all or none. Raises what ``hand_over`` raises."""
    standing = stand(ids, [by.pk, to.pk])
    if to.pk == by.pk:
        raise NotNow(_("这就是你自己：要自己办，请点领取。"))
    for todo in standing.todos:
        require_open(todo)
        standing.require_free(by, todo)
        if standing.level(to.pk, todo) is None:
            name = {"name": to.display_name}
            raise NotNow(_("%(name)s 在这里没有办理待办的权限，请另选一位。") % name)
    _pass(standing, standing.todos, to.pk, HeldAs.HANDED, by, words.strip())
    return standing.todos


@transaction.atomic
def return_todo(*, todo: Todo, reason: str, by: User) -> Todo:
    """Return one (退回) to whoever handed it over; where his post has ended, to all.

    Past the limit it goes up. Raise ReasonMissing, NotNow when nobody handed it to ``by``.
    """
    standing = stand([todo.pk], [by.pk])
    held = the_one(standing.todos)
    require_open(held)
    standing.require(by, held)
    if held.holder_id != by.pk or held.handed_by is None:
        raise NotNow(_("这件不是别人转交给你的，不能退回；不办可以放回。"))
    words = require_words(reason, _("请写明退回的原因，对方才知道怎么办。"))
    giver = held.handed_by if standing.level(held.handed_by, held) is not None else None
    _pass(standing, [held], giver, HeldAs.RETURNED, by, words)
    return held


@transaction.atomic
def put_back(*, todo: Todo, by: User, words: str = "") -> Todo:
    """Put one back (放回): nobody has it in hand. By who has it, or an officer above him."""
    standing = stand([todo.pk], [by.pk])
    held = the_one(standing.todos)
    require_open(held)
    if standing.holder(held) is None:
        raise NotNow(_("这件没有人领取，不用放回。"))
    standing.require_free(by, held)
    _give(held, None, "", None)
    held.save(update_fields=_HELD)
    trace(What.PUT_BACK, [held], by=by, words=words.strip())
    return held


def _pass(
    standing: Standing, todos: Sequence[Todo], to: int | None, how: HeldAs, by: User, words: str
) -> None:
    """Give to-dos to somebody; those that came back too often go up."""
    had = _had_before(todos, to)
    up = []
    for todo in todos:
        todo.backs += todo.pk in had
        above = _above(standing, todo, by.pk, to)
        if todo.backs > deadlines().most_backs and above is not None:
            up.append(todo)
            todo.raised_level, todo.backs = above, 0
            _give(todo, None, "", None)
        else:
            # An officer above who hands on what went up gives it down again, with a new count.
            todo.raised_level, todo.backs = None, 0 if todo.raised_level else todo.backs
            _give(todo, to, how if to else "", by.pk if to else None)
    Todo.objects.bulk_update(todos, _HELD)
    raised = {todo.pk for todo in up}
    passed = [todo for todo in todos if todo.pk not in raised]
    what = What.HANDED if how == HeldAs.HANDED else What.RETURNED
    trace(what, passed, by=by, to=to, words=words)
    trace(What.RAISED, up, by=by, words=words)


def _above(standing: Standing, todo: Todo, giver: int, receiver: int | None) -> int | None:
    """One level above the higher of the two; None where nobody is above."""
    levels = (standing.level(giver, todo), standing.level(receiver, todo))
    above = min(level for level in levels if level is not None) - 1
    return above if above >= _PREFECTURE else None


def _had_before(todos: Sequence[Todo], user_id: int | None) -> set[int]:
    """Those of the to-dos that the user had in hand, or gave away, since they last went up."""
    if user_id is None:
        return set()
    found: set[int] = set()
    steps = Step.objects.filter(todo__in=[todo.pk for todo in todos]).order_by("pk")
    for number, what, by_id, to_id in steps.values_list("todo_id", "what", "by_id", "to_id"):
        if what == What.RAISED:
            found.discard(number)
        elif to_id == user_id or (by_id == user_id and what in {What.TAKEN, What.HANDED}):
            found.add(number)
    return found


def _give(todo: Todo, user_id: int | None, how: str, handed_by: int | None) -> None:
    todo.holder_id, todo.held_as, todo.handed_by = user_id, how, handed_by


def _taken_words(todos: Sequence[Todo]) -> str:
    held = {todo.holder_id for todo in todos if todo.holder_id is not None}
    names = "、".join(sorted(names_of_users(held).values()))
    if not names:
        return _("这件已经办结或撤销。")
    return _("%(name)s 已领取。要接手，请与其联系转交。") % {"name": names}
