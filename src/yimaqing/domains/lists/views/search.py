"""The search box: by POST, so that no name and no number stands in an address."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from yimaqing.domains.accounts.queries import read_once, require, scope_of
from yimaqing.domains.lists.actions import log_search
from yimaqing.domains.lists.catalogue import searches
from yimaqing.domains.lists.views.reach import user_of
from yimaqing.kit.listing import Hit, Search
from yimaqing.kit.rowscope import set_scope

MOST = 20
_LONGEST = 40
READ = "registry.read"


@login_required
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """What is found, grouped by what it was found by; logged without its word."""
    user = user_of(request)
    text = request.POST.get("q", "").strip()[:_LONGEST]
    groups: list[tuple[Search, Sequence[Hit], bool]] = []
    with read_once():  # it comes by POST, but it only reads
        require(user, READ)
        now = scope_of(user)
        for one in searches() if text else ():
            scope = scope_of(user, one.permission)
            if not (scope.ranges or scope.household_ids):
                continue
            if scope != now:
                set_scope(scope)
                now = scope
            found = one.find(text, scope, user, MOST + 1)
            if found:
                groups.append((one, found[:MOST], len(found) > MOST))
        set_scope(scope_of(user))
    if text:
        hits = sum(len(found) for _one, found, _more in groups)
        log_search(kinds=[one.kind for one, *_rest in groups], hits=hits, by=user)
    return render(request, "lists/search.html", {"q": text, "groups": groups, "most": MOST})
