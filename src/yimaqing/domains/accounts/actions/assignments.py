"""Assignments: who holds which role, where, from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.actions.reach import (
    an_administrator_left,
    check_appointing,
    check_assignment,
    check_households,
    reach_of,
)
from yimaqing.domains.accounts.errors import BadAssignment, OutOfReach
from yimaqing.domains.accounts.events import assigned
from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, User
from yimaqing.domains.accounts.queries import managed_from
from yimaqing.domains.accounts.roles import DEPARTMENTS, ROLES, Role
from yimaqing.domains.audit.actions import record
from yimaqing.domains.places.queries import valid_places

#: The first day, and the first on which it no longer holds; None: without such a day.
Period = tuple[dt.date | None, dt.date | None]


@transaction.atomic
def assign(
    *,
    user: User,
    role: str,
    by: User | None,
    place_code: str = "",
    household_ids: Sequence[int] = (),
    department: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    reason: str = "",
    actor: str = "",
    using: str = "default",
) -> Assignment:
    """Give a role at a place (with all below it) or for named households.

    Dates are the first day on which it holds (today) and the first on which it no longer does.
    Raise BadAssignment when these do not fit together, OutOfReach when ``by`` does not reach
    there, gives a role to himself, or to a user for whom others answer.
    """
    kind = _fitting_role(role, place_code, household_ids, department)
    start = starts_on or timezone.localdate()
    if ends_on is not None and ends_on <= start:
        raise BadAssignment(_("结束日期须晚于开始日期。"))
    if by is not None and by.pk == user.pk:
        raise OutOfReach(_("不能给自己授权，请由另一位管理员办理。"))
    check_appointing(user, by)
    level = _level_of(place_code, kind, by) if place_code else None
    assignment = Assignment.objects.using(using).create(
        user_id=user.pk,
        role=role,
        place_code=place_code or None,
        place_level=level,
        department=department,
        starts_on=start,
        ends_on=ends_on,
        reason=reason,
        appointed_from=managed_from(by) if by else "",
    )
    user.__dict__.pop("_permissions_anywhere", None)
    record(
        action="accounts.assigned",
        by=by,
        actor=actor,
        place_code=place_code,
        subject=("user", user.pk),
        purpose=reason,
        after={
            "assignment": assignment.pk,
            "role": role,
            "department": department,
            "starts_on": start,
            "ends_on": ends_on,
        },
        using=using,
    )
    if household_ids:
        name_households(
            assignment=assignment, household_ids=household_ids, by=by, actor=actor, using=using
        )
    tell = partial(assigned.send, Assignment, assignment_id=assignment.pk)
    # The role is given all the same when a receiver fails: then its error is in the log.
    transaction.on_commit(tell, using=using, robust=True)
    return assignment


@transaction.atomic
def end_assignment(
    *,
    assignment: Assignment,
    by: User | None,
    reason: str,
    ends_on: dt.date | None = None,
    actor: str = "",
) -> Assignment:
    """End an assignment; from ``ends_on`` (today) it no longer holds. It is never deleted.

    Raise OutOfReach, and LastAdministrator when nobody would be left who manages accounts.
    """
    if by is not None:
        check_assignment(assignment, reach_of(by))
    day = ends_on or timezone.localdate()
    before = assignment.ends_on
    # One that has not begun yet, or began today, never holds at all.
    assignment.ends_on = max(day, assignment.starts_on)
    with an_administrator_left(assignment.ends_on):
        assignment.save(update_fields=["ends_on"])
    record(
        action="accounts.assignment_ended",
        by=by,
        actor=actor,
        place_code=assignment.place_code or "",
        subject=("user", assignment.user_id),
        purpose=reason,
        before={"assignment": assignment.pk, "ends_on": before},
        after={"ends_on": assignment.ends_on},
    )
    return assignment


def name_households(
    *,
    assignment: Assignment,
    household_ids: Sequence[int],
    by: User | None,
    periods: Mapping[int, Period] | None = None,
    actor: str = "",
    using: str = "default",
) -> int:
    """Name households of an assignment; the number that were not named so before.

    ``periods`` gives the first day, and the first on which it no longer holds, of those that
    are not named for good. Raise BadAssignment for a role that names none and for unknown
    households, OutOfReach for households outside the reach of ``by``.
    """
    if not ROLES[assignment.role].by_household:
        raise BadAssignment(_("这一角色按地点任职，不能指定到户。"))
    wanted = {i: (periods or {}).get(i, (None, None)) for i in household_ids}
    with transaction.atomic(using=using):
        check_households(household_ids, by, using)
        named = AssignedHousehold.every.using(using).filter(assignment_id=assignment.pk)
        known = {i: (s, e) for i, s, e in named.values_list("household_id", "starts_on", "ends_on")}
        fresh = sorted(i for i, period in wanted.items() if known.get(i, ()) != period)
        AssignedHousehold.every.using(using).bulk_create(
            (
                AssignedHousehold(
                    assignment_id=assignment.pk,
                    household_id=i,
                    starts_on=wanted[i][0],
                    ends_on=wanted[i][1],
                )
                for i in fresh
            ),
            update_conflicts=True,
            unique_fields=["assignment", "household_id"],
            update_fields=["starts_on", "ends_on"],
        )
        _record_households("accounts.households_named", assignment, fresh, by, actor, using)
    return len(fresh)


def unname_households(
    *,
    assignment: Assignment,
    household_ids: Sequence[int],
    by: User | None,
    actor: str = "",
    using: str = "default",
) -> int:
    """Name households no longer; the number of those that were. Raise OutOfReach."""
    with transaction.atomic(using=using):
        check_households(household_ids, by, using)
        named = AssignedHousehold.every.using(using).filter(
            assignment_id=assignment.pk, household_id__in=household_ids
        )
        gone = sorted(named.values_list("household_id", flat=True))
        named.delete()
        _record_households("accounts.households_unnamed", assignment, gone, by, actor, using)
    return len(gone)


def follow_merger(*, household_id: int, into: int, actor: str) -> list[int]:
    """Whoever is named a household that was merged is named the one that was kept, for as long.

    Numbers of the assignments that were not named it before, for ``leave_merger``. Called
    inside the merge, which asks who may merge.
    """
    known = AssignedHousehold.every.filter(household_id=into).values("assignment_id")
    held = AssignedHousehold.every.filter(household_id=household_id)
    found = held.exclude(assignment_id__in=known).select_related("assignment").order_by("pk")
    for one in (fresh := list(found)):
        name_households(
            assignment=one.assignment,
            household_ids=[into],
            periods={into: (one.starts_on, one.ends_on)},
            by=None,
            actor=actor,
        )
    return [one.assignment_id for one in fresh]


def leave_merger(*, assignment_ids: Collection[int], household_id: int, actor: str) -> None:
    """The reverse, when it is un-merged."""
    for one in Assignment.objects.filter(pk__in=assignment_ids).order_by("pk"):
        unname_households(assignment=one, household_ids=[household_id], by=None, actor=actor)


def _record_households(
    action: str,
    assignment: Assignment,
    household_ids: Sequence[int],
    by: User | None,
    actor: str,
    using: str,
) -> None:
    if not household_ids:
        return
    after = {
        "assignment": assignment.pk,
        "households": household_ids[:1000],
        "of": len(household_ids),
    }
    record(
        action=action,
        by=by,
        actor=actor,
        place_code=assignment.place_code or "",
        subject=("user", assignment.user_id),
        after=after,
        using=using,
    )


def _fitting_role(
    role: str, place_code: str, household_ids: Sequence[int], department: str
) -> Role:
    kind = ROLES.get(role)
    if kind is None:
        raise BadAssignment(_("没有这一角色：%(role)s") % {"role": role})
    if household_ids and not kind.by_household:
        raise BadAssignment(_("这一角色按地点任职，不能指定到户。"))
    if not place_code and not kind.by_household:
        raise BadAssignment(_("请选择任职地点。"))
    if kind.columns is None and department not in DEPARTMENTS:
        raise BadAssignment(_("部门干部须选择所在部门。"))
    if kind.columns is not None and department:
        raise BadAssignment(_("只有部门干部填写部门。"))
    return kind


def _level_of(place_code: str, kind: Role, by: User | None) -> int:
    place = valid_places().filter(code=place_code).first()
    if place is None:
        raise BadAssignment(_("没有这一地点：%(code)s") % {"code": place_code})
    if not reach_of(by).covers(place_code):
        raise OutOfReach(_("%(place)s不在你的管辖范围内。") % {"place": place.name})
    lowest, highest = kind.levels
    if not lowest <= place.level <= highest:
        raise BadAssignment(
            _("%(role)s不能任职于%(place)s这一级。") % {"role": kind.label, "place": place.name}
        )
    return place.level
