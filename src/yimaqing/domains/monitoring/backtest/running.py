"""Judging past days anew, knowing no more than was known then, and scoring what was said.

Two ways to stand in the past. *The register*: readings count from the day on which they were
both observed and stored; what the register says of people today says nothing of then, so only
rules that rest on readings are tested. *Snapshots*: each kept snapshot holds what was known when
it was taken, facts of the register included, and every rule is tested.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import ibis

from yimaqing.analytics import lake, run
from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.snapshot import add_results, greatest, take
from yimaqing.domains.monitoring.backtest import scoring
from yimaqing.domains.monitoring.rules import (
    FINDING,
    STANDING,
    Clock,
    Rulebook,
    Ruleset,
    check_ids,
    programme,
)
from yimaqing.domains.monitoring.rules.ruleset import COLOURS
from yimaqing.domains.registry import tables

Progress = Callable[[str], None]

#: Conditions whose facts are readings; others ask the register, which knows only today.
OF_READINGS = frozenset(
    {
        *("indicator_fails", "income_near_line", "income_cut", "reading_stale"),
        *("member_out_of_school", "member_uninsured", "member_school_unverified"),
    }
)
INCOME_LINE, LAST_YEAR = "income_line", "last_year"
_SOURCES = (tables.household, tables.person, tables.recorded_reading)
_ORDER = {"registry_household": ("id",), "registry_reading": ("indicator", "household_id", "id")}


class NothingToTest(ValueError):
    """There is no past day to judge, or nothing was known then; the text says what to do."""


@dataclass(frozen=True)
class Day:
    """A past day to judge, over a snapshot, each place by its rules of that day."""

    on: dt.date
    over: Snapshot
    book: Rulebook
    strict: bool = False
    """Only readings stored by that day, and rules that rest on readings."""
    every_rule: bool = True


@dataclass(frozen=True)
class Judged:
    """What was said on a day: its rows as files."""

    day: Day
    result: Snapshot


@dataclass(frozen=True)
class Scored:
    """What came out: a row a predictor, and how many households and villages were judged."""

    rows: list[dict[str, Any]]
    days: tuple[dt.date, ...]
    households: int
    villages: int
    fallen_before: int
    left_out: tuple[str, ...] = ()
    without_last_year: tuple[dt.date, ...] = field(default=())


def rules_of(ruleset: Ruleset, *, every_rule: bool) -> Ruleset:
    """The rules that can be tested: all, or those that rest on readings."""
    if every_rule:
        return ruleset
    kept = tuple(rule for rule in ruleset.rules if rule.condition in OF_READINGS)
    return replace(ruleset, rules=kept, by_code={})


def from_register(url: str, folder: Path, progress: Progress) -> Snapshot:
    """The register as it is, readings with the moment at which each was stored."""
    taken = take(url=url, lake=folder, tables=_SOURCES, order=_ORDER, progress=progress)
    check_ids(greatest(taken, "registry.reading", "id"))
    return taken


def known_by(snapshot: Snapshot, day: dt.date, *, trusted: bool) -> int:
    """How many readings were observed by the end of a day, and stored unless ``trusted``."""
    files = snapshot.files("registry.reading")
    if not files:
        return 0
    end = Clock(day).end
    stored = "" if trusted else " AND changed_at < ?"
    with connect() as connection:
        [(count,)] = connection.execute(
            f"SELECT count(*) FROM read_parquet(?) WHERE observed_at < ?{stored}",
            [files, end, *([] if trusted else [end])],
        ).fetchall()
    return int(count)


def judge(days: Iterable[Day], folder: Path, progress: Progress) -> list[Judged]:
    """Evaluate each day; results stay in ``folder``."""
    judged = []
    for day in days:
        progress(f"{day.on}")
        target = folder / f"{day.on:%Y%m%d}"
        target.mkdir(parents=True, exist_ok=True)
        for area, ruleset, there in day.book.parts(day.over):
            tested = rules_of(ruleset, every_rule=day.every_rule)
            whole = programme(tested, Clock(day.on), area, as_recorded=day.strict)
            run.evaluate(there, whole, target, spill=folder / "spill")
        held = add_results(Snapshot(target, day.over.taken_at, {}), (STANDING, FINDING))
        judged.append(Judged(day, held))
    return judged


def score(
    judged: Sequence[Judged],
    before: Mapping[dt.date, Judged],
    outcomes: Sequence[tuple[int, dt.date]],
    *,
    horizon: int,
    place: str = "",
    spill: Path | None = None,
) -> Scored:
    """Score what was said against what happened. ``before``: what was said a year earlier."""
    days = [one.day.on for one in judged]
    with connect(spill=spill) as connection:
        _fill(connection, judged, before, outcomes, place)
        asked = scoring.scores(
            scoring.population, scoring.flag, scoring.outcome, days=days, horizon=horizon
        )
        cursor = connection.execute(run.sql(asked))
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        [(households, villages)] = connection.execute(
            "SELECT count(DISTINCT household_id), count(DISTINCT village_code) FROM judged"
        ).fetchall()
        [(fallen,)] = connection.execute(
            "SELECT count(DISTINCT o.household_id) FROM outcome o JOIN judged j"
            " USING (household_id) WHERE o.happened_on <= ?",
            [min(days)],
        ).fetchall()
    kept = {
        rule.code
        for one in judged
        for held in one.day.book.sets
        for rule in rules_of(held, every_rule=one.day.every_rule).rules
    }
    every = {rule.code for one in judged for held in one.day.book.sets for rule in held.rules}
    return Scored(
        rows=rows,
        days=tuple(days),
        households=int(households),
        villages=int(villages),
        fallen_before=int(fallen),
        left_out=tuple(sorted(every - kept)),
        without_last_year=tuple(day for day in days if day not in before),
    )


def _fill(
    connection: duckdb.DuckDBPyConnection,
    judged: Sequence[Judged],
    before: Mapping[dt.date, Judged],
    outcomes: Sequence[tuple[int, dt.date]],
    place: str,
) -> None:
    """The three tables that are scored."""
    connection.execute(
        "CREATE TABLE judged (judged_on DATE, household_id BIGINT, village_code TEXT)"
    )
    connection.execute("CREATE TABLE flag (judged_on DATE, household_id BIGINT, predictor TEXT)")
    connection.execute("CREATE TABLE outcome (household_id BIGINT, happened_on DATE)")
    for start in range(0, len(outcomes), 100_000):
        ids, on = zip(*outcomes[start : start + 100_000], strict=True)
        connection.execute("INSERT INTO outcome SELECT unnest(?), unnest(?)", [list(ids), list(on)])
    for one in judged:
        _add(connection, one, place)
        if one.day.on in before:
            _add_list(connection, before[one.day.on], one.day.on, LAST_YEAR)
    connection.execute("CREATE VIEW population AS SELECT judged_on, household_id FROM judged")


def _add(connection: duckdb.DuckDBPyConnection, one: Judged, place: str) -> None:
    day = one.day.on
    connection.execute(
        "INSERT INTO judged SELECT ?, household_id, village_code"
        f" FROM {_rows(one, STANDING)} WHERE starts_with(place_code, ?)",
        [day, place],
    )
    connection.execute(
        f"INSERT INTO flag SELECT ?, household_id, ? FROM {_rows(one, STANDING)}"
        " WHERE income_state = 'fail'",
        [day, INCOME_LINE],
    )
    connection.execute(
        f"INSERT INTO flag SELECT ?, household_id, 'rule:' || rule_code FROM {_rows(one, FINDING)}",
        [day],
    )
    for scheme in sorted({held.scheme.code for held in one.day.book.sets}):
        for number, colour in enumerate(COLOURS, 1):
            _add_list(connection, one, day, f"scheme:{scheme}:{colour}", COLOURS[:number], scheme)


def _add_list(
    connection: duckdb.DuckDBPyConnection,
    one: Judged,
    day: dt.date,
    predictor: str,
    colours: Sequence[str] = COLOURS,
    scheme: str = "",
) -> None:
    """Households with a warning of one of the colours, of a scheme or of any, as of ``day``."""
    connection.execute(
        f"INSERT INTO flag SELECT DISTINCT ?::DATE, household_id, ? FROM {_rows(one, FINDING)}"
        " WHERE list_contains(?, colour) AND ? IN ('', scheme)",
        [day, predictor, list(colours), scheme],
    )


def _rows(one: Judged, table: str) -> str:
    """The day's rows of a result, as SQL."""
    files = one.result.files(table)
    if files:
        return f"read_parquet({files}, hive_partitioning = false)"
    names = ["household_id", "place_code", "village_code", "income_state"]
    names += ["rule_code", "scheme", "colour"]
    shape = ibis.table(
        {name: "int64" if name == "household_id" else "string" for name in names}, name=table
    )
    return run.nothing(shape)


def a_year_before(day: dt.date) -> dt.date:
    """The same day of the year before; the last of February for a leap day."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def month_ends(start: dt.date, end: dt.date) -> list[dt.date]:
    """The last days of the months from ``start`` to ``end``."""
    found: list[dt.date] = []
    month = start.replace(day=1)
    while True:
        following = (month + dt.timedelta(days=32)).replace(day=1)
        last = following - dt.timedelta(days=1)
        if last > end:
            return found
        if last >= start:
            found.append(last)
        month = following


def kept_snapshots(folder: Path) -> dict[dt.date, Snapshot]:
    """The last snapshot of each day that a lake keeps, by China's clock."""
    found: dict[dt.date, Snapshot] = {}
    for one in lake.snapshots(folder):  # the newest first
        day = (one.taken_at + dt.timedelta(hours=8)).date()
        if not one.facts.get("past") and "registry.reading" in one.tables:
            found.setdefault(day, one)
    return found


def scratch(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder of this run's own beside the lake's snapshots."""
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="backtest-", dir=folder)
