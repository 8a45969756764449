"""Which rule set judges a household: that of the most particular region around its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis.expr.types as ir

from yimaqing.analytics.lake import Snapshot
from yimaqing.domains.monitoring.rules.latest import is_in
from yimaqing.domains.monitoring.rules.ruleset import Ruleset

_COUNTY = 6


@dataclass(frozen=True)
class Area:
    """A region (prefix of place codes; "" is everywhere) without those inside of it."""

    region: str = ""
    without: tuple[str, ...] = ()

    def holds(self, place_code: str) -> bool:
        """Whether a place lies here."""
        return place_code.startswith(self.region) and not place_code.startswith(self.without)

    def counties(self, counties: Iterable[str]) -> list[str]:
        """Those of some counties (six digits) in which a place of the area may lie."""
        return [
            county
            for county in counties
            if (county.startswith(self.region) or self.region.startswith(county))
            and not county.startswith(self.without)
        ]

    def of(self, table: ir.Table) -> ir.Table:
        """The rows of the area, of a table whose counties are chosen: filtered only where the
        area ends within a county.
        """
        if len(self.region) > _COUNTY:
            table = table.filter(is_in(table.place_code, self.region))
        inner = [one for one in self.without if len(one) > _COUNTY]
        if inner:
            table = table.filter(~reduce(or_, (is_in(table.place_code, one) for one in inner)))
        return table


@dataclass(frozen=True)
class Rulebook:
    """The rule sets of a day, one for each region that has its own, the whole country first."""

    sets: tuple[Ruleset, ...]

    def at(self, place_code: str) -> Ruleset:
        """The rule set that judges at a place. Raise LookupError when none does."""
        found = [one for one in self.sets if place_code.startswith(one.region)]
        if not found:
            raise LookupError(f"no rule set is in force at {place_code or 'all places'}")
        return max(found, key=lambda one: len(one.region))

    def within(self, region: str) -> Rulebook:
        """The rule sets that judge anywhere in a region (prefix of place codes)."""
        around = (one.region for one in self.sets if region.startswith(one.region))
        widest = max(around, key=len, default=region)
        return Rulebook(
            tuple(one for one in self.sets if one.region == widest or one.region.startswith(region))
        )

    def areas(self) -> list[tuple[Area, Ruleset]]:
        """Each rule set with the places that it judges; together they are all places once."""
        regions = [one.region for one in self.sets]
        return [(Area(one.region, _inside(one.region, regions)), one) for one in self.sets]

    def area_of(self, region: str) -> Area:
        """The places that a rule set of a region would judge."""
        return Area(region, _inside(region, [one.region for one in self.sets]))

    def parts(self, snapshot: Snapshot) -> Iterator[tuple[Area, Ruleset, Snapshot]]:
        """Each rule set with its area and the counties of a snapshot in which it lies."""
        counties = snapshot.counties("registry.household")
        for area, ruleset in self.areas():
            there = area.counties(counties)
            if there:
                yield area, ruleset, snapshot.only(there)

    @property
    def identity(self) -> str:
        """All the rule sets by what warnings name."""
        return ", ".join(sorted(one.identity for one in self.sets))


def book_of(candidates: Iterable[Ruleset]) -> Rulebook:
    """Of the rule sets in force on a day (later made ones behind earlier ones) the newest of each
    region: that which begins last, then that which was made last.
    """
    newest: dict[str, Ruleset] = {}
    for one in candidates:
        held = newest.get(one.region)
        if held is None or one.effective_from >= held.effective_from:
            newest[one.region] = one
    return Rulebook(tuple(newest[region] for region in sorted(newest)))


def _inside(region: str, regions: Collection[str]) -> tuple[str, ...]:
    """The outermost of the other regions that lie within a region."""
    inner = sorted(one for one in regions if one != region and one.startswith(region))
    return tuple(one for one in inner if not any(one.startswith(o) for o in inner if o != one))
