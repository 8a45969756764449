"""The list of households below a place, and the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.queries import ALL
from yimaqing.domains.places.queries import children, needs_village, path_of
from yimaqing.domains.registry.actions import log_search
from yimaqing.domains.registry.queries import (
    PAGE,
    HouseholdLine,
    households_in,
    kind_of_search,
    lines_for,
    named_households,
    openable_household,
    search_households,
)
from yimaqing.domains.registry.views.reach import narrow, scope_of, user_of
from yimaqing.kit.ids import whole_number
from yimaqing.kit.rowscope import Scope


@login_required
@require_GET
def households(request: HttpRequest) -> HttpResponse:
    """Households below a place, a page at a time; places to go down to beside them.

    Who has no place but named households, as a helper, finds these.
    """
    narrow(request)
    scope, after = scope_of(request), _after(request.GET.get("after", ""))
    place_code = request.GET.get("place") or _first_place(scope)
    path = path_of(place_code) if place_code else []
    here = path[-1] if path else None
    if here:
        lines = households_in(here.code, here.level, after)
    else:
        lines = named_households(scope.household_ids, after)
    context = {
        "path": [p for p in path if scope.covers(p.code)],
        "here": here,
        "named": scope.household_ids,
        "below": children(here.code) if here else [],
        **_shown(request, lines),
        "next": _next_page(here.code if here else "", lines),
    }
    return render(request, "registry/households.html", context)


def _next_page(place_code: str, lines: Sequence[HouseholdLine]) -> str:
    """Address of the page after these lines; empty when they are the last."""
    if len(lines) < PAGE:
        return ""
    return "?" + urlencode({"place": place_code, "after": lines[-1].household_id})


@login_required
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Search by POST: a name or an ID number never stands in an address."""
    narrow(request)
    user, text = user_of(request), request.POST.get("q", "")[:40]
    kind = kind_of_search(text)
    shown = _shown(request, search_households(text, scope_of(request).hull))
    if kind == "sealed":  # who may not see a number must not learn whose it is
        shown["rows"] = [line for line in shown["rows"] if line.columns is ALL]
    if kind:
        log_search(kind=kind, hits=len(shown["rows"]), by=user)
    return render(request, "registry/search.html", {**shown, "q": text})


def _shown(request: HttpRequest, lines: list[HouseholdLine]) -> dict[str, Any]:
    """Lines with what the user may see of each, and what any line shows."""
    rows = lines_for(user_of(request), lines)
    return {
        "rows": rows,
        "shows_place": needs_village((r.place_code for r in rows), scope_of(request).ranges),
        "shows_class": any("register_class" in row.columns for row in rows),
        "shows_group": any("causes" in row.columns for row in rows),
    }


def _first_place(scope: Scope) -> str:
    """Where a user's list begins: the first of the places assigned to him."""
    return scope.ranges[0][0].ljust(12, "0") if scope.ranges else ""


def _after(household_id: str) -> tuple[str, str, int] | None:
    """The sort key of the last line of the page before, found by its number."""
    number = whole_number(household_id)
    last = openable_household(number) if number is not None else None
    return (last.place_code, last.head_pinyin, last.pk) if last else None
