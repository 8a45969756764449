"""What is kept of each year for the index, and reading it: no household, only counts by village."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import ibis

from yimaqing.analytics import run
from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.domains.monitoring.poverty import index
from yimaqing.domains.monitoring.poverty.index import KNOWN, READINGS, Sums
from yimaqing.domains.monitoring.poverty.weights import Weights
from yimaqing.domains.monitoring.rules import STANDING

Measured = Mapping[str, Mapping[str, Sums]]
"""Place → reading of the unknown → counts; the whole is the place ``""``."""


def keep(snapshot: Snapshot, as_of: dt.date, folder: Path) -> None:
    """Keep the patterns of a day that was judged, unless its year holds a later one."""
    held = days(folder)
    if as_of.year in held and held[as_of.year][0] > as_of:
        return
    files = snapshot.files(STANDING)
    rows = f"read_parquet({files}, hive_partitioning = false)" if files else run.nothing(_SHAPE)
    unfinished, path = folder / f".{as_of:%Y%m%d}", folder / f"{as_of:%Y%m%d}.parquet"
    with connect() as connection:
        connection.execute(f"CREATE VIEW standing AS SELECT * FROM {rows}")
        kept = run.sql(index.patterns(index.standing))
        connection.execute(f"COPY ({kept}) TO '{unfinished}' (FORMAT parquet)")
    unfinished.replace(path)
    if as_of.year in held and held[as_of.year][1] != path:
        held[as_of.year][1].unlink(missing_ok=True)


def days(folder: Path) -> dict[int, tuple[dt.date, Path]]:
    """Year → the last day of it that was judged, and its file; the newest year first."""
    found = {}
    for path in sorted(folder.glob("*.parquet")):
        day = dt.datetime.strptime(path.stem, "%Y%m%d").date()
        found[day.year] = (day, path)
    return dict(sorted(found.items(), reverse=True))


def measure(
    path: Path,
    weights: Weights,
    *,
    bounds: tuple[str, str] | None = None,
    digits: int = 0,
    unit: str = "households",
) -> Measured:
    """The counts of places, told apart by ``digits`` of their codes, within ``bounds``."""
    low, high = bounds or ("", "~")
    with connect() as connection:
        connection.execute(
            "CREATE TEMP TABLE patterns AS"
            " SELECT * FROM read_parquet(?) WHERE village_code >= ? AND village_code < ?",
            [str(path), low, high],
        )
        cursor = connection.execute(_asked(weights, digits, unit))
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    found: dict[str, dict[str, Sums]] = {}
    for row in rows:
        none = {reading: Sums(weights) for reading in READINGS}
        found.setdefault(row["place"], none)[row["reading"]] = Sums.of_row(weights, row)
    return found


@lru_cache(maxsize=64)  # compiling takes far longer than running over a year's counts
def _asked(weights: Weights, digits: int, unit: str) -> str:
    return run.sql(index.measured(index.stored, weights, digits=digits, unit=unit))


def of_whole(measured: Measured, weights: Weights) -> Mapping[str, Sums]:
    """The readings of the whole; nothing at all where nobody was judged."""
    return measured.get("", {reading: Sums(weights) for reading in READINGS})


def part_of(place: Sums, whole: Sums) -> float | None:
    """What part of the whole's index a place makes."""
    return place.points / whole.points if whole.points else None


_SHAPE = ibis.table(index.standing.schema(), name="nothing_judged")
__all__ = ["KNOWN", "Measured", "days", "keep", "measure", "of_whole", "part_of"]
