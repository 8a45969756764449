"""Pages of an undo: try it, read what would stay, carry it out, read what stayed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import State, Undo
from yimaqing.domains.intake.queries import plain_cells
from yimaqing.domains.intake.tasks import ask_for_an_undo
from yimaqing.domains.intake.undo.queries import (
    all_lines,
    left_cells,
    left_headings,
    left_of,
    lines_of,
)
from yimaqing.domains.intake.undo.requests import CannotUndo, carry_out_checked, undo_batch
from yimaqing.domains.intake.views.access import batch_or_404, importer_only, label_of, user_of
from yimaqing.kit.ids import whole_number
from yimaqing.kit.rowscope import Scope, scoped

PAGE = 50


@importer_only
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Why a batch is to be taken back; what would happen is worked out before anything is done."""
    held = batch_or_404(batch_id)
    if held.state != State.APPLIED:
        raise Http404
    error, status = "", 200
    if request.method == "POST":
        try:
            undo = undo_batch(
                batch=held, reason=request.POST.get("reason", ""), by=user_of(request)
            )
        except CannotUndo as said:
            error, status = str(said), 422
        else:
            ask_for_an_undo(undo.pk)
            return redirect("intake:undo", undo.pk)
    context = {"batch": held, "label": label_of(held), "error": error}
    return render(request, "intake/undo_ask.html", context, status=status)


def _undo_or_404(undo_id: int) -> Undo:
    """An undo of a batch within scope."""
    undo = Undo.objects.select_related("batch").filter(pk=undo_id).first()
    if undo is None:
        raise Http404
    return undo


@importer_only
@require_GET
def undo(request: HttpRequest, undo_id: int) -> HttpResponse:
    """How far an undo is, or what came of it; what it leaves a page at a time."""
    held = _undo_or_404(undo_id)
    after = whole_number(request.GET.get("after", "")) or 0
    found = list(left_of(held, after)[: PAGE + 1])
    failure = held.failure or {}
    said = explain(held.batch.dataset, failure["code"], failure["params"]) if failure else None
    context = {
        "undo": held,
        "batch": held.batch,
        "label": label_of(held.batch),
        "lines": lines_of(held, found[:PAGE]),
        "following": f"?after={found[PAGE - 1].pk}#list" if len(found) > PAGE else "",
        "failure": said,
        "readings": held.notes.get("readings", 0),
    }
    return render(request, "intake/undo.html", context)


@importer_only
@require_GET
def undo_progress(request: HttpRequest, undo_id: int) -> HttpResponse:
    """The live part of an undo's page; a reload at the end."""
    held = _undo_or_404(undo_id)
    response = render(request, "intake/_undo_progress.html", {"undo": held})
    if held.finished:
        response["HX-Refresh"] = "true"
    return response


@importer_only
@require_POST
def carry_out(request: HttpRequest, undo_id: int) -> HttpResponse:
    """Carry out what was tried."""
    held = _undo_or_404(undo_id)
    try:
        begun = carry_out_checked(undo=held, by=user_of(request))
    except CannotUndo as said:
        messages.error(request, str(said))
        return redirect("intake:undo", undo_id)
    ask_for_an_undo(begun.pk)
    return redirect("intake:undo", begun.pk)


@importer_only
@require_GET
def left_file(request: HttpRequest, undo_id: int) -> StreamingHttpResponse:
    """All that an undo leaves as CSV, with a byte order mark for spreadsheets."""
    held = _undo_or_404(undo_id)
    scope: Scope = request.scope  # type: ignore[attr-defined] # set by importer_only
    response = StreamingHttpResponse(_left_csv(held, scope), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="undo-{held.pk}.csv"'
    return response


def _left_csv(held: Undo, scope: Scope) -> Iterator[str]:
    """Streams run after the request's transaction, so this one opens its own."""
    yield "\ufeff" + _line(left_headings())
    with scoped(scope):
        for line in all_lines(held):
            yield _line(plain_cells(left_cells(line)))


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
