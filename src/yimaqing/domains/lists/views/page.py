"""A list: a page of it, its count, its filters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.queries import permissions_of
from yimaqing.domains.lists.actions import keep_question
from yimaqing.domains.lists.asking import Question, address_part, from_form, shown_columns
from yimaqing.domains.lists.catalogue import listing as listing_named
from yimaqing.domains.lists.catalogue import listings
from yimaqing.domains.lists.engine import MANY, all_of, count_of, page_of
from yimaqing.domains.lists.models import View
from yimaqing.domains.lists.queries import allowed, question_of_view, views_of
from yimaqing.domains.lists.rights import export_scope, is_open
from yimaqing.domains.lists.views.filters import controls
from yimaqing.domains.lists.views.frame import (
    chips,
    heads,
    places_of,
    rows_in_html,
    sorts_of,
    tabs,
)
from yimaqing.domains.lists.views.reach import Reach, reached, user_of


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """To the first list that is open to the user."""
    user = user_of(request)
    for one in listings().values():
        if one.in_menu and is_open(one, user):
            return redirect("lists:page", slug=one.slug)
    raise PermissionDenied(_("你的角色没有可查看的名单。"))


@login_required
@require_GET
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of a list, with its filters, columns and what can be done with it."""
    reach = reached(request, slug)
    question, bounds = reach.asked(request)
    columns = shown_columns(question, reach.columns)
    found = page_of(reach.listing, question, columns, bounds)
    first, last = (found.rows[0].id, found.rows[-1].id) if found.rows else (None, None)
    here = address_part(reach.listing, all_of(question))
    is_all = not (found.has_next or found.has_previous)
    exports = export_scope(reach.listing, reach.viewer)
    context: dict[str, Any] = {
        "reach": reach,
        "listing": reach.listing,
        "question": question,
        "tabs": tabs(reach, question),
        "heads": heads(columns),
        "rows": rows_in_html(reach, found.rows, columns),
        "chips": chips(reach, question),
        "controls": controls(reach, question, columns),
        "sort": reach.listing.sort(question.sort),
        "sorts": sorts_of(reach, question),
        "here": here,
        "next": _turned(reach, question, after=last) if found.has_next else "",
        "previous": _turned(reach, question, before=first) if found.has_previous else "",
        "count": len(found.rows) if is_all else None,
        "views": views_of(reach.listing, reach.viewer),
        "may_export": bool(exports.ranges or exports.household_ids),
        "may_unmask": "registry.unmask" in permissions_of(reach.viewer),
        "bulk": [b for b in reach.listing.bulk if b.permission in permissions_of(reach.viewer)],
        **places_of(reach, question),
    }
    return render(request, "lists/page.html", context)


def _turned(reach: Reach, question: Question, **to: int | None) -> str:
    return address_part(reach.listing, replace(all_of(question), **to))  # type: ignore[arg-type]


@login_required
@require_GET
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """How many rows, as a part of the page: at most 10,000 at once, then exactly."""
    reach = reached(request, slug)
    question, bounds = reach.asked(request)
    exact = request.GET.get("exact") == "1"
    most = None if exact else MANY + 1
    number = count_of(reach.listing, all_of(question), bounds, most=most)
    query = address_part(reach.listing, all_of(question))
    more = not exact and number > MANY
    context = {
        "number": MANY if more else number,
        "more": more,
        "unit": reach.listing.unit,
        "next": f"{reverse('lists:count', args=[slug])}{query}&exact=1" if more else "",
    }
    return render(request, "lists/_count.html", context)


@login_required
@require_POST
def filtered(request: HttpRequest, slug: str) -> HttpResponse:
    """What the form of filters asks, as an address; what names people is kept beside it."""
    reach = reached(request, slug)
    question = allowed(reach.listing, from_form(reach.listing, request.POST), reach.rights)
    as_it_comes = shown_columns(replace(question, columns=()), reach.columns)
    if question.columns == tuple(one.name for one in as_it_comes):
        question = replace(question, columns=())  # an address to pass on stays short
    kept = keep_question(listing=reach.listing, question=question, by=reach.viewer)
    part = address_part(reach.listing, all_of(kept))
    return redirect(reverse("lists:page", args=[slug]) + part)


@login_required
@require_GET
def view(request: HttpRequest, view_id: int) -> HttpResponse:
    """A saved view, as the address of what it asks."""
    user = user_of(request)
    found = View.objects.filter(pk=view_id).first()
    if found is None or found.listing not in listings():
        raise Http404
    listing = listing_named(found.listing)
    if found.pk not in {one.pk for one in views_of(listing, user)}:
        raise Http404
    question = question_of_view(listing, found)
    if question is None:
        raise Http404
    kept = keep_question(listing=listing, question=question, by=user)
    return redirect(reverse("lists:page", args=[listing.slug]) + address_part(listing, kept))
