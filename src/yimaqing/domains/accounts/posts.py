"""Who holds which post, and whom of many users a record lies within the reach of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, User
from yimaqing.domains.accounts.roles import ROLES
from yimaqing.domains.places.queries import ancestor_codes
from yimaqing.kit.ids import PREFIX_LENGTH, subtree_bounds

#: The level of what lies below a village, and of who acts for named households alone.
BELOW_VILLAGE = max(PREFIX_LENGTH) + 1

Spot = tuple[str, int | None]
"""Where a record belongs: its place code, and its household's number if it has one."""

_VILLAGE = max(PREFIX_LENGTH.values())
_POSTS = "FROM accounts_assignment a JOIN accounts_user u ON u.id = a.user_id AND u.is_active"
_NAMED_TODAY = (
    "(h.starts_on IS NULL OR h.starts_on <= %(today)s)"
    " AND (h.ends_on IS NULL OR h.ends_on > %(today)s)"
)

#: Today's posts of users, while they are read once for a whole page; None: always read anew.
_READ_ONCE: ContextVar[dict[int, list[Assignment]] | None] = ContextVar("posts", default=None)


@dataclass(frozen=True)
class Colleague:
    """Somebody who holds a permission at some records, by the nearest of his posts there."""

    user: User
    role: str | Promise
    place_code: str
    level: int


def assignments_of(user: User, on: dt.date | None = None) -> QuerySet[Assignment]:
    """The assignments of a user that hold on a day (today)."""
    return user.assignments.filter(running(on))


def unended(day: dt.date | None = None) -> Q:
    """Assignments that hold on a day (today) or will hold later."""
    return Q(ends_on=None) | Q(ends_on__gt=day or timezone.localdate())


def running(day: dt.date | None = None) -> Q:
    """Assignments that hold on a day (today)."""
    return unended(day) & Q(starts_on__lte=day or timezone.localdate())


@contextmanager
def read_once() -> Iterator[None]:
    """Within it a user's posts are read once: for a page, which asks often and changes none."""
    token = _READ_ONCE.set({})
    try:
        yield
    finally:
        _READ_ONCE.reset(token)


def held(user: User, *permissions: str | None) -> list[Assignment]:
    """Of today's those whose role has each of the permissions, or any role."""
    needed = {one for one in permissions if one is not None}
    return [a for a in _today(user) if a.role in ROLES and needed <= ROLES[a.role].permissions]


def _today(user: User) -> list[Assignment]:
    kept = _READ_ONCE.get()
    if kept is None:
        return list(assignments_of(user))
    if user.pk not in kept:
        kept[user.pk] = list(assignments_of(user))
    return kept[user.pk]


def lost_since(user: User, permission: str, moment: dt.datetime) -> bool:
    """Whether a post of the user that had the permission ended on that day or later."""
    first, today = timezone.localdate(moment), timezone.localdate()
    ended = user.assignments.filter(ends_on__gte=first, ends_on__lte=today)
    return ended.filter(role__in=_roles(permission)).exists()


def lies_in(assignment: Assignment, place_code: str) -> bool:
    """Whether a place lies in the assignment's."""
    if not assignment.place_code:
        return False
    low, high = subtree_bounds(assignment.place_code, assignment.place_level or BELOW_VILLAGE)
    return low <= place_code < high


def colleagues(permission: str, spots: Sequence[Spot]) -> list[Colleague]:
    """Active users who hold ``permission`` today at every one of ``spots``, the nearest first."""
    posts: dict[int, list[Assignment]] = {}
    for assignment in _around(permission, spots):
        posts.setdefault(assignment.user_id, []).append(assignment)
    named = _named([a for mine in posts.values() for a in mine], spots)
    found = []
    for mine in posts.values():
        if all(any(_reaches(a, spot, named) for a in mine) for spot in spots):
            nearest = max(mine, key=lambda a: (_level(a), a.pk))
            role = ROLES[nearest.role].label
            found.append(Colleague(nearest.user, role, nearest.place_code or "", _level(nearest)))
    return sorted(found, key=lambda one: (-one.level, one.user.display_name, one.user.pk))


def levels_at(
    permission: str, user_ids: Collection[int], spots: Sequence[Spot]
) -> dict[tuple[int, Spot], int]:
    """How high each of some users stands over each record: 3 the county's officer, 5 the village's.

    BELOW_VILLAGE where the household is named to him. Who may not act there is left out.
    """
    around = _around(permission, spots, user_ids)
    named = _named(around, spots)
    found: dict[tuple[int, Spot], int] = {}
    for assignment in around:
        for spot in set(spots):
            if _reaches(assignment, spot, named):
                key = (assignment.user_id, spot)
                found[key] = min(found.get(key, BELOW_VILLAGE), _level(assignment))
    return found


def holds_place_sql(permission: str, *, user: str, place: str) -> str:
    """SQL: whether the user in a column holds ``permission`` today at the place in another.

    ``%(today)s`` is the day. Its subqueries stand alone: PostgreSQL hashes them once, whatever
    the number of rows. With ``holds_household_sql`` it says what ``may`` says.
    """
    post = _post(permission)
    levels = [
        f"({user}, left({place}, {digits})) IN (SELECT a.user_id, left(a.place_code, {digits})"
        f" {_POSTS} WHERE {post} AND a.place_level = {level})"
        for level, digits in reversed(PREFIX_LENGTH.items())
    ]
    below = (
        f"EXISTS (SELECT {_POSTS} WHERE {post}"
        f" AND coalesce(a.place_level, {BELOW_VILLAGE}) >= {BELOW_VILLAGE}"
        f" AND a.user_id = {user} AND {place} ^@ a.place_code)"
    )
    return "(" + " OR ".join([*levels, below]) + ")"


def holds_household_sql(permission: str, *, user: str, household: str) -> str:
    """SQL: whether the household in a column is named today to the user in another."""
    return (
        f"({user}, {household}) IN (SELECT a.user_id, h.household_id {_POSTS}"
        f" JOIN accounts_assignedhousehold h ON h.assignment_id = a.id"
        f" WHERE {_post(permission)} AND {_NAMED_TODAY})"
    )


def _post(permission: str) -> str:
    roles = ", ".join(f"'{slug}'" for slug in _roles(permission))
    return (
        f"a.role IN ({roles}) AND a.starts_on <= %(today)s"
        " AND (a.ends_on IS NULL OR a.ends_on > %(today)s)"
    )


def _roles(permission: str) -> list[str]:
    return sorted(slug for slug, role in ROLES.items() if permission in role.permissions)


def _around(
    permission: str, spots: Sequence[Spot], user_ids: Collection[int] | None = None
) -> list[Assignment]:
    """Today's assignments with the permission at a place over a spot, or that name a household."""
    codes = {above for place, _number in spots for above in _codes_over(place)}
    numbers = {number for _place, number in spots if number is not None}
    over = Q(place_code__in=codes)
    if numbers:
        naming = AssignedHousehold.objects.filter(household_id__in=numbers)
        over |= Q(pk__in=naming.values("assignment_id"))
    found = Assignment.objects.filter(running(), over, role__in=_roles(permission))
    if user_ids is not None:
        found = found.filter(user_id__in=user_ids)
    return list(found.filter(user__is_active=True).select_related("user").order_by("pk"))


def _codes_over(code: str) -> list[str]:
    """A place's code and those of all places that it may lie in."""
    below = [code[:digits] for digits in range(_VILLAGE + 1, len(code) + 1)]
    return [*ancestor_codes(code), *below]


def _named(around: Collection[Assignment], spots: Sequence[Spot]) -> set[tuple[int, int]]:
    """(assignment, household) pairs that hold today, of those that are asked for."""
    numbers = {number for _place, number in spots if number is not None}
    if not numbers:
        return set()
    found = AssignedHousehold.objects.filter(assignment__in=around, household_id__in=numbers)
    return set(found.values_list("assignment_id", "household_id"))


def _reaches(assignment: Assignment, spot: Spot, named: set[tuple[int, int]]) -> bool:
    place, number = spot
    return lies_in(assignment, place) or (number is not None and (assignment.pk, number) in named)


def _level(assignment: Assignment) -> int:
    return (assignment.place_level or BELOW_VILLAGE) if assignment.place_code else BELOW_VILLAGE
