"""The list of to-dos, most urgent first, and ending one."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import require
from yimaqing.domains.places.queries import names_of, needs_village
from yimaqing.domains.work.actions import ACT, ReasonMissing, close_todo
from yimaqing.domains.work.kinds import address_of, kinds, title_of, whom
from yimaqing.domains.work.models import Todo
from yimaqing.domains.work.queries import counts, counts_by_kind, todos
from yimaqing.kit.ids import whole_number

PAGE = 50
_VILLAGE_DIGITS = 12


@login_required
@require_GET
def todo_list(request: HttpRequest) -> HttpResponse:
    """Open to-dos where the user may act, a page at a time, by date and kind."""
    scope = require(request.user, ACT)
    where: dict[str, Any] = {"places": scope.ranges, "household_ids": scope.household_ids}
    kind, due = request.GET.get("kind", ""), request.GET.get("due", "")
    found = todos(**where, kind=kind, due=due, after=_after(request.GET.get("after", "")))
    page = list(found[: PAGE + 1])
    known = kinds()
    context = {
        "lines": _lines(request, page[:PAGE]),
        "shows_place": needs_village((t.place_code for t in page), scope.ranges),
        "counts": counts(**where),
        "kinds": [
            (slug, known[slug].short if slug in known else slug, number)
            for slug, number in counts_by_kind(**where).items()
        ],
        "kind": kind,
        "due": due,
        "next": _onward(page[PAGE - 1], kind, due) if len(page) > PAGE else "",
        "path": request.get_full_path(),
    }
    return render(request, "work/list.html", context)


@login_required
@require_POST
def close(request: HttpRequest, todo_id: int) -> HttpResponse:
    """End one with what came of it, and go back to the page it was ended from."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    todo = get_object_or_404(Todo, pk=todo_id)
    try:
        close_todo(todo=todo, reason=request.POST.get("reason", "")[:500], by=request.user)
    except ReasonMissing as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已办结。"))
    return HttpResponseRedirect(_back(request))


def _lines(request: HttpRequest, page: list[Todo]) -> list[dict[str, Any]]:
    known = kinds()
    about = whom(page, known, request.user) if isinstance(request.user, User) else {}
    places = names_of({todo.place_code[:_VILLAGE_DIGITS] for todo in page})
    today = timezone.localdate()
    return [
        {
            "todo": todo,
            "title": title_of(todo, known),
            "who": about.get(todo.pk, ""),
            "address": address_of(todo, known),
            "place": places.get(todo.place_code[:_VILLAGE_DIGITS], todo.place_code),
            "is_overdue": todo.due_on is not None and todo.due_on < today,
        }
        for todo in page
    ]


def _after(text: str) -> tuple[dt.date, int] | None:
    """The key of the last to-do shown, as ``2026-11-22.17``; None when it is no such key."""
    date, _dot, number = text.partition(".")
    last = whole_number(number)
    try:
        return None if last is None else (dt.date.fromisoformat(date), last)
    except ValueError:
        return None


def _onward(last: Todo, kind: str, due: str) -> str:
    sorts_at: dt.date = last.sorts_at  # type: ignore[attr-defined] # annotated by todos()
    return "?" + urlencode({"kind": kind, "due": due, "after": f"{sorts_at}.{last.pk}"})


def _back(request: HttpRequest) -> str:
    onward = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        onward, {request.get_host()}, require_https=request.is_secure()
    )
    return onward if ours else reverse("work:list")
