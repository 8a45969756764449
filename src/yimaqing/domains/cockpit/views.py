"""The cockpit's pages and their figures as JSON."""

from __future__ import annotations

from hashlib import blake2b
from typing import TypedDict

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.cockpit.measures import INDICATORS
from yimaqing.domains.cockpit.page import DEFAULT_MEASURE, CockpitPage
from yimaqing.domains.cockpit.permissions import VIEW
from yimaqing.domains.cockpit.queries import (
    PAGE,
    HouseholdKey,
    NoSnapshot,
    Spot,
    households_of,
    measures,
    opened,
    roots,
    trend_of,
    visible_ranges,
)
from yimaqing.domains.places.queries import valid_places
from yimaqing.domains.registry.queries import lines_of
from yimaqing.kit.rowscope import Scope
from yimaqing.ui.vite import entry


class PointJson(TypedDict):
    """A point of a trend."""

    as_of: str
    value: int
    known: int
    reported: int


class FigureJson(TypedDict):
    """A figure of a place."""

    measure: str
    label: str
    value: int
    known: int
    reported: int
    villages: int
    people: int


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The widest place of the viewer; a choice when there are several."""
    places = roots(_scope(request))
    if len(places) == 1:
        return redirect("cockpit:place", places[0].code)
    return render(request, "cockpit/home.html", {"places": places})


@login_required
@require_GET
def place(request: HttpRequest, code: str) -> HttpResponse:
    """A place in ordinary mode; only the board for HTMX."""
    whole = request.headers.get("HX-Request") != "true"
    template = "cockpit/place.html" if whole else "cockpit/parts/board.html"
    return _board(request, code, template)


@login_required
@require_GET
def wall(request: HttpRequest, code: str) -> HttpResponse:
    """A place on a wall screen: dark, nothing scrolls, refreshed every minute."""
    return _board(request, code, "cockpit/wall.html")


@login_required
@require_GET
def households(request: HttpRequest, code: str) -> HttpResponse:
    """The households behind a figure, from the snapshot that the figure came from."""
    page = _page(request, code, request.GET.get("snapshot"))
    if page is None:
        return render(request, "cockpit/superseded.html", {"spot": _spot(code)}, status=410)
    after = _after(request.GET.get("after", ""))
    keys = households_of(page.snapshot, page.measure.code, page.ranges, after, PAGE + 1)
    shown = keys[:PAGE]
    following = f"{shown[-1].place_code}-{shown[-1].household_id}" if len(keys) > PAGE else ""
    context = {
        "page": page,
        "line": page.line(page.measure.code),
        "rows": household_rows(request, shown),
        "next": page.list_address(page.measure.code, following) if following else "",
    }
    return render(request, "cockpit/households.html", context)


@login_required
@require_GET
def definitions(request: HttpRequest) -> HttpResponse:
    """What each figure counts."""
    _scope(request)
    return render(request, "cockpit/definitions.html", {"measures": measures().values()})


@login_required
@require_GET
def figures_json(request: HttpRequest, code: str) -> HttpResponse:
    """Every figure of a place."""
    page = _page(request, code)
    if page is None:
        raise Http404
    figures = [
        FigureJson(
            measure=c,
            label=str(measures()[c].label),
            value=f.value,
            known=f.known,
            reported=f.reported,
            villages=f.villages,
            people=f.people,
        )
        for c, f in page.figures.items()
    ]
    answer = {
        "place": code,
        "snapshot": page.snapshot.id,
        "as_of": page.snapshot.as_of,
        "figures": figures,
    }
    return _kept(request, page, JsonResponse(answer))


@login_required
@require_GET
def trend_json(request: HttpRequest, code: str) -> HttpResponse:
    """A measure month by month."""
    spot = _spot(code)
    measure = request.GET.get("measure", DEFAULT_MEASURE)
    if measure not in measures():
        raise Http404
    points = [
        PointJson(as_of=p.as_of.isoformat(), value=p.value, known=p.known, reported=p.reported)
        for p in trend_of(measure, _visible(_scope(request), spot))
    ]
    return JsonResponse({"place": code, "measure": measure, "points": points})


def household_rows(request: HttpRequest, keys: list[HouseholdKey]) -> list[dict[str, object]]:
    """List rows: keys from the snapshot, names from the register under row-level security.

    A household that left the viewer's sight since the snapshot keeps its row, without a
    name, so that a list is as long as its figure says.
    """
    viewer: User = request.user  # type: ignore[assignment] # a page of those who are logged in
    lines = lines_of([k.household_id for k in keys], viewer=viewer)
    found = {line.household_id: line for line in lines}
    return [
        {
            "key": key,
            "line": found.get(key.household_id),
            "failing": [INDICATORS[code] for code in key.failing],
        }
        for key in keys
    ]


def _board(request: HttpRequest, code: str, template: str) -> HttpResponse:
    page = _page(request, code)
    if page is None:
        return render(request, "cockpit/no_snapshot.html", {"spot": _spot(code)})
    context: dict[str, object] = {"page": page, "all_measures": measures().values()}
    if page.at_village:
        keys = households_of(page.snapshot, page.measure.code, page.ranges)
        context["rows"] = household_rows(request, keys)
        context["line"] = page.line(page.measure.code)
    unchanged = get_conditional_response(request, etag=_etag(request, page))
    return unchanged or _kept(request, page, render(request, template, context))


def _page(request: HttpRequest, code: str, snapshot_id: str | None = None) -> CockpitPage | None:
    """The page; None when there is no such snapshot."""
    scope = _scope(request)
    spot = _spot(code)
    _visible(scope, spot)
    try:
        snapshot = opened(snapshot_id)
    except NoSnapshot:
        return None
    return CockpitPage(
        spot=spot,
        scope=scope,
        snapshot=snapshot,
        measure=request.GET.get("measure", DEFAULT_MEASURE),
        by=request.GET.get("by", ""),
    )


def _scope(request: HttpRequest) -> Scope:
    user = request.user
    scope = scope_of(user, VIEW) if user.is_authenticated else Scope.nothing()
    if not scope.ranges:
        raise PermissionDenied(_("驾驶舱只对有查看权限的领导和干部开放。"))
    return scope


def _spot(code: str) -> Spot:
    found = valid_places().filter(code=code).values_list("code", "name", "level").first()
    if found is None:
        raise Http404
    return Spot(*found)


def _visible(scope: Scope, spot: Spot) -> list[tuple[str, str]]:
    ranges = visible_ranges(scope, spot.code, spot.level)
    if not ranges:
        raise Http404  # the same answer as for a place that does not exist
    return ranges


def _after(text: str) -> tuple[str, int] | None:
    place_code, _dash, number = text.partition("-")
    sound = text.isascii() and place_code.isdecimal() and number.isdecimal()
    return (place_code, int(number)) if sound else None


def _etag(request: HttpRequest, page: CockpitPage) -> str:
    """One page of one snapshot for one viewer: nothing else changes what it shows."""
    parts = (
        page.snapshot.id,
        request.get_full_path(),
        request.headers.get("HX-Request", ""),
        str(request.user.pk),
        repr(page.ranges),
        page.outlines_version,
        get_language(),
        request.COOKIES.get("yimaqing_large_type", ""),
        entry("app").script,
        str(settings.DEMO),
    )
    return f'W/"{blake2b(chr(0).join(map(str, parts)).encode(), digest_size=12).hexdigest()}"'


def _kept(request: HttpRequest, page: CockpitPage, response: HttpResponse) -> HttpResponse:
    response["ETag"] = _etag(request, page)
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Cookie, HX-Request"
    return response
