"""A past day judged again from what was known on that day: a kept snapshot, that day's rules."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from yimaqing.analytics import engines, lake
from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.snapshot import add_results, lake_name
from yimaqing.domains.monitoring.rulebook import book_on
from yimaqing.domains.monitoring.rules import FINDING, STANDING, Clock, programme
from yimaqing.domains.registry import tables
from yimaqing.kit.files import make_private


class NotKept(LookupError):
    """No snapshot of that day or of an earlier one is kept."""


@dataclass(frozen=True)
class Again:
    """What came out: the snapshot, households, warnings by (colour, rule), and what differs.

    ``differs`` counts warnings that stand in only one of this result and the one of that day;
    None when the snapshot holds no result of that day.
    """

    snapshot: str
    taken_at: dt.datetime
    households: int
    warnings: dict[tuple[str, str], int]
    differs: int | None


def judge_again(*, day: dt.date, to: Path) -> Again:
    """Judge a past day from the last snapshot taken until its end; standings and findings go
    into the directory ``to``. Nothing in the product changes.

    Raise NotKept, LookupError when no rules were in force, FileExistsError when ``to`` is not
    empty, LakeBusy while a run writes, EngineUnusable.
    """
    engines.check(settings.ANALYTICS)
    if to.exists() and any(to.iterdir()):
        raise FileExistsError(to)
    book = book_on(day)
    with lake.writing(settings.LAKE):  # so that the snapshot stays
        held = _known(day)
        make_private(to)
        with engines.opened(settings.ANALYTICS, spill=settings.LAKE / "spill") as engine:
            for area, ruleset, there in book.parts(held):
                engine(there, programme(ruleset, Clock(day), area), to.resolve())
        done = add_results(Snapshot(to.resolve(), held.taken_at, {}), [STANDING, FINDING])
        stored = held if held.facts.get("as_of") == day.isoformat() else None
        return Again(
            held.name, held.taken_at, done.count(STANDING), _warnings(done), _differs(done, stored)
        )


def _known(day: dt.date) -> Snapshot:
    """The last snapshot taken until the end of a day by China's clock."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=lake.ZONE)
    held = lake.latest_until(settings.LAKE, end, lake_name(tables.household))
    if held is None:
        oldest = lake.snapshots(settings.LAKE)[-1:]
        since = oldest[0].taken_at.astimezone(lake.ZONE).date() if oldest else "—"
        raise NotKept(f"{day} 没有留下快照；最早的快照是 {since}")
    return held


_WARNINGS = (
    "(SELECT household_id, rule_code, colour"
    " FROM read_parquet({files}, hive_partitioning = false) WHERE colour <> '')"
)


def _of(held: Snapshot) -> str:
    """DuckDB's SQL of the warnings that a snapshot's findings make."""
    files = held.files(FINDING)
    if not files:
        return "(SELECT 0::BIGINT AS household_id, '' AS rule_code, '' AS colour LIMIT 0)"
    return _WARNINGS.format(files=files)


def _warnings(done: Snapshot) -> dict[tuple[str, str], int]:
    with connect() as connection:
        counted = connection.execute(
            f"SELECT colour, rule_code, count(*) FROM {_of(done)} GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return {(colour, rule): count for colour, rule, count in counted}


def _differs(done: Snapshot, stored: Snapshot | None) -> int | None:
    if stored is None:
        return None
    with connect() as connection:
        [(count,)] = connection.execute(
            f"WITH a AS {_of(done)}, b AS {_of(stored)} SELECT count(*) FROM"
            " ((FROM a EXCEPT ALL FROM b) UNION ALL (FROM b EXCEPT ALL FROM a))"
        ).fetchall()
    return int(count)
