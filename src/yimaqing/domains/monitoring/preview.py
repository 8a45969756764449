"""What another rule set would change: every household of a snapshot judged by both.

Nothing is written. What both rule sets read alike (members, latest readings) is computed once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import ibis

from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.run import open_sources, sql
from yimaqing.domains.monitoring.rules import Area, Clock, Ruleset, members
from yimaqing.domains.monitoring.rules.findings import colour_of
from yimaqing.domains.monitoring.rules.households import weighed, with_latest
from yimaqing.domains.monitoring.rules.members import rule_bit
from yimaqing.domains.monitoring.rules.ruleset import COLOURS
from yimaqing.domains.registry import tables
from yimaqing.kit.ids import PREFIX_LENGTH

MEMORY_GIB = 1.0
CHANGES = ("enters", "leaves", "worse", "milder")
_MEMBERS, _JOINED = "members_of_either", "joined_of_either"
#: What makes the members, what lays households and readings beside them, what judges both.
Statements = tuple[str, str, str]
_SOURCES = (tables.household, tables.person, tables.reading)


@dataclass(frozen=True)
class Moved:
    """A household whose colour would change; "" is no colour."""

    household_id: int
    place_code: str
    change: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """How many households enter, leave, become worse or milder: in all, by place, group, rule."""

    households: int
    totals: dict[str, int]
    colours: dict[str, tuple[int, int]]
    places: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    seconds: float
    moved: list[Moved] = field(default_factory=list)

    def counted(self) -> dict[str, Any]:
        """All but the households."""
        found = asdict(self)
        del found["moved"]
        return found


def compare(
    snapshot: Snapshot,
    area: Area,
    before: Ruleset,
    after: Ruleset,
    clock: Clock,
    *,
    most: int,
    spill: Path | None = None,
) -> Comparison:
    """Both rule sets over the households of an area; at most ``most`` of those that move."""
    begun = time.perf_counter()
    counties = area.counties(snapshot.counties("registry.household"))
    was = _statements(area, before, clock)
    with ThreadPoolExecutor(1) as pool, connect(memory_gib=MEMORY_GIB, spill=spill) as duck:
        # DuckDB judges by the rules of before while Python compiles those of after.
        becomes = pool.submit(_statements, area, after, clock)
        open_sources(duck, snapshot, _SOURCES, counties)
        for name, query in _stages(was, becomes.result):
            duck.execute(f"CREATE TEMP TABLE {name} AS {query}")
        duck.execute(_both(area.region, after))
        [(households, *totals)] = duck.execute(
            f"SELECT count(*), {_tallies()} FROM both_judged"
        ).fetchall()
        return Comparison(
            households=households,
            totals=dict(zip(CHANGES, totals, strict=True)),
            colours=_colours(duck),
            places=_counted(duck, "place"),
            groups=_counted(duck, '"group"'),
            rules=_rules(duck, before, after),
            seconds=round(time.perf_counter() - begun, 2),
            moved=_moved(duck, most),
        )


def _stages(was: Statements, becomes: Callable[[], Statements]) -> Iterator[tuple[str, str]]:
    """Names and statements of what is computed, each once however many rule sets share it."""
    made: dict[str, str] = {}
    yield from _side("judged_before", was, made)
    yield from _side("judged_after", becomes(), made)


def _side(name: str, statements: Statements, made: dict[str, str]) -> Iterator[tuple[str, str]]:
    of_members, joined, judged = statements
    if of_members not in made:
        made[of_members] = f"members_{len(made)}"
        yield made[of_members], of_members
    joined = joined.replace(_MEMBERS, made[of_members])
    if joined not in made:
        made[joined] = f"joined_{len(made)}"
        yield made[joined], joined
    yield name, judged.replace(_JOINED, made[joined])


@lru_cache(maxsize=8)  # compiling takes as long as running over a county
def _statements(area: Area, ruleset: Ruleset, clock: Clock) -> Statements:
    """Members; households beside them and their latest readings; what is judged of both."""
    of_members = members(area.of(tables.person), tables.reading, ruleset, clock)
    kept = ibis.table(of_members.schema(), name=_MEMBERS)
    joined = with_latest(area.of(tables.household), tables.reading, kept, ruleset, clock)
    weighted = weighed(ibis.table(joined.schema(), name=_JOINED), ruleset, clock)
    judged = weighted.select("household_id", "fired", colour=colour_of(weighted, ruleset))
    return sql(of_members), sql(joined), sql(judged)


def _both(region: str, ruleset: Ruleset) -> str:
    """Both judgements of a household beside its place (one level below the region) and group."""
    length = next((n for n in sorted(PREFIX_LENGTH.values()) if n > len(region)), 12)
    branches = "".join(
        f" WHEN h.\"{one.column}\" = '{one.code}' THEN '{one.code}'"
        for one in ruleset.groups
        if one.code.replace("_", "").isalnum()
    )
    group = f"CASE{branches} ELSE '' END" if branches else "''"
    rank = " ".join(f"WHEN '{code}' THEN {n}" for n, code in enumerate(COLOURS, 1))
    was, is_now = (f"CASE {side}.colour {rank} ELSE 4 END" for side in ("b", "a"))
    return f"""
CREATE TEMP TABLE both_judged AS
SELECT b.household_id, h.place_code, left(h.place_code, {length}) AS place, {group} AS "group",
  coalesce(b.colour, '') AS before, coalesce(a.colour, '') AS after,
  b.fired AS fired_before, a.fired AS fired_after,
  CASE WHEN {was} = {is_now} THEN '' WHEN {was} = 4 THEN 'enters' WHEN {is_now} = 4 THEN 'leaves'
       WHEN {is_now} < {was} THEN 'worse' ELSE 'milder' END AS change
FROM judged_before b JOIN judged_after a USING (household_id)
JOIN registry_household h ON h.id = b.household_id"""


def _tallies() -> str:
    return ", ".join(f"count(*) FILTER (change = '{one}') AS {one}" for one in CHANGES)


def _counted(duck: duckdb.DuckDBPyConnection, by: str) -> list[dict[str, Any]]:
    """Where or in which group households move; the others are left out."""
    rows = duck.execute(
        f"SELECT {by}, {_tallies()} FROM both_judged WHERE change <> '' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return [{"code": code, **dict(zip(CHANGES, counts, strict=True))} for code, *counts in rows]


def _colours(duck: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, int]]:
    tallies = ", ".join(
        f"count(*) FILTER (before = '{code}'), count(*) FILTER (after = '{code}')"
        for code in COLOURS
    )
    [counts] = duck.execute(f"SELECT {tallies} FROM both_judged").fetchall()
    return {code: (counts[2 * n], counts[2 * n + 1]) for n, code in enumerate(COLOURS)}


def _rules(
    duck: duckdb.DuckDBPyConnection, before: Ruleset, after: Ruleset
) -> list[dict[str, Any]]:
    """Of how many households each situation is true before and after, where that changes."""

    def counts(ruleset: Ruleset, column: str) -> dict[str, int]:
        bits = [f"count(*) FILTER ({column} & {rule_bit(ruleset, r)} <> 0)" for r in ruleset.rules]
        [found] = duck.execute(f"SELECT {', '.join(bits)} FROM both_judged").fetchall()
        return {r.code: n for r, n in zip(ruleset.rules, found, strict=True)}

    old, new = counts(before, "fired_before"), counts(after, "fired_after")
    return [
        {"code": code, "before": old.get(code, 0), "after": new.get(code, 0)}
        for code in dict.fromkeys([*old, *new])
        if old.get(code, 0) != new.get(code, 0)
    ]


def _moved(duck: duckdb.DuckDBPyConnection, most: int) -> list[Moved]:
    """The first of those that move, by change and place."""
    order = " ".join(f"WHEN '{one}' THEN {n}" for n, one in enumerate(CHANGES))
    rows: Sequence[Any] = duck.execute(
        "SELECT household_id, place_code, change, before, after FROM both_judged"
        f" WHERE change <> '' ORDER BY CASE change {order} END, place_code, household_id LIMIT ?",
        [most],
    ).fetchall()
    return [Moved(*row) for row in rows]
