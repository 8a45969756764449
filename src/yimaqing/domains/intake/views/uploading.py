"""Sending a file, and the blank templates beside it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from yimaqing.domains.intake.actions import receive_together
from yimaqing.domains.intake.catalogue import AUTO, UnknownDataset, datasets
from yimaqing.domains.intake.layouts import template
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.reading.formats import MOST_BYTES
from yimaqing.domains.intake.tasks import ask_for_a_run
from yimaqing.domains.intake.uploads import KeptFile, SealingHandler, UploadForm
from yimaqing.domains.intake.views.access import importer_only, user_of


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
    initial = {"dataset": request.GET.get("dataset", AUTO)}
    return _upload_page(request, UploadForm(initial=initial))


@csrf_protect
def _take(request: HttpRequest, handler: SealingHandler) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    valid = form.is_valid()
    files = [f for f in request.FILES.getlist("file") if isinstance(f, KeptFile)]
    if handler.too_large:
        said = explain("", "too_large", {"limit_mb": MOST_BYTES // 1024**2})
        form.errors.pop("file", None)  # the form only knows that no file came through
        form.add_error("file", str(said))
    if not valid or not files or handler.too_large:
        for file in files:
            file.discard()
        return _upload_page(request, form, status=422)
    batches = _received(request, form, files)
    for batch in batches:
        ask_for_a_run(batch.pk)
    if len(batches) > 1:
        return redirect("intake:index")
    return redirect("intake:batch", batches[0].pk)


def _received(request: HttpRequest, form: UploadForm, files: list[KeptFile]) -> list[Batch]:
    return receive_together(
        [(file.name or "", file.stored) for file in files],
        dataset=form.cleaned_data["dataset"],
        by=user_of(request),
        dry_run=form.cleaned_data["mode"] == "check",
        all_or_nothing=form.cleaned_data["mode"] == "all",
        source=form.cleaned_data["source"],
        as_of=form.cleaned_data["as_of"],
    )


def _upload_page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "datasets": [(d.name, capfirst(_(d.label))) for d in datasets().values()],
    }
    return render(request, "intake/upload.html", context, status=status)


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
