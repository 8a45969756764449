"""H, A and M0 as whole numbers: pure Ibis over a table, without Django.

``patterns`` keeps of a day what any index needs: how many households (and people) of a village
are in which states, and on which official list. ``measured`` adds them up for a group of
places: everything is a count, so that parts add up to the whole exactly; shares are made of
the counts afterwards (``Sums``).

Unknown is a state of its own. It is read three ways: ``low`` as if nothing unknown were
lacking, ``high`` as if all of it were, and ``known`` over the households of which all
indicators with a weight are known. The truth lies between low and high.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, and_
from typing import Any

import ibis
import ibis.expr.types as ir

from yimaqing.domains.monitoring.poverty.weights import Weights
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS

LOW, HIGH, KNOWN = "low", "high", "known"
READINGS = (KNOWN, LOW, HIGH)
#: Poverty states of the register that mean poor by the official count.
OFFICIALLY_POOR = ("unlifted", "returned")

standing = ibis.table(
    {
        "village_code": "string",
        "group": "string",
        "poverty_status": "string",
        "member_count": "int32",
        **{f"{code}_state": "string" for code in INDICATORS},
    },
    name="standing",
)
stored = ibis.table(
    {
        "village_code": "string",
        **dict.fromkeys(INDICATORS, "string"),
        "poor": "boolean",
        "listed": "boolean",
        "households": "int64",
        "people": "int64",
    },
    name="patterns",
)


def patterns(standing: ir.Table) -> ir.Table:
    """How many households and people of a village are in which states, on which list.

    ``poor`` by the official count, ``listed`` among those or in one of the monitored groups.
    """
    poor = standing.poverty_status.isin(OFFICIALLY_POOR).fill_null(False)
    watched = (standing["group"] != "").fill_null(False)
    told = standing.select(
        "village_code",
        **{code: standing[f"{code}_state"] for code in INDICATORS},
        poor=poor,
        listed=poor | watched,
        members=standing.member_count.fill_null(0),
    )
    keys = ["village_code", *INDICATORS, "poor", "listed"]
    return told.group_by(keys).agg(households=told.count(), people=told.members.sum().cast("int64"))


def measured(patterns: ir.Table, weights: Weights, *, digits: int, unit: str) -> ir.Table:
    """One row a place (the first ``digits`` digits of its code) and reading of the unknown.

    ``n`` households or people (``unit``), ``q`` of them poor in many respects, ``points`` that
    those lack, ``of_…`` how many of the poor lack the indicator, ``unlisted`` how many of them
    are on no official list; ``poor`` and ``listed`` the official counts.
    """
    return ibis.union(
        *(_read(patterns, weights, reading, digits=digits, unit=unit) for reading in READINGS)
    )


def _read(
    patterns: ir.Table, weights: Weights, reading: str, *, digits: int, unit: str
) -> ir.Table:
    lacking = {code: _lacks(patterns[code], reading) for code in INDICATORS}
    score = reduce(
        add,
        (
            ibis.ifelse(lacking[code], points, 0)
            for code, points in zip(INDICATORS, weights.points, strict=True)
        ),
    )
    told = patterns.mutate(
        place=patterns.village_code.left(digits),
        score=score.cast("int64"),
        counted=patterns[unit],
        **{f"lacks_{code}": lacking[code] for code in INDICATORS},
    )
    if reading == KNOWN:
        weighed = (c for c, points in zip(INDICATORS, weights.points, strict=True) if points)
        told = told.filter(reduce(and_, (told[code] != "unknown" for code in weighed)))
    poor = told.score >= weights.cutoff
    return told.group_by("place").agg(
        reading=ibis.literal(reading),
        n=told.counted.sum(),
        q=_sum(told, poor),
        points=(told.score * told.counted).sum(where=poor).fill_null(0).cast("int64"),
        **{f"of_{code}": _sum(told, poor & told[f"lacks_{code}"]) for code in INDICATORS},
        unlisted=_sum(told, poor & ~told.listed),
        poor=_sum(told, told.poor),
        listed=_sum(told, told.listed),
    )


def _lacks(state: ir.StringValue, reading: str) -> ir.BooleanValue:
    return state.isin(["fail", "unknown"]) if reading == HIGH else state == "fail"


def _sum(table: ir.Table, condition: ir.BooleanValue) -> ir.IntegerValue:
    return table.counted.sum(where=condition).fill_null(0).cast("int64")


@dataclass(frozen=True)
class Sums:
    """The counts of one place under one reading, and the index that they make."""

    weights: Weights
    n: int = 0
    q: int = 0
    points: int = 0
    of: tuple[int, ...] = (0,) * len(INDICATORS)
    unlisted: int = 0
    poor: int = 0
    listed: int = 0

    @staticmethod
    def of_row(weights: Weights, row: Mapping[str, Any]) -> Sums:
        """The counts of a row of ``measured``."""
        return Sums(
            weights,
            n=int(row["n"]),
            q=int(row["q"]),
            points=int(row["points"]),
            of=tuple(int(row[f"of_{code}"]) for code in INDICATORS),
            unlisted=int(row["unlisted"]),
            poor=int(row["poor"]),
            listed=int(row["listed"]),
        )

    @property
    def h(self) -> float | None:
        """Incidence: the share that is poor in many respects."""
        return self.q / self.n if self.n else None

    @property
    def a(self) -> float | None:
        """Intensity: what share of the weights the poor lack on average."""
        return self.points / (self.q * self.weights.total) if self.q else None

    @property
    def m0(self) -> float | None:
        """The index: incidence times intensity."""
        return self.points / (self.n * self.weights.total) if self.n else None

    @property
    def contributions(self) -> tuple[float | None, ...]:
        """What part of the index each indicator makes; together they are one."""
        return tuple(
            points * lacking / self.points if self.points else None
            for points, lacking in zip(self.weights.points, self.of, strict=True)
        )

    @property
    def lacking(self) -> tuple[float | None, ...]:
        """The share of all who are poor and lack the indicator (censored headcount)."""
        return tuple(one / self.n if self.n else None for one in self.of)
