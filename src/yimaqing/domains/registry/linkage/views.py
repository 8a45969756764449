"""Pages on which rows of departments' lists are looked at."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.actions import open_file
from yimaqing.domains.registry.linkage.choosing import (
    CannotChoose,
    choice,
    choose,
    waiting_rows,
)
from yimaqing.domains.registry.linkage.taking_back import ANSWERED, take_back
from yimaqing.domains.registry.models import Household, Listed, ListedPerson
from yimaqing.domains.registry.views.reviewing import page_by_state, reviewer
from yimaqing.kit.ids import whole_number

STATES = (Listed.WAITING, Listed.MATCHED, Listed.CHOSEN, Listed.NOBODY, Listed.NONE)
NOBODY = "nobody"


@login_required
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Rows of the user's area by state."""
    reviewer(request)
    return page_by_state(
        request,
        "registry/listed.html",
        STATES,
        lambda state, after: waiting_rows(state=state, after=after or 0),
    )


@login_required
@require_GET
def listed_row(request: HttpRequest, row_id: int) -> HttpResponse:
    """A row beside whom it may mean; opening the page opens their files."""
    user = reviewer(request)
    return _beside(request, get_object_or_404(ListedPerson, pk=row_id), user)


@login_required
@require_POST
def choose_listed(request: HttpRequest, row_id: int) -> HttpResponse:
    """One of the candidates or none; the page again with what is missing (422) otherwise."""
    user = reviewer(request)
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


@login_required
@require_POST
def take_back_listed(request: HttpRequest, row_id: int) -> HttpResponse:
    """Take back whom a row means; the page again with what is missing (422) otherwise."""
    user = reviewer(request)
    row = get_object_or_404(ListedPerson, pk=row_id)
    try:
        taken = take_back(row=row, reason=request.POST.get("reason", "")[:200], by=user)
    except CannotChoose as error:
        return _beside(request, row, user, str(error))
    messages.success(request, _("已撤回，请重新核对。"))
    if taken.acted:
        said = _("已有人按这一行办理过 %(count)s 件待办，请告诉他们：%(numbers)s")
        numbers = "、".join(str(todo.pk) for todo in taken.acted)
        messages.warning(request, said % {"count": len(taken.acted), "numbers": numbers})
    return redirect("registry:listed_row", row_id=row.pk)


def _beside(request: HttpRequest, row: ListedPerson, user: User, error: str = "") -> HttpResponse:
    view = choice(row)
    homes = {one.person.household_id for one in view.candidates}
    for household in Household.objects.filter(pk__in=homes).order_by("pk"):
        open_file(household=household, by=user, purpose="核对名单")
    context = {
        "view": view,
        "row": row,
        "error": error,
        "waiting": row.state == Listed.WAITING,
        # A row of a list of places names nobody.
        "may_take_back": bool(row.name)
        and row.state in ANSWERED
        and may(user, permissions.MERGE, row.place_code),
    }
    return render(request, "registry/listed_row.html", context, status=422 if error else 200)
