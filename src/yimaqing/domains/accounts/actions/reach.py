"""How far an administrator reaches: inside his own place, and never himself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connections
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.errors import BadAssignment, LastAdministrator, OutOfReach
from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, User
from yimaqing.domains.accounts.queries import (
    administrators,
    answers_for,
    last_assignments,
    scope_of,
    unended_assignments_of,
)
from yimaqing.kit.rowscope import Scope

MANAGE = "accounts.manage"
_ONE_LEAVES = 0x59494D42  # "YIMB", the advisory lock's number


def reach_of(by: User | None) -> Scope:
    """Where ``by`` manages accounts; everywhere for the system itself (None)."""
    return Scope.everything() if by is None else scope_of(by, MANAGE)


def check_user(user: User, by: User | None) -> None:
    """Raise OutOfReach unless every assignment of ``user`` lies within the reach of ``by``.

    Otherwise a county's administrator could set the password of the prefecture's. For who has
    left his post his last one answers, for who never held any the place that he was created
    from, else the whole installation.
    """
    if by is None:
        return
    if by.pk == user.pk:
        raise OutOfReach(_("不能管理自己的账号，请由另一位管理员办理。"))
    for refusal in _refusals(user, by):
        if refusal:
            raise OutOfReach(refusal)


def check_appointing(user: User, by: User | None) -> None:
    """Raise OutOfReach unless ``by`` answers for ``user`` already, by one assignment at least.

    Whoever may give a role to somebody else's user could end up as the only one who answers for
    him, set his password, and wait for what others give him. So who moves to another county is
    appointed there by the level above.
    """
    if by is None:
        return
    refusals = _refusals(user, by)
    if all(refusals):
        raise OutOfReach(refusals[0])


def _refusals(user: User, by: User) -> list[str]:
    """For each thing that says who answers for ``user``, why ``by`` does not, else empty."""
    reach = reach_of(by)
    if not reach.ranges:
        return [_("你没有管理账号的权限。")]
    # Who has left his post may come back to it.
    held = unended_assignments_of(user) or last_assignments().filter(user=user)
    return [_refusal(assignment, reach) for assignment in held] or [_uncreated(user, reach)]


def _uncreated(user: User, reach: Scope) -> str:
    if answers_for(reach, user.created_from):
        return ""
    return _("该用户不是你管辖范围内的管理员建立的，请由上级管理员办理。")


def check_assignment(assignment: Assignment, reach: Scope) -> None:
    """Raise OutOfReach unless the place and the named households lie within ``reach``.

    Households count whether they are named for today, for later, or were. Where there is
    neither, the place that it was appointed from answers for it, else the whole installation.
    """
    if refusal := _refusal(assignment, reach):
        raise OutOfReach(refusal)


def _refusal(assignment: Assignment, reach: Scope) -> str:
    if assignment.place_code and not reach.covers(assignment.place_code):
        return _("该用户的任职（或最近一次任职）在你的管辖范围之外，请由该地的管理员或上级办理。")
    every = AssignedHousehold.every.filter(assignment_id=assignment.pk)
    homes = places_of(list(every.values_list("household_id", flat=True))).values()
    if not all(reach.covers(place) for place in homes):
        return _("该用户负责的户在你的管辖范围之外，请由上级管理员办理。")
    if not (assignment.place_code or homes or answers_for(reach, assignment.appointed_from)):
        return _("该用户由你管辖范围之外的管理员任命，请由原任命单位或上级办理。")
    return ""


@contextmanager
def an_administrator_left(day: dt.date) -> Iterator[None]:
    """Around an act that takes something from a user: it must not take the last administrator.

    Raise LastAdministrator when there was one on ``day`` before the act and none is left after
    it; the caller's transaction undoes the act. One such act at a time, so that two
    administrators cannot take each other away.
    """
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_LEAVES])
    there_was = administrators(day).exists()
    yield
    if there_was and not administrators(day).exists():
        raise LastAdministrator(
            _(
                "这是最后一位系统管理员：请先授予另一位，再办理"
                "（或由运维运行 yimaqing user assign 登录名 administrator --place 代码）。"
            )
        )


def check_households(household_ids: Sequence[int], by: User | None, using: str) -> None:
    """Raise BadAssignment for an unknown household, OutOfReach for one outside the reach."""
    places = places_of(household_ids, using)
    unknown = sorted(set(household_ids) - set(places))
    if unknown:
        raise BadAssignment(_("没有这些户：%(ids)s") % {"ids": ", ".join(map(str, unknown[:5]))})
    reach = reach_of(by)
    if not all(reach.covers(place) for place in places.values()):
        raise OutOfReach(_("有的户不在你的管辖范围内。"))


def places_of(household_ids: Sequence[int], using: str = "default") -> dict[int, str]:
    """Place code by household; unknown households are left out. Asked of the register."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT i, h.low FROM unnest(%s::bigint[]) AS i,"
            " LATERAL accounts_household_hull(ARRAY[i]) AS h WHERE h.low IS NOT NULL",
            [list(household_ids)],
        )
        return dict(cursor.fetchall())
