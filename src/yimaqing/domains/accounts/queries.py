"""What a user may see and do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, Session, User
from yimaqing.domains.accounts.posts import (
    BELOW_VILLAGE,
    Colleague,
    Spot,
    assignments_of,
    colleagues,
    holds_household_sql,
    holds_place_sql,
    levels_at,
    lies_in,
    lost_since,
    read_once,
    running,
    unended,
)
from yimaqing.domains.accounts.posts import held as posts_held
from yimaqing.domains.accounts.roles import ALL, DEPARTMENT_COLUMNS, DOOR, PURPOSES, ROLES
from yimaqing.domains.places.queries import past_of, valid_places
from yimaqing.kit.ids import subtree_bounds
from yimaqing.kit.rowscope import Scope

__all__ = [
    "ALL",
    "ROLES",
    "Assignment",
    "Colleague",
    "Session",
    "Spot",
    "User",
    "administrators",
    "answers_for",
    "assignments_of",
    "colleagues",
    "columns_for",
    "columns_of_each",
    "counted_households",
    "holders_of",
    "holds_household_sql",
    "holds_place_sql",
    "home_place",
    "last_assignments",
    "levels_at",
    "lost_since",
    "managed_from",
    "may",
    "names_of_users",
    "permissions_of",
    "posts_held",
    "purposes",
    "read_once",
    "require",
    "scope_of",
    "unended_assignments",
    "unended_assignments_of",
]

_COUNTY = 3


def unended_assignments_of(user: User) -> QuerySet[Assignment]:
    """Those that hold today or will hold later."""
    return user.assignments.filter(unended())


def last_assignments() -> QuerySet[Assignment]:
    """Of each user who holds none and will hold none, the assignment that ended last."""
    past = Assignment.objects.exclude(user__in=Assignment.objects.filter(unended()).values("user"))
    last = past.order_by("user_id", "-ends_on", "-pk").distinct("user_id")
    return Assignment.objects.filter(pk__in=last.values("pk"))


def unended_assignments(users: Collection[User]) -> dict[int, list[Assignment]]:
    """Those of many users, by user number, in one query."""
    found: dict[int, list[Assignment]] = {user.pk: [] for user in users}
    for assignment in Assignment.objects.filter(unended(), user__in=users).order_by("pk"):
        found[assignment.user_id].append(assignment)
    return found


def counted_households(assignment_ids: Collection[int]) -> dict[int, int]:
    """How many households assignments name, by assignment; those that name none are left out."""
    if not assignment_ids:
        return {}
    named = AssignedHousehold.objects.filter(assignment__in=assignment_ids)
    counts = named.values_list("assignment_id").annotate(Count("pk")).order_by()
    return dict(counts)


def scope_of(user: User, *permissions: str | None) -> Scope:
    """The scope of a user's assignments, or of those whose role has each of ``permissions``.

    An inactive user has no scope. Named households get the hull of their places, found
    as the table's owner would see them, through a function that returns places only.
    """
    if not user.is_active:
        return Scope.nothing(user.pk)
    held = posts_held(user, *permissions)
    named = _named(held)
    return Scope(
        ranges=_merged(
            subtree_bounds(a.place_code, a.place_level or BELOW_VILLAGE)
            for a in held
            if a.place_code
        ),
        household_ids=named,
        user_id=user.pk,
        household_hull=_hull_of(named) if named else None,
    )


def permissions_of(user: Any) -> frozenset[str]:
    """Every permission that the user has anywhere: for menus, never for a decision.

    Kept on the user object, which lives as long as the request. A stranger has none.
    """
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    kept: frozenset[str] | None = user.__dict__.get("_permissions_anywhere")
    if kept is None:
        kept = frozenset().union(*(ROLES[a.role].permissions for a in posts_held(user, None)))
        user.__dict__["_permissions_anywhere"] = kept
    return kept


def may(user: User, permission: str, place_code: str, household_id: int | None = None) -> bool:
    """Whether the user has ``permission`` at a place or for a household."""
    scope = scope_of(user, permission)
    return scope.covers(place_code) or (
        household_id is not None and household_id in scope.household_ids
    )


def require(user: Any, permission: str) -> Scope:
    """The scope in which the user has ``permission``.

    Raise PermissionDenied (a 403 page that says whom to ask) when there is none.
    """
    scope = scope_of(user, permission) if isinstance(user, User) else Scope.nothing()
    if not (scope.ranges or scope.household_ids):
        raise PermissionDenied(_("你的角色没有这项权限。"))
    return scope


def columns_for(user: User, place_code: str, household_id: int | None = None) -> frozenset[str]:
    """The columns of a household's file that the user may see; ALL contains every name.

    Assignments that do not reach the household add nothing. A department's officer sees
    who lives there and what the department answers for.
    """
    return columns_of_each(user, [(place_code, household_id)])[0]


def columns_of_each(
    user: User, households: Sequence[tuple[str, int | None]]
) -> list[frozenset[str]]:
    """``columns_for`` of many households (place code, number), in at most two queries."""
    held = posts_held(user, "registry.read") if user.is_active else []
    wanted = [number for _place, number in households if number is not None]
    named: set[tuple[int, int]] = set()
    if any(ROLES[a.role].by_household for a in held):
        found = AssignedHousehold.objects.filter(assignment__in=held, household_id__in=wanted)
        named = set(found.values_list("household_id", "assignment_id"))
    return [
        _columns(a for a in held if lies_in(a, place) or (number, a.pk) in named)
        for place, number in households
    ]


def _columns(assignments: Iterable[Assignment]) -> frozenset[str]:
    seen: frozenset[str] = frozenset()
    for assignment in assignments:
        columns = ROLES[assignment.role].columns
        if columns is ALL:
            return ALL
        if columns is None:
            columns = DOOR | DEPARTMENT_COLUMNS.get(assignment.department, frozenset())
        seen |= columns
    return seen


def purposes() -> list[tuple[str, str | Promise]]:
    """The purposes for which a sealed value may be opened: (slug, label), for a form's choices."""
    return list(PURPOSES.items())


def names_of_users(ids: Collection[int]) -> dict[int, str]:
    """Display names by user number, in one query."""
    if not ids:
        return {}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "display_name"))


def home_place(user: User) -> str:
    """Code of the widest place that the user is assigned to; empty when there is none."""
    return _widest(assignments_of(user))


def managed_from(user: User) -> str:
    """Code of the widest place where the user manages accounts; empty when there is none."""
    return _widest(posts_held(user, "accounts.manage"))


def _widest(held: Iterable[Assignment]) -> str:
    placed = [a for a in held if a.place_code]
    widest = min(placed, key=lambda a: (a.place_level or BELOW_VILLAGE, a.pk), default=None)
    return (widest.place_code or "") if widest else ""


def answers_for(reach: Scope, appointed_from: str) -> bool:
    """Whether ``reach`` holds the place that an assignment was appointed from, or a user created
    from, under its present or a former code; all places, for one whom the system made.
    """
    if not appointed_from:
        return _is_whole(reach)
    return any(low <= appointed_from < high for low, high in _now_and_before(reach))


def _now_and_before(reach: Scope) -> list[tuple[str, str]]:
    return [*reach.ranges, *((past.low, past.high) for past in past_of(reach.ranges))]


def _is_whole(reach: Scope) -> bool:
    """Whether every county, and all below, lies within ``reach``."""
    places = valid_places().filter(level__gte=_COUNTY)
    return places.exists() and not places.exclude(_within("code", reach.ranges)).exists()


def _within(column: str, ranges: Iterable[tuple[str, str]]) -> Q:
    inside = Q(pk__in=[])
    for low, high in ranges:
        inside |= Q(**{f"{column}__gte": low, f"{column}__lt": high})
    return inside


def administrators(on: dt.date | None = None) -> QuerySet[User]:
    """Active users who manage accounts on a day (today), wherever that is."""
    roles = [role.slug for role in ROLES.values() if "accounts.manage" in role.permissions]
    held = Assignment.objects.filter(running(on), role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user_id"))


def holders_of(scope: Scope) -> QuerySet[User]:
    """Users with an unended assignment inside the ranges of ``scope``, or whose last one was.

    An assignment that names no place stands where it was appointed from, a user who never held
    any where he was created from.
    """
    spans = _now_and_before(scope)
    appointed, created = _within("appointed_from", spans), _within("created_from", spans)
    if _is_whole(scope):
        appointed, created = appointed | Q(appointed_from=""), created | Q(created_from="")
    inside = _within("place_code", scope.ranges) | (Q(place_code=None) & appointed)
    if scope.household_ids:
        inside |= Q(households__household_id__in=scope.household_ids)
    told = Assignment.objects.filter(inside, unended() | Q(pk__in=last_assignments().values("pk")))
    never = ~Q(pk__in=Assignment.objects.values("user_id"))
    return User.objects.filter(Q(pk__in=told.values("user_id")) | (never & created))


def _named(held: list[Assignment]) -> tuple[int, ...]:
    if not any(ROLES[a.role].by_household for a in held):
        return ()
    named = AssignedHousehold.objects.filter(assignment__in=[a.pk for a in held])
    return tuple(sorted(set(named.values_list("household_id", flat=True))))


def _merged(ranges: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Ranges in order, without those that lie inside another."""
    kept: list[tuple[str, str]] = []
    for low, high in sorted(ranges):
        if kept and low <= kept[-1][1]:
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
