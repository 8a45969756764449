"""Pages on which rows of departments' lists are looked at."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import require
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.actions import open_file
from yimaqing.domains.registry.linkage.choosing import (
    CannotChoose,
    choice,
    choose,
    waiting_rows,
)
from yimaqing.domains.registry.models import Household, Listed, ListedPerson
from yimaqing.kit.ids import whole_number
from yimaqing.kit.rowscope import set_scope

STATES = (Listed.WAITING, Listed.MATCHED, Listed.CHOSEN, Listed.NOBODY, Listed.NONE)
NOBODY = "nobody"


@login_required
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Rows of the user's area by state."""
    _narrow(request)
    state = request.GET.get("state", Listed.WAITING)
    if state not in STATES:
        raise Http404
    lines, onward = waiting_rows(state=state, after=whole_number(request.GET.get("after", "")) or 0)
    context = {
        "lines": lines,
        "state": state,
        "states": STATES,
        "next": "?" + urlencode({"state": state, "after": onward}) if onward else "",
    }
    return render(request, "registry/listed.html", context)


@login_required
@require_GET
def listed_row(request: HttpRequest, row_id: int) -> HttpResponse:
    """A row beside whom it may mean; opening the page opens their files."""
    user = _narrow(request)
    return _beside(request, get_object_or_404(ListedPerson, pk=row_id), user)


@login_required
@require_POST
def choose_listed(request: HttpRequest, row_id: int) -> HttpResponse:
    """One of the candidates or none; the page again with what is missing (422) otherwise."""
    user = _narrow(request)
    row = get_object_or_404(ListedPerson, pk=row_id)
    picked, note = request.POST.get("person", ""), request.POST.get("note", "")[:200]
    person_id = None if picked == NOBODY else whole_number(picked) or 0
    try:
        choose(row=row, person_id=person_id, note=note, by=user)
    except CannotChoose as error:
        row.refresh_from_db()
        return _beside(request, row, user, str(error))
    messages.success(request, _("已记下结论。"))
    return redirect("registry:listed")


def _beside(request: HttpRequest, row: ListedPerson, user: User, error: str = "") -> HttpResponse:
    view = choice(row)
    homes = {one.person.household_id for one in view.candidates}
    for household in Household.objects.filter(pk__in=homes).order_by("pk"):
        open_file(household=household, by=user, purpose="核对名单")
    context = {"view": view, "row": row, "error": error, "waiting": row.state == Listed.WAITING}
    return render(request, "registry/listed_row.html", context, status=422 if error else 200)


def _narrow(request: HttpRequest) -> User:
    """See only where the user may say who is who."""
    set_scope(require(request.user, permissions.MERGE))
    assert isinstance(request.user, User)  # noqa: S101 - require() lets only users through
    return request.user
