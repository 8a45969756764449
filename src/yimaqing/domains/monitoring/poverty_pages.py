"""多维贫困: the index of Alkire and Foster by place and year, beside the official counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from yimaqing.domains.accounts.queries import permissions_of, require
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.doubts import Place
from yimaqing.domains.monitoring.poverty import kept
from yimaqing.domains.monitoring.poverty.index import HIGH, KNOWN, LOW, READINGS, Sums
from yimaqing.domains.monitoring.poverty.weights import Weights
from yimaqing.domains.monitoring.rulebook import in_force, patterns_folder, weights_in_force
from yimaqing.domains.monitoring.rules import RulesetInvalid
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS
from yimaqing.domains.monitoring.views import is_english
from yimaqing.domains.places.queries import children, path_of, valid_places
from yimaqing.kit.ids import PREFIX_LENGTH, subtree_bounds
from yimaqing.kit.rowscope import Scope

VILLAGE = 5
CUTOFFS = 3
_WORDS = {
    KNOWN: _("只算各项都清楚的户"),
    LOW: _("不明的当作不缺"),
    HIGH: _("不明的当作缺"),
}


@dataclass(frozen=True)
class Row:
    """A place, or a year, under the three readings of the unknown."""

    label: str
    address: str
    sums: Mapping[str, Sums]
    part: float | None = None

    @property
    def known(self) -> Sums:
        """Over the households of which everything is known."""
        return self.sums[KNOWN]

    @property
    def low(self) -> Sums:
        """The unknown as not lacking."""
        return self.sums[LOW]

    @property
    def high(self) -> Sums:
        """The unknown as lacking."""
        return self.sums[HIGH]


@login_required
@require_GET
def poverty(request: HttpRequest) -> HttpResponse:
    """The index of a place that lies wholly in the reader's scope."""
    scope = require(request.user, permissions.FIGURES)
    here = _place(scope, request.GET.get("place", ""))
    try:
        weights = weights_in_force()
    except RulesetInvalid as error:
        return render(request, "monitoring/poverty.html", {"here": here, "fault": str(error)})
    days = kept.days(patterns_folder())
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in days else next(iter(days), 0)
    context: dict[str, object] = {
        "here": here,
        "path": [place for place in path_of(here.code) if _is_whole(scope, place)],
        "weights": weights,
        "sees_rules": permissions.READ in permissions_of(request.user),
        "year": year,
        "day": days[year][0] if days else None,
    }
    if days:
        whole = _whole(days[year][1], here, weights)
        context |= {
            "whole": whole,
            "readings": [(_WORDS[reading], whole[reading]) for reading in READINGS],
            "cutoffs": _by_cutoff(days[year][1], here, weights),
            "indicators": _by_indicator(whole, weights),
            "below": _below(days[year][1], here, weights, whole, year),
            "years": [
                Row(f"{one}", f"?place={here.code}&year={one}", _whole(path, here, weights))
                for one, (_day, path) in days.items()
            ],
        }
    return render(request, "monitoring/poverty.html", context)


def _place(scope: Scope, code: str) -> Place:
    """The place asked for, else the widest of the reader's. Raise Http404 outside the scope."""
    if code:
        found = valid_places().filter(code=code, level__lte=VILLAGE).first()
        if found is None or not _is_whole(scope, found):
            raise Http404
        return found
    widest = valid_places().filter(level__lte=VILLAGE).order_by("level", "code")
    for low, high in scope.ranges:
        for place in widest.filter(code__gte=low, code__lt=high)[:1]:
            if _is_whole(scope, place):
                return place
    raise Http404


def _is_whole(scope: Scope, place: Place) -> bool:
    low, high = subtree_bounds(place.code, place.level)
    return any(start <= low and high <= end for start, end in scope.ranges)


def _whole(path: Path, here: Place, weights: Weights) -> Mapping[str, Sums]:
    bounds = subtree_bounds(here.code, here.level)
    return kept.of_whole(kept.measure(path, weights, bounds=bounds), weights)


def _by_cutoff(path: Path, here: Place, weights: Weights) -> list[Row]:
    """The same at the lowest cut-offs: how much hangs on where the line is drawn."""
    chosen = range(1, min(CUTOFFS, weights.total) + 1)
    return [
        Row(f"{points}", "", _whole(path, here, replace(weights, cutoff=points)))
        for points in chosen
    ]


def _below(
    path: Path, here: Place, weights: Weights, whole: Mapping[str, Sums], year: int
) -> list[Row]:
    """The places below of which anything was judged, those that make most of the index first."""
    if here.level >= VILLAGE:
        return []
    digits = PREFIX_LENGTH[here.level + 1]
    parts = kept.measure(path, weights, bounds=subtree_bounds(here.code, here.level), digits=digits)
    names = {place.code[:digits]: place for place in children(here.code)}
    rows = [
        Row(
            label=names[code].name if code in names else code,
            address=f"?place={names[code].code}&year={year}" if code in names else "",
            sums=sums,
            part=kept.part_of(sums[LOW], whole[LOW]),
        )
        for code, sums in parts.items()
    ]
    return sorted(rows, key=lambda row: -row.low.points)


def _by_indicator(whole: Mapping[str, Sums], weights: Weights) -> Sequence[Mapping[str, object]]:
    """Each indicator: its points, the poor who lack it, and what part of the index it makes."""
    ruleset = in_force(timezone.localdate())
    lines = zip(
        map(ruleset.indicator, INDICATORS),
        weights.points,
        *(whole[reading].lacking for reading in READINGS),
        whole[KNOWN].contributions,
        strict=True,
    )
    english = is_english()
    return [
        {
            "label": one.en if english else one.zh,
            "points": points,
            "known": known,
            "low": low,
            "high": high,
            "part": part,
        }
        for one, points, known, low, high, part in lines
    ]
