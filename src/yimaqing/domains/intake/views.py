"""Pages of intake: send a file, watch it, read its report, let it in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import etag, require_GET, require_http_methods, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import names_of_users, require
from yimaqing.domains.intake import permissions
from yimaqing.domains.intake.actions import NothingToApply, apply_checked, receive
from yimaqing.domains.intake.catalogue import UnknownDataset, datasets
from yimaqing.domains.intake.layouts import template
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.queries import (
    batches,
    error_kinds,
    error_rows,
    errors_of,
    line_of,
    totals,
)
from yimaqing.domains.intake.reading.formats import MOST_BYTES
from yimaqing.domains.intake.tasks import ask_for_a_run
from yimaqing.domains.intake.uploads import KeptFile, SealingHandler, UploadForm
from yimaqing.kit.ids import number_pair, whole_number
from yimaqing.kit.rowscope import Scope, scoped, set_scope

PAGE = 50
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def importer_only(view: View[P]) -> View[P]:
    """Only for users whose role imports somewhere, and only batches of there are seen: another
    role of the user may reach further.
    """

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        scope = require(_user(request), permissions.IMPORT)
        request.scope = scope  # type: ignore[attr-defined] # errors_file streams within it
        set_scope(scope)
        return view(request, *args, **kwargs)

    return guarded


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _batch(batch_id: int) -> Batch:
    """A batch within scope; 404 hides whether there is one elsewhere."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    return batch


@importer_only
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Batches: who sent which file when, and what came of it."""
    before = whole_number(request.GET.get("before", ""))
    found = batches()
    if before is not None:
        found = found.filter(pk__lt=before)
    shown = list(found[: PAGE + 1])
    senders = names_of_users({b.user_id for b in shown if b.user_id})
    lines = [(b, _label(b), senders.get(b.user_id or 0, _("系统"))) for b in shown[:PAGE]]
    following = f"?before={shown[PAGE - 1].pk}" if len(shown) > PAGE else ""
    return render(request, "intake/index.html", {"lines": lines, "following": following})


@csrf_exempt
@importer_only
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Send a file. The upload handler must be set before anything reads the body, the
    check against forged requests included; that check is in ``_take``.
    """
    if request.method == "POST":
        handler = SealingHandler(request)
        request.upload_handlers = [handler]
        return _take(request, handler)
    initial = {"dataset": request.GET.get("dataset", "households")}
    return _upload_page(request, UploadForm(initial=initial))


@csrf_protect
def _take(request: HttpRequest, handler: SealingHandler) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    valid = form.is_valid()
    file = request.FILES.get("file")
    if handler.too_large:
        said = explain("", "too_large", {"limit_mb": MOST_BYTES // 1024**2})
        form.errors.pop("file", None)  # the form only knows that no file came through
        form.add_error("file", str(said))
    if not valid or not isinstance(file, KeptFile) or handler.too_large:
        if isinstance(file, KeptFile):
            file.discard()
        return _upload_page(request, form, status=422)
    batch = receive(
        dataset=form.cleaned_data["dataset"],
        file_name=file.name or "",
        stored=file.stored,
        by=_user(request),
        dry_run=form.cleaned_data["mode"] == "check",
        source=form.cleaned_data["source"],
        as_of=form.cleaned_data["as_of"],
    )
    ask_for_a_run(batch.pk)
    return redirect("intake:batch", batch.pk)


def _upload_page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "datasets": [(d.name, capfirst(_(d.label))) for d in datasets().values()],
    }
    return render(request, "intake/upload.html", context, status=status)


@importer_only
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """How far a batch is, or its report."""
    held = _batch(batch_id)
    return render(request, "intake/batch.html", _report(held))


def _report(held: Batch) -> dict[str, object]:
    failure = held.failure or {}
    return {
        "batch": held,
        "label": _label(held),
        "totals": totals(held),
        "kinds": error_kinds(held) if held.finished else [],
        "failure": explain(held.dataset, failure["code"], failure["params"]) if failure else None,
    }


def _state_of(request: HttpRequest, batch_id: int) -> str:  # noqa: ARG001 - Django's signature
    held = _batch(batch_id)
    return f'"{held.state}-{held.row_cursor}-{held.rows_staged}"'


@importer_only
@require_GET
@etag(_state_of)
def progress(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The live part of a batch's page; 304 while nothing happened, a reload at the end."""
    held = _batch(batch_id)
    response = render(request, "intake/_progress.html", {"batch": held})
    if held.finished:
        response["HX-Refresh"] = "true"
    return response


@importer_only
@require_GET
def errors(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Faults row by row, perhaps of one kind only, a page at a time."""
    held = _batch(batch_id)
    code, column = request.GET.get("code", ""), request.GET.get("column", "")
    after = number_pair(request.GET.get("after", ""))
    found = list(errors_of(held, code=code, column=column, after=after or (-1, 0))[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    only = {"code": code, "column": column}
    following = "?" + urlencode({**only, "after": f"{last.row}-{last.pk}"}) if last else ""
    context = {
        "batch": held,
        "label": _label(held),
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
    held = _batch(batch_id)
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
    held = _batch(batch_id)
    user = _user(request)
    if held.user_id != user.pk:
        raise PermissionDenied
    try:
        apply_checked(batch=held, by=user)
    except NothingToApply:
        messages.error(request, _("这个批次已经在入库，或已经入库、不可用，没有再做什么。"))
    else:
        ask_for_a_run(batch_id)
        messages.success(request, _("已开始入库。"))
    return redirect("intake:batch", batch_id)


@importer_only
@require_GET
def blank(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The header row of a dataset as a file to fill in."""
    try:
        text = template(name)
    except UnknownDataset as error:
        raise Http404 from error
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _label(held: Batch) -> str:
    kind = datasets().get(held.dataset)
    return capfirst(_(kind.label)) if kind else held.dataset
