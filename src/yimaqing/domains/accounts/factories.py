"""Users for tests and demonstrations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import count

from django.utils import timezone

from yimaqing.domains.accounts.actions import create_user
from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, User
from yimaqing.kit.ids import PREFIX_LENGTH

_serial = count(1)


def make_user(
    role: str = "",
    place_code: str = "",
    *,
    username: str = "",
    display_name: str = "李干部",
    password: str | None = None,
    household_ids: Sequence[int] = (),
    department: str = "",
    must_change_password: bool = False,
    by: User | None = None,
) -> User:
    """A user, with one assignment when a role is given. Without ``password`` use force_login."""
    user = create_user(
        username=username or f"user{next(_serial)}",
        display_name=display_name,
        password=password,
        must_change_password=must_change_password,
        by=by,
        actor="" if by else "system:factory",
    )
    if role:
        make_assignment(user, role, place_code, household_ids=household_ids, department=department)
    return user


def make_assignment(
    user: User,
    role: str,
    place_code: str = "",
    *,
    household_ids: Sequence[int] = (),
    department: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Assignment:
    """An assignment, begun yesterday; the place need not be loaded, its level is read off."""
    assignment = Assignment.objects.create(
        user=user,
        role=role,
        place_code=place_code or None,
        place_level=_level(place_code) if place_code else None,
        department=department,
        starts_on=starts_on or timezone.localdate() - dt.timedelta(days=1),
        ends_on=ends_on,
    )
    AssignedHousehold.objects.bulk_create(
        AssignedHousehold(assignment=assignment, household_id=i) for i in household_ids
    )
    return assignment


def _level(place_code: str) -> int:
    """The level that a full code's trailing zeros suggest; good enough for made-up places."""
    for level, length in PREFIX_LENGTH.items():
        if not place_code[length:].strip("0"):
            return level
    return max(PREFIX_LENGTH) + 1
