"""What pages share on which somebody says who is who: pairs of files, rows of lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import require
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.views.reach import user_of
from yimaqing.kit.ids import whole_number
from yimaqing.kit.rowscope import set_scope

#: Lines of a state, and after which number the next page begins (None: this is the last).
Read = Callable[[str, int | None], tuple[Sequence[Any], int | None]]


def reviewer(request: HttpRequest) -> User:
    """The user, who sees from here on only where he may say who is who."""
    set_scope(require(request.user, permissions.MERGE))
    return user_of(request)


def page_by_state(
    request: HttpRequest, template: str, states: Sequence[str], read: Read
) -> HttpResponse:
    """A page of lines of one of ``states``, the first of them unless the address says which."""
    state = request.GET.get("state", states[0])
    if state not in states:
        raise Http404
    lines, onward = read(state, whole_number(request.GET.get("after", "")))
    context = {
        "lines": lines,
        "state": state,
        "states": states,
        "next": "?" + urlencode({"state": state, "after": onward}) if onward else "",
    }
    return render(request, template, context)
