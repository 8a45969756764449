"""Pages of the registry: list, search, the household's file, unmasking, a new reading."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import ALL, columns_for, may, require
from yimaqing.domains.places.queries import children, full_name, needs_village, path_of
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.actions import (
    BadCorrection,
    BadReading,
    CannotUnmask,
    ChangedMeanwhile,
    PurposeMissing,
    correct_household,
    log_search,
    open_file,
    record_reading,
    unmask,
)
from yimaqing.domains.registry.forms import CorrectionForm, ReadingForm, UnmaskForm
from yimaqing.domains.registry.indicators import INDICATORS
from yimaqing.domains.registry.models import Household, Person
from yimaqing.domains.registry.openings import shown_openings
from yimaqing.domains.registry.queries import (
    PAGE,
    HouseholdLine,
    household_file,
    households_in,
    kind_of_search,
    lines_for,
    members_named,
    named_households,
    openable_household,
    results_of,
    search_households,
    timeline_of,
)
from yimaqing.domains.registry.summary import opening_sentence
from yimaqing.kit.ids import whole_number
from yimaqing.kit.plugins import plugins
from yimaqing.kit.rowscope import Scope, set_scope

#: Parts of the file that a scanned card opens in place: ``?section=members``.
SECTIONS = {
    name: f"registry/_{name}.html"
    for name in ("members", "living", "incomes", "measures", "payments", "results")
}

#: How a user came to the file; kept as the purpose of the opening.
CAME_FROM = {"scan": "扫码", "list": "名单", "warning": "预警", "todo": "待办", "cockpit": "驾驶舱"}


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _scope(request: HttpRequest) -> Scope:
    scope: Scope = request.scope  # type: ignore[attr-defined] # set by the scope middleware
    return scope


def _narrow(request: HttpRequest) -> None:
    """See only where the user may read files: another role may reach further than that."""
    scope = require(request.user, permissions.READ)
    request.scope = scope  # type: ignore[attr-defined] # typed by _scope
    set_scope(scope)


@login_required
@require_GET
def households(request: HttpRequest) -> HttpResponse:
    """Households below a place, a page at a time; places to go down to beside them.

    Who has no place but named households, as a helper, finds these.
    """
    _narrow(request)
    scope, after = _scope(request), _after(request.GET.get("after", ""))
    place_code = request.GET.get("place") or _first_place(scope)
    path = path_of(place_code) if place_code else []
    here = path[-1] if path else None
    if here:
        lines = households_in(here.code, here.level, after)
    else:
        lines = named_households(scope.household_ids, after)
    context = {
        "path": [p for p in path if scope.covers(p.code)],
        "here": here,
        "named": scope.household_ids,
        "below": children(here.code) if here else [],
        **_shown(request, lines),
        "next": _next_page(here.code if here else "", lines),
    }
    return render(request, "registry/households.html", context)


def _next_page(place_code: str, lines: Sequence[HouseholdLine]) -> str:
    """Address of the page after these lines; empty when they are the last."""
    if len(lines) < PAGE:
        return ""
    return "?" + urlencode({"place": place_code, "after": lines[-1].household_id})


@login_required
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Search by POST: a name or an ID number never stands in an address."""
    _narrow(request)
    user, text = _user(request), request.POST.get("q", "")[:40]
    kind = kind_of_search(text)
    shown = _shown(request, search_households(text, _scope(request).hull))
    if kind == "sealed":  # who may not see a number must not learn whose it is
        shown["rows"] = [line for line in shown["rows"] if line.columns is ALL]
    if kind:
        log_search(kind=kind, hits=len(shown["rows"]), by=user)
    return render(request, "registry/search.html", {**shown, "q": text})


@login_required
@require_GET
def file(request: HttpRequest, household_id: int) -> HttpResponse:
    """The household's file; opening it is logged with how the user came to it."""
    user = _user(request)
    household = _within_reach(user, household_id, permissions.READ)
    came_from = CAME_FROM.get(request.GET.get("from", ""), "日常工作")
    open_file(household=household, by=user, purpose=came_from)
    held = household_file(household)
    columns = columns_for(user, household.place_code, household.pk)
    panels = [
        (panel, panel.context(request, household))
        for module in plugins("panels")
        for panel in getattr(module, "file_panels", ())
    ]
    timeline = timeline_of(household)
    readings = [*held.readings, *(e["reading"] for e in timeline if e["kind"] == "reading")]
    persons = {reading.person_id for reading in readings if reading.person_id}
    context: dict[str, Any] = {
        "file": held,
        "household": household,
        "columns": columns,
        "may_see_living": "house_grade" in columns or "water_safe" in columns,
        "sentence": opening_sentence(held),
        "place_name": full_name(household.place_code[:12]),
        "results": results_of(household),
        "timeline": timeline,
        "members": members_named(persons) if "members" in columns else {},
        "openings": shown_openings(household),
        "panels": sorted(panels, key=lambda pair: pair[0].order),
        "indicators": INDICATORS,
        "may_unmask": may(user, permissions.UNMASK, household.place_code, household.pk),
        "may_edit": may(user, permissions.EDIT, household.place_code, household.pk),
        "unmask_form": UnmaskForm(),
    }
    # A part leaves out the page's own checks of columns, so it is for those who see them all.
    part = SECTIONS.get(request.GET.get("section", "")) if columns is ALL else None
    return render(request, part or "registry/file.html", context)


@login_required
@require_POST
def unmask_value(request: HttpRequest, household_id: int) -> HttpResponse:
    """One sealed value in clear, as a fragment; logged with its purpose."""
    user = _user(request)
    household = _within_reach(user, household_id, permissions.READ)
    form = UnmaskForm(request.POST)
    if not form.is_valid():
        said = next(iter(form.errors.get("note", [])), _("请先选择查看事由"))
        return HttpResponse(said, status=422)
    subject = _subject(household, form.cleaned_data["person"])
    try:
        value = unmask(
            subject=subject,
            field=form.cleaned_data["field"],
            purpose=form.stated_purpose,
            by=user,
        )
    except (PurposeMissing, KeyError):
        return HttpResponse(_("请先选择查看事由"), status=422)
    except CannotUnmask as error:
        raise PermissionDenied from error
    response = render(request, "registry/_clear_value.html", {"value": value})
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def new_reading(request: HttpRequest, household_id: int) -> HttpResponse:
    """A short form: one indicator, one value, when it was seen."""
    user = _user(request)
    household = _within_reach(user, household_id, permissions.EDIT)
    indicator = INDICATORS.get(request.GET.get("indicator", ""))
    if indicator is None:
        context = {"household": household, "indicators": INDICATORS}
        return render(request, "registry/choose_indicator.html", context)
    members = household_file(household).members
    form = ReadingForm(request.POST or None, indicator=indicator, members=members)
    if request.method == "POST" and form.is_valid():
        try:
            record_reading(household=household, by=user, **form.reading())
        except BadReading as error:
            form = form.again()
            form.add_error(None, str(error))
        else:
            return redirect("registry:file", household_id=household.pk)
    open_file(household=household, by=user, purpose="记读数")
    context = {"form": form, "household": household, "indicator": indicator}
    status = 422 if form.errors else 200
    return render(request, "registry/new_reading.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, household_id: int) -> HttpResponse:
    """What may be corrected by hand, filled with what the file says.

    Where somebody else was faster, both are shown side by side and nothing is written.
    """
    user = _user(request)
    household = _within_reach(user, household_id, permissions.EDIT)
    form = CorrectionForm.of(household, request.POST or None)
    differing: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            correct_household(household=household, by=user, **form.correction())
        except BadCorrection as error:
            form.add_error(None, str(error))
        except ChangedMeanwhile as error:
            household.refresh_from_db()
            differing = [
                {"label": form[name].label, "held": held, "entered": form.cleaned_data[name]}
                for name, held in error.fields.items()
            ]
            form = form.again(error.held)
        else:
            return redirect("registry:file", household_id=household.pk)
    open_file(household=household, by=user, purpose="更正")
    context = {"form": form, "household": household, "differing": differing}
    status = 409 if differing else 422 if form.errors else 200
    return render(request, "registry/correct.html", context, status=status)


def _shown(request: HttpRequest, lines: list[HouseholdLine]) -> dict[str, Any]:
    """Lines with what the user may see of each, and what any line shows."""
    rows = lines_for(_user(request), lines)
    return {
        "rows": rows,
        "shows_place": needs_village((r.place_code for r in rows), _scope(request).ranges),
        "shows_class": any("register_class" in row.columns for row in rows),
        "shows_group": any("causes" in row.columns for row in rows),
    }


def _within_reach(user: User, household_id: int, permission: str) -> Household:
    """The household, in scope and allowed; outside the scope it simply does not exist."""
    household = openable_household(household_id)
    if household is None:
        raise Http404
    if not may(user, permission, household.place_code, household.pk):
        raise PermissionDenied
    return household


def _subject(household: Household, person_id: int | None) -> Household | Person:
    if person_id is None:
        return household
    person = Person.objects.filter(
        place_code=household.place_code, household_id=household.pk, pk=person_id
    ).first()
    if person is None:
        raise Http404
    return person


def _first_place(scope: Scope) -> str:
    """Where a user's list begins: the first of the places assigned to him."""
    return scope.ranges[0][0].ljust(12, "0") if scope.ranges else ""


def _after(household_id: str) -> tuple[str, str, int] | None:
    """The sort key of the last line of the page before, found by its number."""
    number = whole_number(household_id)
    last = openable_household(number) if number is not None else None
    return (last.place_code, last.head_pinyin, last.pk) if last else None
