"""数据核查: the page of all checks, and what an officer says of one doubt."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may, require
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.actions import ReasonMissing, confirm_doubts, reopen_doubts
from yimaqing.domains.monitoring.doubts import Counted, doubts_of, overview
from yimaqing.domains.monitoring.models import Doubt
from yimaqing.domains.monitoring.queries import latest_run
from yimaqing.domains.places.queries import children, path_of
from yimaqing.domains.registry.queries import members_named
from yimaqing.kit.rowscope import set_scope

TOPIC_WORDS = {
    "guarantees": _l("三保障和饮水"),
    "monitoring": _l("监测对象"),
    "help": _l("帮扶和退出"),
    "members": _l("成员和原因"),
    "labour": _l("劳动力和务工"),
    "money": _l("土地和收入"),
}
#: The page on which a doubt is mended by hand, by the part of the file.
_MENDED_BY = {
    "household": "registry:correct",
    "members": "registry:correct",
    "readings": "registry:new_reading",
}


@login_required
@require_GET
def checks(request: HttpRequest) -> HttpResponse:
    """What does not agree in the register, by check and by place; each figure is a list."""
    scope = require(request.user, permissions.READ)
    set_scope(scope)
    chosen = request.GET.get("place", "")
    path = path_of(chosen) if chosen else []
    here = path[-1] if path else None
    start = scope.ranges[0][0].ljust(12, "0") if scope.ranges else ""
    below = children(here.code if here else start) if (here or start) else []
    seen = overview(here, list(below))
    context = {
        "topics": [
            (TOPIC_WORDS[topic], [(one, _list_of(one, chosen)) for one in counted if _is_hit(one)])
            for topic, counted in seen.topics.items()
            if any(map(_is_hit, counted))
        ],
        "clean": [one for counted in seen.topics.values() for one in counted if not _is_hit(one)],
        "seen": seen,
        "path": [place for place in path if scope.covers(place.code)],
        "run": latest_run(),
        "all": _address(chosen, {"f.confirmed": "no"}),
        "all_confirmed": _address(chosen, {"f.confirmed": "yes"}),
    }
    return render(request, "monitoring/checks.html", context)


def _is_hit(one: Counted) -> bool:
    return bool(one.waiting or one.confirmed)


def _list_of(one: Counted, place: str) -> tuple[str, str]:
    """The lists of those that wait and of those that are confirmed."""
    code = {"f.check": one.check.code}
    return (
        _address(place, code | {"f.confirmed": "no"}),
        _address(place, code | {"f.confirmed": "yes"}),
    )


def _address(place: str, filters: dict[str, str]) -> str:
    query = {**({"place": place} if place else {}), **filters}
    return reverse("lists:page", args=["doubts"]) + "?" + urlencode(query)


@login_required
@require_POST
def confirm(request: HttpRequest, doubt_id: int) -> HttpResponse:
    """The facts are right after all: quiet until they change."""
    doubt, user = _reached(request, doubt_id)
    try:
        confirm_doubts(ids=[doubt.pk], reason=request.POST.get("reason", ""), by=user)
    except ReasonMissing as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已确认属实；有关资料变化后会再次提出。"))
    return _back(doubt)


@login_required
@require_POST
def reopen(request: HttpRequest, doubt_id: int) -> HttpResponse:
    """A confirmation taken back."""
    doubt, user = _reached(request, doubt_id)
    reopen_doubts(ids=[doubt.pk], reason=request.POST.get("reason", ""), by=user)
    messages.success(request, _("确认已撤销。"))
    return _back(doubt)


def _reached(request: HttpRequest, doubt_id: int) -> tuple[Doubt, User]:
    set_scope(require(request.user, permissions.EDIT))
    doubt = Doubt.objects.filter(pk=doubt_id).first()
    if doubt is None:
        raise Http404
    if not isinstance(request.user, User):
        raise PermissionDenied
    return doubt, request.user


def _back(doubt: Doubt) -> HttpResponse:
    return redirect(reverse("registry:file", args=[doubt.household_id]) + "#doubts")


def household_doubts(request: HttpRequest, household: Any) -> dict[str, Any] | None:
    """What does not agree in a household's file; None when all does, or for who may not see."""
    user = request.user
    if not isinstance(user, User):
        return None
    if not may(user, permissions.READ, household.place_code, household.id):
        return None
    lines = doubts_of(household.id, household.place_code)
    if not lines:
        return None
    persons = {one.person_id for line in lines for one in line.evidence if one.person_id}
    may_mend = may(user, permissions.EDIT, household.place_code, household.id)
    return {
        "waiting": [
            (one, _mend(one.mended_at, household, may_mend)) for one in lines if _waits(one.doubt)
        ],
        "confirmed": [one for one in lines if not _waits(one.doubt)],
        "members": members_named(persons),
        "may_mend": may_mend,
    }


def _waits(doubt: Doubt) -> bool:
    return doubt.confirmed_at is None


def _mend(part: str, household: Any, may_mend: bool) -> str:
    """The page on which it is mended; empty where a list is imported instead."""
    page = _MENDED_BY.get(part, "") if may_mend else ""
    return reverse(page, args=[household.id]) if page else ""
