"""Figures of earlier days, as they were stored after each evaluation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncMonth

from yimaqing.domains.cockpit.models import StoredFigure
from yimaqing.domains.cockpit.queries.standing import Ranges

MONTHS = 60


@dataclass(frozen=True)
class Point:
    """A figure as it stood at the last evaluation of a month."""

    as_of: dt.date
    value: int
    known: int
    reported: int


def trend_of(measure: str, ranges: Ranges) -> list[Point]:
    """One point a month, oldest first; a month without an evaluation has none."""
    days = StoredFigure.objects.filter(measure="households").values(month=TruncMonth("as_of"))
    last = days.annotate(day=Max("as_of")).order_by("-month").values_list("day", flat=True)
    found = (
        StoredFigure.objects.filter(_within(ranges), measure=measure, as_of__in=last[:MONTHS])
        .values("as_of")
        .annotate(
            total=Sum("value"),
            base=Sum("known"),
            reporting=Count("place_code", filter=Q(known__gt=0)),
        )
        .order_by("as_of")
    )
    return [Point(r["as_of"], r["total"], r["base"], r["reporting"]) for r in found]


def change_since(
    ranges: Ranges, before: dt.date, codes: list[str]
) -> tuple[dt.date, dict[str, int]] | None:
    """Values of the evaluation before a day, and its day; None when there was none."""
    held = StoredFigure.objects.filter(_within(ranges))
    # By one measure, newest first: the index (measure, as_of, place_code) ends it at once.
    earlier = held.filter(measure="households", as_of__lt=before).order_by("-as_of")
    day = earlier.values_list("as_of", flat=True).first()
    if day is None:
        return None
    then = held.filter(as_of=day, measure__in=codes).order_by("measure")
    sums = then.values_list("measure").annotate(total=Sum("value"))
    return day, dict.fromkeys(codes, 0) | dict(sums)


def _within(ranges: Ranges) -> Q:
    # An impossible condition for no range: no scope sees nothing.
    condition = Q(pk__in=[])
    for low, high in ranges:
        condition |= Q(place_code__gte=low, place_code__lt=high)
    return condition
