"""What a user may see and do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, User
from yimaqing.domains.accounts.roles import ROLES
from yimaqing.kit.ids import subtree_bounds
from yimaqing.kit.rowscope import Scope


def assignments_of(user: User, on: dt.date | None = None) -> QuerySet[Assignment]:
    """The assignments of a user that hold on a day (today)."""
    day = on or timezone.localdate()
    return user.assignments.filter(starts_on__lte=day).filter(
        Q(ends_on=None) | Q(ends_on__gt=day)
    )


def scope_of(user: User, permission: str | None = None) -> Scope:
    """The scope of a user's assignments, or of those whose role has ``permission``.

    An inactive user has no scope. Named households get the hull of their places, found
    as the table's owner would see them, through a function that returns places only.
    """
    if not user.is_active:
        return Scope.nothing(user.pk)
    held = [
        a
        for a in assignments_of(user)
        if a.role in ROLES and (permission is None or permission in ROLES[a.role].permissions)
    ]
    named = tuple(
        AssignedHousehold.objects.filter(assignment__in=[a.pk for a in held])
        .order_by("household_id")
        .values_list("household_id", flat=True)
        .distinct()
    )
    return Scope(
        ranges=_merged(
            subtree_bounds(a.place_code, a.place_level or 6) for a in held if a.place_code
        ),
        household_ids=named,
        user_id=user.pk,
        household_hull=_hull_of(named) if named else None,
    )


def permissions_of(user: User) -> frozenset[str]:
    """Every permission that the user has anywhere: for menus, never for a decision."""
    return frozenset().union(
        *(ROLES[a.role].permissions for a in assignments_of(user) if a.role in ROLES)
    )


def names_of_users(user_ids: set[int]) -> dict[int, str]:
    """Display names by number, in one query."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "display_name"))


def may(user: User, permission: str, place_code: str, household_id: int | None = None) -> bool:
    """Whether the user has ``permission`` at a place or for a household."""
    scope = scope_of(user, permission)
    return scope.covers(place_code) or (
        household_id is not None and household_id in scope.household_ids
    )


def _merged(ranges: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Ranges without those that lie inside another."""
    kept: list[tuple[str, str]] = []
    for low, high in sorted(ranges, key=lambda r: (r[0], -len(r[1]), r[1])):
        if kept and low < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], high))
        else:
            kept.append((low, high))
    return tuple(kept)


def _hull_of(household_ids: tuple[int, ...]) -> tuple[str, str] | None:
    """The smallest place range that holds the households; None when none exists."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT low, high FROM accounts_household_hull(%s)", [list(household_ids)])
        low, high = cursor.fetchone()
    return (low, high + "\x01") if low else None
