"""Pages of labels: which codes on which sheets, a look at the first one, the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import islice
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import names_of_users, require
from yimaqing.domains.codes import permissions
from yimaqing.domains.codes.actions import ask_for_labels, take_labels
from yimaqing.domains.codes.addresses import AddressNotPrintable, require_printable
from yimaqing.domains.codes.labels.choosing import Asked, Place, chosen, count
from yimaqing.domains.codes.labels.contents import Contents
from yimaqing.domains.codes.labels.forms import LabelsForm, layout_name
from yimaqing.domains.codes.labels.layout import Layout, layouts
from yimaqing.domains.codes.labels.printing import DEMO_NOTE, SHEETS_A_PART, part_path
from yimaqing.domains.codes.labels.sheet import Sheet
from yimaqing.domains.codes.models import LabelRun, RunState
from yimaqing.domains.codes.tasks import ask_for_sheets
from yimaqing.domains.codes.views import not_printable
from yimaqing.domains.places.queries import children, full_name, full_names, path_of
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored
from yimaqing.kit.rowscope import Scope, set_scope

RUNS = 20
PREVIEW_DOTS = 75
_PIECE = 1 << 18
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def printer_only(view: View[P]) -> View[P]:
    """Only for users whose role prints somewhere, who then see only what lies there."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        scope = require(request.user, permissions.PRINT)
        request.scope = scope  # type: ignore[attr-defined] # typed by _scope
        set_scope(scope)
        return view(request, *args, **kwargs)

    return guarded


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined] # set above
    return scope


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _here(request: HttpRequest, code: str) -> Any:
    """The place that is printed: the one named, else the first of the user's; 404 outside."""
    scope = _scope(request)
    wanted = code or scope.ranges[0][0].ljust(12, "0")
    if not scope.covers(wanted):
        raise Http404
    found = [place for place in path_of(wanted) if place.code == wanted]
    if not found:
        raise Http404
    return found[0]


@printer_only
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Ask for labels of a place; asked, how many they are and how the first sheet looks."""
    here = _here(request, request.GET.get("place", ""))
    scope = _scope(request)
    form = LabelsForm(request.GET) if "layout" in request.GET else LabelsForm()
    context = {
        "here": here,
        "path": [p for p in path_of(here.code) if scope.covers(p.code)],
        "below": children(here.code),
        "form": form,
        "refused": _refused(),
        "runs": _lines(LabelRun.objects.order_by("-pk")[:RUNS]),
    }
    if form.is_bound and form.is_valid():
        context |= _summary(form, Place(here.code, here.level))
        context["query"] = request.GET.urlencode()
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "codes/labels.html", context, status=status)


def _summary(form: LabelsForm, place: Place) -> dict[str, Any]:
    asked, layout = form.asked(), layouts()[form.cleaned_data["layout"]]
    number = count(asked, place)
    sheets = layout.sheets(number, asked.start)
    return {
        "summary": True,
        "count": number,
        "sheets": sheets,
        "parts": -(-sheets // SHEETS_A_PART),
        "given": [(name, request_value(form, name)) for name in form.fields],
    }


def request_value(form: LabelsForm, name: str) -> str:
    """What was typed into a field, to be sent again."""
    return str(form.data.get(name, ""))


def _refused() -> str:
    """Why nothing is printed; empty where it is."""
    try:
        require_printable()
    except AddressNotPrintable:
        return not_printable()
    return ""


@printer_only
@require_GET
def preview(request: HttpRequest) -> HttpResponse:
    """The first sheet as PNG, with the real labels."""
    here, form = _here(request, request.GET.get("place", "")), LabelsForm(request.GET)
    if not form.is_valid():
        raise Http404
    if said := _refused():
        return HttpResponse(said, status=409, content_type="text/plain; charset=utf-8")
    image = _first_sheet(form.asked(), layouts()[form.cleaned_data["layout"]], here)
    response = HttpResponse(image, content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


def _first_sheet(asked: Asked, layout: Layout, here: Any) -> bytes:
    from yimaqing.domains.codes.labels.drawing import draw_image  # noqa: PLC0415 - Skia

    place = Place(here.code, here.level)
    room = layout.per_sheet - (asked.start - 1)
    ids = [code_id for _place, _household, code_id in islice(chosen(asked, place), room)]
    labels = Contents(place, layout).labels(asked.kind, ids)
    note = DEMO_NOTE if settings.DEMO else ""
    return draw_image(labels, Sheet(layout, asked.start, note, asked.year), PREVIEW_DOTS)


@printer_only
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """A run of labels, drawn by a job."""
    here, form = _here(request, request.POST.get("place", "")), LabelsForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        run = ask_for_labels(
            place=Place(here.code, here.level),
            layout=form.cleaned_data["layout"],
            asked=form.asked(),
            by=_user(request),
        )
    except AddressNotPrintable:
        messages.error(request, not_printable())
        return redirect("codes:labels")
    ask_for_sheets(run.pk)
    return redirect("codes:label_run", run.pk)


@printer_only
@require_GET
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far a run is, or its files."""
    return render(request, "codes/label_run.html", _report(_run(run_id)))


@printer_only
@require_GET
def progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The live part of a run's page; a reload at the end."""
    held = _run(run_id)
    response = render(request, "codes/_label_progress.html", _report(held))
    if held.finished:
        response["HX-Refresh"] = "true"
    return response


@printer_only
@require_POST
def resume(request: HttpRequest, run_id: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Queue a run again that nobody works on any more; it goes on where it stopped."""
    held = _run(run_id)
    if not held.finished:
        ask_for_sheets(held.pk)
    return redirect("codes:label_run", held.pk)


@printer_only
@require_GET
def part(request: HttpRequest, run_id: int, number: int) -> StreamingHttpResponse:
    """A ream of a run's sheets as PDF; that it was taken is logged."""
    held = _run(run_id)
    if held.state != RunState.READY or not part_path(held.pk, number).is_file():
        raise Http404
    take_labels(run=held, part=number, by=_user(request))
    name = f"labels-{held.pk}-{number:02d}.pdf"
    response = StreamingHttpResponse(_opened(held.pk, number), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _opened(run_id: int, number: int) -> Iterator[bytes]:
    with open_stored(part_path(run_id, number), keyring(settings.DATA_KEYS)) as sealed:
        while piece := sealed.read(_PIECE):
            yield piece


def _run(run_id: int) -> LabelRun:
    """A run within scope; 404 hides whether there is one elsewhere."""
    held = LabelRun.objects.filter(pk=run_id).first()
    if held is None:
        raise Http404
    return held


def _report(held: LabelRun) -> dict[str, Any]:
    missing = [
        {"character": character, "point": f"U+{ord(character):04X}", "numbers": numbers}
        for character, numbers in held.missing.items()
    ]
    size = layouts()[held.layout].per_sheet * SHEETS_A_PART
    return {
        "run": held,
        "place_name": full_name(held.place_code),
        "layout": layout_name(held.layout),
        "parts": range(1, held.parts + 1),
        "labels_a_part": size,
        "missing": missing,
        "who": names_of_users({held.user_id}).get(held.user_id, "") if held.user_id else "",
    }


def _lines(runs: Any) -> list[dict[str, Any]]:
    held = list(runs)
    names = names_of_users({one.user_id for one in held if one.user_id})
    places = full_names({one.place_code for one in held}) if held else {}
    return [
        {
            "run": one,
            "place": places.get(one.place_code, one.place_code),
            "layout": layout_name(one.layout),
            "who": names.get(one.user_id or 0, _("系统")),
        }
        for one in held
    ]
