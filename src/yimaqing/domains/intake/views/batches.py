"""Pages of a batch: one that is watched, its report, its faults, letting it in."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.intake.actions import NothingToApply, apply_checked
from yimaqing.domains.intake.discarding import is_waiting, may_discard
from yimaqing.domains.intake.mapping.choosing import (
    NothingToChoose,
    may_come_again,
    send_again,
)
from yimaqing.domains.intake.mapping.showing import awaited_by, reading_of
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch, State, Undo, UndoState
from yimaqing.domains.intake.preview import examples_of, places_of
from yimaqing.domains.intake.queries import (
    error_kinds,
    error_rows,
    errors_of,
    line_of,
    totals,
)
from yimaqing.domains.intake.returned.settling import open_conflicts
from yimaqing.domains.intake.tasks import ask_for_a_run
from yimaqing.domains.intake.views.access import batch_or_404, importer_only, label_of, user_of
from yimaqing.domains.places.queries import names_of
from yimaqing.kit.ids import number_pair
from yimaqing.kit.rowscope import Scope, scoped

PAGE = 50
_UNDOS = 20
#: Villages that a report lists; a county has about 600.
MOST_PLACES = 200


@importer_only
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """How far a batch is, or its report."""
    held = batch_or_404(batch_id)
    return render(request, "intake/batch.html", _report(held, user_of(request)))


@importer_only
@require_POST
def once_more(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The same file, sent again by whoever sent it: what was refused may be fit by now."""
    held = batch_or_404(batch_id)
    if held.user_id != user_of(request).pk:
        raise PermissionDenied
    try:
        sent = send_again(batch=held, by=user_of(request), undone=_undone(held))
    except NothingToChoose:
        return redirect("intake:batch", held.pk)
    ask_for_a_run(sent.pk)
    return redirect("intake:batch", sent.pk)


def _undone(held: Batch) -> bool:
    return Undo.objects.filter(batch=held, state=UndoState.UNDONE).exists()


def _report(held: Batch, user: User) -> dict[str, object]:
    failure = held.failure or {}
    undos = list(Undo.objects.filter(batch=held).order_by("-pk")[:_UNDOS])
    undone = any(one.state == UndoState.UNDONE for one in undos)
    return {
        "batch": held,
        "undone": undone,
        "may_come_again": held.user_id == user.pk and may_come_again(held, undone=undone),
        "label": label_of(held),
        "totals": totals(held),
        "reading": reading_of(held),
        "kinds": error_kinds(held) if held.finished else [],
        "undos": undos,
        "may_discard": is_waiting(held) and may_discard(held, user),
        **_preview(held),
        "conflicts": open_conflicts(held) if held.state == State.CHECKED else 0,
        "failure": explain(held.dataset, failure["code"], failure["params"]) if failure else None,
    }


def _preview(held: Batch) -> dict[str, object]:
    """Examples field by field, and the first villages by name."""
    places = places_of(held)
    names = names_of({code for code, *_counts in places[:MOST_PLACES]})
    return {
        "examples": examples_of(held),
        "places": [(names.get(code, code), *numbers) for code, *numbers in places[:MOST_PLACES]],
        "more_places": max(0, len(places) - MOST_PLACES),
    }


def _state_of(request: HttpRequest, batch_id: int) -> str:  # noqa: ARG001 - Django's signature
    held = batch_or_404(batch_id)
    awaited = awaited_by(held)
    waits = f"{awaited.pk}-{awaited.state}" if awaited else ""
    return f'"{held.state}-{held.row_cursor}-{held.rows_staged}-{waits}"'


@importer_only
@require_GET
@etag(_state_of)
def progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The live part of a batch's page; 304 while nothing happened, a reload at the end."""
    held = batch_or_404(batch_id)
    context = {"batch": held, "awaited": awaited_by(held)}
    response = render(request, "intake/_progress.html", context)
    if held.finished:
        response["HX-Refresh"] = "true"
    return response


@importer_only
@require_GET
def errors(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Faults row by row, perhaps of one kind only, a page at a time."""
    held = batch_or_404(batch_id)
    code, column = request.GET.get("code", ""), request.GET.get("column", "")
    after = number_pair(request.GET.get("after", ""))
    found = list(errors_of(held, code=code, column=column, after=after or (-1, 0))[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    only = {"code": code, "column": column}
    following = "?" + urlencode({**only, "after": f"{last.row}-{last.pk}"}) if last else ""
    context = {
        "batch": held,
        "label": label_of(held),
        "kinds": error_kinds(held),
        "code": code,
        "column": column,
        "lines": [line_of(held, error) for error in found[:PAGE]],
        "following": following,
    }
    return render(request, "intake/errors.html", context)


@importer_only
@require_GET
def errors_file(request: HttpRequest, batch_id: int) -> StreamingHttpResponse:
    """All faults as CSV, with a byte order mark for spreadsheets."""
    held = batch_or_404(batch_id)
    scope: Scope = request.scope  # type: ignore[attr-defined] # set by the scope middleware
    response = StreamingHttpResponse(
        _error_csv(held, scope), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="errors-{held.pk}.csv"'
    return response


def _error_csv(held: Batch, scope: Scope) -> Iterator[str]:
    """Streams run after the request's transaction, so this one opens its own."""
    yield "\ufeff"
    with scoped(scope):
        yield from error_rows(held)


@importer_only
@require_POST
def apply(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Let a checked file in."""
    held = batch_or_404(batch_id)
    user = user_of(request)
    if held.user_id != user.pk:
        raise PermissionDenied
    if open_conflicts(held):
        return redirect("intake:returned", batch_id)
    try:
        apply_checked(batch=held, by=user)
    except NothingToApply:
        messages.error(request, _("这个批次已经在入库，或已经入库、不可用，没有再做什么。"))
    else:
        ask_for_a_run(batch_id)
        messages.success(request, _("已开始入库。"))
    return redirect("intake:batch", batch_id)
