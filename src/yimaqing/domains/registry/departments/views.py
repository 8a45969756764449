"""Pages of departments' lists: how each stands, and the amounts from which somebody looks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import permissions_of, require, scope_of
from yimaqing.domains.places.queries import full_names, valid_places
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.departments.lines import BadLine, lines_of, set_trigger_line
from yimaqing.domains.registry.departments.overview import overviews
from yimaqing.domains.registry.departments.rules import rhythms
from yimaqing.domains.registry.loaders.listed import department_lists
from yimaqing.domains.registry.tasks import ask_for_links
from yimaqing.kit.rowscope import Scope, set_scope

_COUNTY_LEVEL, _DIGITS = 3, 12
_IMPORT = "intake.import"


@login_required
@require_GET
def departments(request: HttpRequest) -> HttpResponse:
    """Every list: what came last, what waits for review, what is late. Figures only."""
    scope = require(request.user, permissions.READ)
    set_scope(scope)
    context = {
        "views": overviews(scope),
        "may_review": permissions.MERGE in permissions_of(_user(request)),
    }
    return render(request, "registry/departments.html", context)


@login_required
@require_GET
def department_list(request: HttpRequest, name: str) -> HttpResponse:
    """One list: what it holds, when it comes, what it asks for, and the lines entered for it."""
    scope = require(request.user, permissions.READ)
    set_scope(scope)
    return _page(request, name, scope)


@login_required
@require_POST
def set_line(request: HttpRequest, name: str) -> HttpResponse:
    """Enter a line; the page again with what is missing (422) otherwise."""
    scope = require(request.user, permissions.MERGE)
    set_scope(scope)
    told = request.POST
    try:
        set_trigger_line(
            list_name=name,
            among=told.get("among", ""),
            county=told.get("county", ""),
            amount_fen=_fen(told.get("yuan", "")),
            starts_on=_day(told.get("starts_on", "")),
            document=told.get("document", "")[:200],
            by=_user(request),
        )
    except BadLine as error:
        return _page(request, name, scope, str(error))
    transaction.on_commit(ask_for_links)
    messages.success(request, _("已录入核实标准，名单将重新核对。"))
    return redirect("registry:department_list", name=name)


def _page(request: HttpRequest, name: str, scope: Scope, error: str = "") -> HttpResponse:
    one, rhythm = lists().get(name), rhythms().get(name)
    if one is None or rhythm is None:
        raise Http404
    english = (get_language() or "").startswith("en")
    view = next(view for view in overviews(scope) if view.one is one)
    lines = lines_of(name)
    places = full_names({_whole(line.region) for line in lines})
    context: dict[str, Any] = {
        "one": one,
        "view": view,
        "rhythm": rhythm,
        "columns": _columns(name),
        "basis": rhythm.basis_en if english else rhythm.basis,
        "asks": rhythm.trigger.basis_en if english else rhythm.trigger.basis,
        "examples": [(e.text_en if english else e.text, e.source) for e in rhythm.examples],
        "lines": [(line, places[_whole(line.region)]) for line in lines],
        "counties": _counties(request),
        "may_import": _IMPORT in permissions_of(_user(request)),
        "told": request.POST,
        "error": error,
    }
    return render(request, "registry/department_list.html", context, status=422 if error else 200)


def _columns(name: str) -> list[tuple[str, bool]]:
    found = next(one for one in department_lists if one.name == name)
    return [(_(column.label), column.required) for column in found.columns]


def _counties(request: HttpRequest) -> list[tuple[str, str]]:
    """Counties of which the user may enter lines."""
    scope = scope_of(_user(request), permissions.MERGE)
    places = valid_places().filter(level=_COUNTY_LEVEL).order_by("code")
    return [(place.code, place.name) for place in places if scope.covers(place.code)]


def _whole(region: str) -> str:
    return region.ljust(_DIGITS, "0")


def _fen(text: str) -> int:
    try:
        return int(Decimal(text.replace(",", "").strip()) * 100)
    except (ArithmeticError, ValueError):
        return 0


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        today = timezone.localdate().isoformat()
        raise BadLine(_("开始日期按 %(today)s 的样子填写。") % {"today": today}) from error


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - require() lets only users through
    return request.user
