"""The start page: it leads each role to what it uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise

from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.accounts.queries import assignments_of, counted_households
from yimaqing.domains.accounts.roles import DEPARTMENTS, ROLES
from yimaqing.domains.places.queries import full_names
from yimaqing.kit.plugins import plugins


@dataclass(frozen=True)
class Way:
    """An entry of some domain's ``urls.nav`` that is open to the user."""

    name: str
    address: str
    label: str | Promise


@dataclass(frozen=True)
class Post:
    """One assignment in words."""

    role: str | Promise
    where: str
    households: int
    department: str | Promise
    assignment: Assignment


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """What the user came for first, then the rest; and which posts he holds."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - login_required has seen to it; for the types
    ways = ways_of(user)
    panels = (one for module in plugins("panels") for one in getattr(module, "start_panels", ()))
    shown = [(one, one.context(request, user)) for one in sorted(panels, key=lambda one: one.order)]
    context = {
        "first": ways[:1],
        "others": ways[1:],
        "posts": posts_of(user),
        "panels": [(panel, found) for panel, found in shown if found is not None],
    }
    return render(request, "accounts/start.html", context)


def home_of(user: User) -> str:
    """Where a log-in leads: the first page of the user's roles, else the start page."""
    if user.must_change_password:
        return reverse("accounts:password")
    wanted = _wanted(user)
    ways = ways_of(user)
    return ways[0].address if ways and _rank(ways[0], wanted) < len(wanted) else "/"


def ways_of(user: User) -> list[Way]:
    """The pages open to the user, those that his roles come for first."""
    ways = [
        Way(name, reverse(name), label)
        for module in plugins("urls")
        for name, label, open_to in getattr(module, "nav", ())
        if open_to(user)
    ]
    wanted = _wanted(user)
    return sorted(ways, key=lambda way: _rank(way, wanted))


def posts_of(user: User) -> list[Post]:
    """The assignments that hold today, in words."""
    return posts_in_words([a for a in assignments_of(user).order_by("pk") if a.role in ROLES])


def posts_in_words(assignments: Sequence[Assignment]) -> list[Post]:
    """Role, place and department of assignments as a person reads them, in two queries."""
    places = full_names({a.place_code for a in assignments if a.place_code}, from_level=2)
    named = {a.pk for a in assignments if a.role in ROLES and ROLES[a.role].by_household}
    households = counted_households(named)
    return [
        _post(a, places.get(a.place_code or "", ""), households.get(a.pk, 0)) for a in assignments
    ]


def _post(assignment: Assignment, where: str, households: int) -> Post:
    role = ROLES.get(assignment.role)
    department = DEPARTMENTS.get(assignment.department)
    return Post(
        role=role.label if role else assignment.role,
        where=where,
        households=households,
        department=department.label if department else "",
        assignment=assignment,
    )


def _wanted(user: User) -> list[str]:
    homes = [ROLES[a.role].home for a in assignments_of(user).order_by("pk") if a.role in ROLES]
    return list(dict.fromkeys(name for home in homes for name in home))


def _rank(way: Way, wanted: list[str]) -> int:
    """Place in what the roles come for; a namespace stands for each of its pages."""
    for rank, name in enumerate(wanted):
        if way.name == name or way.name.partition(":")[0] == name:
            return rank
    return len(wanted)
