"""The audit trail, for auditors and administrators within their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yimaqing.domains.accounts.actions.users import normal_username
from yimaqing.domains.accounts.forms import TrailForm
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import names_of_users, require
from yimaqing.domains.audit.queries import Entry, Span, Wording, acts, entries, raw
from yimaqing.domains.places.queries import names_of, past_of, path_of
from yimaqing.kit.ids import subtree_bounds, whole_number
from yimaqing.kit.rowscope import Scope, for_a_moment

PAGE = 50
_NOBODY = -1


@dataclass(frozen=True)
class Line:
    """An entry in words; ``before`` and ``after`` as labels and values, ``raw`` as it is kept."""

    entry: Entry
    who: str
    what: str
    where: str
    of: str
    why: str
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]
    raw: str


@login_required
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Entries by place, person, household, action; newest first, a page at a time."""
    scope = require(request.user, "audit.view")
    form = TrailForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    before = whole_number(request.GET.get("before", ""))
    found = _found(scope, wanted)
    if before is not None:
        found = found.filter(pk__lt=before)
    with for_a_moment(_sight(scope)):
        page = list(found[: PAGE + 1])
    context = {
        "form": form,
        "lines": in_words(page[:PAGE]),
        "next": _onward(wanted, page[PAGE - 1].pk) if len(page) > PAGE else "",
        "acts": sorted(acts().items()),
    }
    return render(request, "accounts/trail.html", context)


def in_words(found: list[Entry]) -> list[Line]:
    """Entries with the names of people, places, subjects and actions: a query for each."""
    people = names_of_users({e.user_id for e in found if e.user_id})
    places = names_of({e.place_code for e in found})
    words = Wording(found)
    return [
        Line(
            entry=e,
            who=people.get(e.user_id or 0) or words.actor(e),
            what=words.act(e),
            where=places.get(e.place_code, ""),
            of=words.subject(e),
            why=words.purpose(e),
            before=words.facts(e.before),
            after=words.facts(e.after),
            raw=raw(e),
        )
        for e in found
    ]


def _found(scope: Scope, wanted: dict[str, Any]) -> QuerySet[Entry]:
    """Entries inside the auditor's places that fit the form; row-level security stands behind."""
    return entries(
        places=_places(scope, wanted.get("place", "").strip()),
        user_id=_user_id(wanted.get("username", "")),
        household_id=_household_id(wanted.get("household", "").strip()),
        action=wanted.get("action", "").strip(),
    )


def _sight(scope: Scope) -> Scope:
    """The scope with the former codes of its places: entries are sealed, recodes leave them."""
    past = tuple((span.low, span.high) for span in past_of(scope.ranges))
    return replace(scope, ranges=scope.ranges + past)


def _places(scope: Scope, code: str) -> list[Span]:
    """All that the auditor answers for, or the named place with its past; nothing else's."""
    if not code:
        return _with_past(scope.ranges)
    path = path_of(code)
    if not path:
        return []
    low, high = subtree_bounds(path[-1].code, path[-1].level)
    if scope.covers(path[-1].code):
        return _with_past([(low, high)])
    return [  # a former place, by the code that it had
        (max(low, span.low), min(high, span.high), span.before)
        for span in past_of(scope.ranges)
        if low < span.high and span.low < high
    ]


def _with_past(ranges: Sequence[tuple[str, str]]) -> list[Span]:
    present: list[Span] = [(low, high, None) for low, high in ranges]
    return present + [(span.low, span.high, span.before) for span in past_of(ranges)]


def _user_id(username: str) -> int | None:
    if not username.strip():
        return None
    found = User.objects.filter(username=normal_username(username)).first()
    return found.pk if found else _NOBODY


def _household_id(number: str) -> int | None:
    if not number:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT household_id FROM accounts_household_ids(ARRAY[%s])", [number])
        row = cursor.fetchone()
    return row[0] if row else _NOBODY


def _onward(wanted: dict[str, Any], last: int) -> str:
    return "?" + urlencode({k: v for k, v in wanted.items() if v} | {"before": last})
