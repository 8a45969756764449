"""Pages of a place: its yearly files, its people, what lies below it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yimaqing.domains.places.actions import (
    add_contact,
    add_place,
    end_contact,
    set_origins,
    set_status,
)
from yimaqing.domains.places.forms import (
    ContactForm,
    LeaveForm,
    OriginForm,
    PlaceForm,
    StatusForm,
)
from yimaqing.domains.places.models import STANDINGS, Kind, Place
from yimaqing.domains.places.queries import (
    children,
    contacts_of,
    origins_of,
    path_of,
    place_around,
    statuses_of,
    years_of,
)
from yimaqing.kit.cards import FilePanel
from yimaqing.kit.plugins import plugins
from yimaqing.kit.rowscope import Scope

VILLAGE_LEVEL = 5


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """To the first place of the user's scope, else to the place that holds his households."""
    scope: Scope = request.scope  # type: ignore[attr-defined] # set by the scope middleware
    if scope.ranges:
        return redirect("places:place", code=scope.ranges[0][0].ljust(12, "0"))
    around = place_around(*scope.household_hull) if scope.household_hull else None
    if around is None:
        return render(request, "places/none.html")
    return redirect("places:place", code=around.code)


@login_required
@require_GET
def place(request: HttpRequest, code: str) -> HttpResponse:
    """The file of a place: public facts of the administration, so no scope applies."""
    here = _place(code)
    context: dict[str, Any] = {
        "here": here,
        "former_names": here.former_names.all(),
        "path": path_of(code),
        "years": years_of(code)[:10],
        "statuses": statuses_of(code),
        "contacts": contacts_of(code),
        "below": children(code),
        "origins": origins_of(code),
        "may_edit": _may_edit(request, here),
        "is_site": here.kind == Kind.RESETTLEMENT_SITE,
        "may_add_below": here.level >= VILLAGE_LEVEL,
        "has_statuses": here.kind in STANDINGS,
        "panels": _panels(request, here),
    }
    return render(request, "places/place.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_contact(request: HttpRequest, code: str) -> HttpResponse:
    """Name the person on duty for a place."""
    here = _editable(request, code)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_contact(place=here, by=request.user, **form.cleaned_data)
        return redirect("places:place", code=code)
    return _form_page(request, here, form, _("添加负责人"))


@login_required
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, code: str, contact_id: int) -> HttpResponse:
    """Say from when somebody is no longer on duty; nobody need follow."""
    here = _editable(request, code)
    contact = get_object_or_404(contacts_of(code), pk=contact_id)
    form = LeaveForm(contact, request.POST or None)
    if request.method == "POST" and form.is_valid():
        end_contact(contact=contact, by=request.user, **form.cleaned_data)
        return redirect("places:place", code=code)
    return _form_page(request, here, form, _("%(name)s 离任") % {"name": contact.name})


@login_required
@require_http_methods(["GET", "POST"])
def edit_status(request: HttpRequest, code: str) -> HttpResponse:
    """Say which status a village or county holds; opens with the one that holds now."""
    here = _editable(request, code)
    if here.kind not in STANDINGS:
        raise Http404
    now = statuses_of(code).filter(ends_on=None).values("status", "starts_on", "source").first()
    form = StatusForm(here, request.POST or None, initial=now or {})
    if request.method == "POST" and form.is_valid():
        set_status(place=here, by=request.user, **form.cleaned_data)
        return redirect("places:place", code=code)
    return _form_page(request, here, form, _("登记属性"))


@login_required
@require_http_methods(["GET", "POST"])
def new_place(request: HttpRequest, code: str) -> HttpResponse:
    """Add a natural village, grid cell, estate, building or resettlement site."""
    here = _editable(request, code)
    if here.level < VILLAGE_LEVEL:
        raise PermissionDenied
    form = PlaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                added = add_place(
                    code=here.code + data["digits"],
                    name=data["name"],
                    kind=data["kind"],
                    parent=here,
                    by=request.user,
                )
        except IntegrityError:
            form.add_error("digits", _("这个编号已被使用：请换一个编号"))
        else:
            return redirect("places:place", code=added.code)
    return _form_page(request, here, form, _("添加下级地点"))


@login_required
@require_http_methods(["GET", "POST"])
def edit_origins(request: HttpRequest, code: str) -> HttpResponse:
    """Say which villages the people of a resettlement site came from."""
    here = _editable(request, code)
    lines = [f"{o.village_id} {o.households or ''}".strip() for o in origins_of(code)]
    form = OriginForm(request.POST or None, initial={"villages": "\n".join(lines)})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                set_origins(site=here, by=request.user, **form.cleaned_data)
        except ValueError as error:
            form.add_error("villages", str(error))
        else:
            return redirect("places:place", code=code)
    return _form_page(request, here, form, _("迁出村"))


def _panels(request: HttpRequest, here: Place) -> list[tuple[FilePanel, dict[str, Any]]]:
    """What other domains add to the page, with what each shows."""
    every: list[FilePanel] = [
        panel for module in plugins("panels") for panel in getattr(module, "place_panels", ())
    ]
    shown = [(panel, panel.context(request, here)) for panel in every]
    return sorted(
        ((panel, context) for panel, context in shown if context is not None),
        key=lambda pair: pair[0].order,
    )


def _form_page(request: HttpRequest, here: Place, form: Form, title: str) -> HttpResponse:
    context = {"here": here, "form": form, "title": title}
    return render(request, "places/form.html", context, status=422 if form.errors else 200)


def _place(code: str) -> Place:
    found = Place.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _editable(request: HttpRequest, code: str) -> Place:
    here = _place(code)
    if not _may_edit(request, here):
        raise PermissionDenied
    return here


def _may_edit(request: HttpRequest, here: Place) -> bool:
    """``request.may`` is put there by the accounts domain, which lies above this one."""
    return bool(request.may("places.edit", here.code))  # type: ignore[attr-defined]
