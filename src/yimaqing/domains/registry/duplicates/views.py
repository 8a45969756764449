"""Pages on which duplicates are reviewed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.actions import open_file
from yimaqing.domains.registry.duplicates import deciding
from yimaqing.domains.registry.duplicates.deciding import CannotUnmerge
from yimaqing.domains.registry.duplicates.merging import CannotMerge
from yimaqing.domains.registry.duplicates.review import WAITING, Review, chosen, pairs, review
from yimaqing.domains.registry.forms import UnmaskForm
from yimaqing.domains.registry.models import Decision, Duplicate, Merge
from yimaqing.domains.registry.views.reviewing import page_by_state, reviewer

STATES = (Decision.OPEN, Decision.LATER, Decision.SAME, Decision.DIFFERENT)


@login_required
@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs of the user's area by state, likeliest first."""
    reviewer(request)
    return page_by_state(
        request,
        "registry/duplicates.html",
        STATES,
        lambda state, after: pairs(state=state, after=after),
    )


@login_required
@require_GET
def pair(request: HttpRequest, duplicate_id: int) -> HttpResponse:
    """Two records side by side; opening the page opens both files."""
    return _side_by_side(request, *_found(request, duplicate_id))


@login_required
@require_POST
def decide(request: HttpRequest, duplicate_id: int) -> HttpResponse:
    """Same, different or later; the page again with what is missing (422) otherwise."""
    duplicate, view, user = _found(request, duplicate_id)
    decision, note = request.POST.get("decision", ""), request.POST.get("note", "")[:200]
    try:
        if decision == Decision.SAME:
            keep = {"left": duplicate.left_id, "right": duplicate.right_id}.get(
                request.POST.get("keep", ""), 0
            )
            picks = {row.field: request.POST.get(f"pick_{row.field}", "") for row in view.rows}
            take = chosen(view, keep, picks)
            deciding.merge(duplicate=duplicate, keep=keep, take=take, by=user, reason=note)
        else:
            deciding.decide(duplicate=duplicate, state=decision, note=note, by=user)
    except CannotMerge as error:
        return _side_by_side(request, duplicate, view, user, error=str(error))
    messages.success(request, _("已记下结论。"))
    return redirect("registry:duplicates")


@login_required
@require_POST
def undo(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Un-merge; says how much stays because somebody changed it since."""
    user = reviewer(request)
    made = get_object_or_404(Merge, pk=merge_id)
    try:
        left = deciding.unmerge(merge=made, by=user, reason=request.POST.get("reason", "")[:200])
    except CannotUnmerge as error:
        messages.error(request, str(error))
    else:
        said = _("已撤销合并。")
        if left:
            said += _("有 %(left)s 处此后改动过，保留现状，请核对。") % {"left": left}
        messages.success(request, said)
    return redirect("registry:file", household_id=made.household_id)


def _found(request: HttpRequest, duplicate_id: int) -> tuple[Duplicate, Review, User]:
    user = reviewer(request)
    duplicate = get_object_or_404(Duplicate, pk=duplicate_id)
    view = review(duplicate, user)
    if view is None:
        raise Http404
    return duplicate, view, user


def _side_by_side(
    request: HttpRequest, duplicate: Duplicate, view: Review, user: User, error: str = ""
) -> HttpResponse:
    duplicate.refresh_from_db()  # somebody may have been faster
    for side in (view.left, view.right):
        open_file(household=side.household, by=user, purpose="核对重复")
    context: dict[str, Any] = {
        "view": view,
        "duplicate": duplicate,
        "error": error,
        "waiting": duplicate.state in WAITING,
        "may_merge": _may(user, permissions.MERGE, view),
        "may_unmask": _may(user, permissions.UNMASK, view),
        "unmask_form": UnmaskForm(),
    }
    return render(request, "registry/duplicate.html", context, status=422 if error else 200)


def _may(user: User, permission: str, view: Review) -> bool:
    sides = (view.left.household, view.right.household)
    return all(may(user, permission, one.place_code, one.pk) for one in sides)
