"""Figures of a place and of what lies directly below it, within a scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Substr

from yimaqing.domains.cockpit.queries.standing import (
    STATES,
    Ranges,
    Snapshot,
    code_sql,
    inside,
    list_sql,
    measures,
    number_of,
)
from yimaqing.domains.places.queries import valid_places
from yimaqing.kit.ids import PREFIX_LENGTH, subtree_bounds
from yimaqing.kit.rowscope import Scope

VILLAGE = 5
PAGE = 50


@dataclass(frozen=True)
class Figure:
    """One measure of one place: counted, of how many known, in how many villages reported.

    ``people``: the members of the households counted.
    """

    code: str
    value: int
    known: int
    reported: int
    villages: int
    people: int = 0

    @property
    def unreported(self) -> bool:
        """No village of the place says anything: neither zero nor good."""
        return self.reported == 0

    @property
    def share(self) -> float | None:
        """Counted over known; None when nothing is known."""
        return self.value / self.known if self.known else None


@dataclass(frozen=True)
class HouseholdKey:
    """A household in the snapshot: what a list is ordered and continued by."""

    place_code: str
    household_id: int
    colour: str
    members: int
    failing: tuple[str, ...]


@dataclass(frozen=True)
class Spot:
    """A place as the cockpit needs it."""

    code: str
    name: str
    level: int


def visible_ranges(scope: Scope, code: str, level: int) -> list[tuple[str, str]]:
    """What of a place's subtree lies in the scope."""
    low, high = subtree_bounds(code, level)
    parts = ((max(low, a), min(high, b)) for a, b in scope.ranges)
    return sorted((a, b) for a, b in parts if a < b)


def whole(scope: Scope, code: str, level: int) -> bool:
    """Whether the scope holds the whole place."""
    return visible_ranges(scope, code, level) == [subtree_bounds(code, level)]


def roots(scope: Scope) -> list[Spot]:
    """The widest places that lie wholly in the scope, in the order of their codes."""
    found: list[Spot] = []
    for level in range(1, VILLAGE + 1):
        open_ranges = [r for r in scope.ranges if not _covered(r, found)]
        if not open_ranges:
            break
        inside_them = valid_places().filter(_within(open_ranges), level=level)
        for spot in (Spot(*p) for p in inside_them.values_list("code", "name", "level")):
            above = any(
                a <= spot.code < b for a, b in (subtree_bounds(r.code, r.level) for r in found)
            )
            if not above and whole(scope, spot.code, spot.level):
                found.append(spot)
    return sorted(found, key=lambda r: r.code)


def _covered(bounds: tuple[str, str], found: Iterable[Spot]) -> bool:
    return any(subtree_bounds(r.code, r.level) == bounds for r in found)


def expected_villages(ranges: Ranges, prefix: int) -> dict[str, int]:
    """How many villages should report, by the first ``prefix`` digits of their codes."""
    if not ranges:
        return {}
    below = valid_places().filter(_within(ranges), level=VILLAGE)
    counted = below.values(below=Substr("code", 1, prefix)).annotate(n=Count("code"))
    return {one["below"]: one["n"] for one in counted}


def _within(ranges: Ranges) -> Q:
    condition = Q(pk__in=[])
    for low, high in ranges:
        condition |= Q(code__gte=low, code__lt=high)
    return condition


def place_figures(snapshot: Snapshot, ranges: Ranges, villages: int) -> dict[str, Figure]:
    """Every measure over the ranges, by code."""
    where = inside(ranges)
    found = {
        int(str(m)): [int(str(one)) for one in sums]
        for m, *sums in snapshot.sums(
            "SELECT m, sum(n)::BIGINT, sum(d)::BIGINT, count(DISTINCT village_code),"
            f" sum(p)::BIGINT FROM cube WHERE {where} GROUP BY m"
        )
    }
    figures = {}
    for i, code in enumerate(measures()):
        value, known, reported, people = found.get(i, (0, 0, 0, 0))
        figures[code] = Figure(code, value, known, reported, villages, people)
    return figures


def figures_below(
    snapshot: Snapshot, code: str, ranges: Ranges, prefix: int, villages: Mapping[str, int]
) -> dict[str, Figure]:
    """One measure for each place below, by the first ``prefix`` digits of its code."""
    where = inside(ranges)
    found = snapshot.sums(
        f"SELECT substr(place_code, 1, {prefix}) AS below,"
        " sum(n)::BIGINT, sum(d)::BIGINT, count(DISTINCT village_code)"
        f" FROM cube WHERE m = {number_of(code)} AND {where} GROUP BY below"
    )
    return {
        str(below): Figure(
            code, int(str(n)), int(str(d)), int(str(reported)), villages.get(str(below), 0)
        )
        for below, n, d, reported in found
    }


def households_of(
    snapshot: Snapshot,
    code: str,
    ranges: Ranges,
    after: tuple[str, int] | None = None,
    size: int | None = PAGE,
) -> list[HouseholdKey]:
    """The households behind a figure, by place and number; ``size`` None gives all."""
    where = inside(ranges)
    if after:
        place_code, household_id = after
        where += f" AND (place_code, household_id) > ({code_sql(place_code)}, {int(household_id)})"
    states = ", ".join(f"{name}_state" for name in STATES)
    limit = f" LIMIT {int(size)}" if size else ""
    found = snapshot.rows(
        f"SELECT place_code, household_id, coalesce(colour, ''), member_count, {states}"
        f" FROM ({list_sql(code)}) WHERE {where}"
        f" ORDER BY place_code, household_id{limit}"
    )
    return [
        HouseholdKey(str(p), int(str(h)), str(c), int(str(m)), _failing(held))
        for p, h, c, m, *held in found
    ]


def _failing(states: list[object]) -> tuple[str, ...]:
    return tuple(name for name, state in zip(STATES, states, strict=True) if state == "fail")


def prefix_below(level: int) -> int:
    """How many digits tell the places below a level apart."""
    return PREFIX_LENGTH[min(level + 1, VILLAGE)]
