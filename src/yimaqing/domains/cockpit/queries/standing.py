"""The newest snapshot's standing table in DuckDB, and the cube of every measure over it.

The cube has a row for each place and measure of which anything is known: the measure's
number ``m``, what holds ``n``, what is known ``d``, the people of what holds ``p``. It is
made once a snapshot (0.2 s for
210,000 households); each figure is then a sum over it, and lists read the same Parquet.
One row a measure, not two columns: planning a query of 150 sums cost 50 ms, this one 15.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

import duckdb
import ibis
from django.conf import settings

from yimaqing.analytics import lake
from yimaqing.analytics.connection import connect
from yimaqing.analytics.measure import Measure
from yimaqing.analytics.run import nothing
from yimaqing.kit.plugins import plugins

STATES = ("food", "clothing", "education", "medical", "housing", "water", "income")
STORED = ibis.schema(
    {
        "household_id": "int64",
        "place_code": "string",
        "county_code": "string",
        "township_code": "string",
        "village_code": "string",
        "register_class": "string",
        "group": "string",
        "poverty_status": "string",
        "main_cause": "string",
        "member_count": "int32",
        **{f"{name}_state": "string" for name in STATES},
        "stale_count": "int32",
        "missing_count": "int32",
        "contradiction_count": "int32",
        "colour": "string",
        "scheme": "string",
        "as_of": "date",
    }
)
#: What the view ``standing`` offers: the stored columns, and the age of a household's warnings:
#: ``warned_days`` (days from its oldest warning's observation to ``as_of``; null for none, and
#: where a warning rests on facts without a day), ``ages_known`` (the snapshot holds findings).
STANDING = ibis.table({**STORED, "warned_days": "int32", "ages_known": "boolean"}, name="standing")
TABLE = "monitoring.standing"
FINDING = "monitoring.finding"
Ranges = Sequence[tuple[str, str]]
_CODE = re.compile(r"[0-9]+:?")  # ':' follows '9': the end of a range
KEPT = 2_000  # answers a snapshot; one is at most a row for each place below
_opening = Lock()


class NoSnapshot(LookupError):
    """There is no snapshot with results yet, or the one asked for is gone."""


@dataclass(frozen=True)
class Snapshot:
    """An opened snapshot: its name in the lake, the day that its results hold for."""

    id: str
    as_of: dt.date
    connection: duckdb.DuckDBPyConnection
    _kept: dict[str, list[tuple[object, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of a query; each call has its own cursor, so threads do not meet.

        Values stand in the text (``code_sql``): the first query with parameters makes DuckDB
        import pandas, to tell its types apart, which cost a worker's first visitor 1.5 s.
        """
        return self.connection.cursor().execute(sql).fetchall()

    def sums(self, sql: str) -> list[tuple[object, ...]]:
        """As ``rows``, for a few rows of sums: the answer is kept, as a snapshot never changes."""
        if sql not in self._kept:
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[sql] = self.rows(sql)
        return self._kept[sql]


@cache
def measures() -> dict[str, Measure]:
    """Every measure that the enabled domains offer, by code, in their order."""
    found = [m for module in plugins("measures") for m in module.measures]
    return {m.code: m for m in found}


def newest() -> lake.Snapshot:
    """The newest snapshot of the lake that holds results; raises NoSnapshot."""
    found = lake.latest_snapshot(settings.LAKE, holding=TABLE)
    if found is None:
        raise NoSnapshot
    return found


def opened(snapshot_id: str | None = None) -> Snapshot:
    """The snapshot named, else the newest; raises NoSnapshot when it is not in the lake."""
    held = newest() if snapshot_id is None else _named(snapshot_id)
    with _opening:
        return _open(held.path)


def _named(snapshot_id: str) -> lake.Snapshot:
    if not snapshot_id.isalnum():
        raise NoSnapshot(snapshot_id)
    try:
        held = lake.read_manifest(settings.LAKE / "snapshots" / snapshot_id)
    except FileNotFoundError as error:
        raise NoSnapshot(snapshot_id) from error
    if TABLE not in held.tables:
        raise NoSnapshot(snapshot_id)
    return held


def code_sql(code: str) -> str:
    """A place code, or the bound of a range, as SQL. Raises ValueError for anything else."""
    if not _CODE.fullmatch(code):
        raise ValueError(code)
    return f"'{code}'"


def inside(ranges: Ranges, column: str = "place_code") -> str:
    """SQL for "the place lies in one of the ranges"."""
    parts = (
        f"({column} >= {code_sql(low)} AND {column} < {code_sql(high)})" for low, high in ranges
    )
    return f"({' OR '.join(parts)})" if ranges else "false"


@cache
def list_sql(code: str) -> str:
    """The households behind a measure, as SQL over the view ``standing``."""
    return str(ibis.to_sql(STANDING.filter(measures()[code].holds_in(STANDING)), dialect="duckdb"))


@cache
def number_of(code: str) -> int:
    """The measure's number in the cube."""
    return list(measures()).index(code)


@cache
def _wide_sql() -> str:
    sums = {}
    for i, measure in enumerate(measures().values()):
        sums[f"n{i}"] = measure.total(STANDING, measure.holds_in(STANDING))
        sums[f"d{i}"] = measure.total(STANDING, measure.among_in(STANDING))
        sums[f"p{i}"] = replace(measure, weight="people").total(
            STANDING, measure.holds_in(STANDING)
        )
    wide = STANDING.group_by("place_code", "village_code").aggregate(**sums)
    return str(ibis.to_sql(wide, dialect="duckdb"))


@cache
def _cube_sql() -> str:
    parts = (
        f"SELECT place_code, village_code, {i}::SMALLINT AS m, n{i} AS n, d{i} AS d, p{i} AS p"
        " FROM wide"
        for i in range(len(measures()))
    )
    together = " UNION ALL ".join(parts)
    return (
        f"CREATE TABLE cube AS WITH wide AS MATERIALIZED ({_wide_sql()})"
        f" SELECT * FROM ({together}) WHERE d > 0 ORDER BY m, place_code"
    )


@lru_cache(maxsize=3)
def _open(path: Path) -> Snapshot:
    held = lake.read_manifest(path)
    connection = connect()
    connection.execute(_view_sql(connection, held))
    connection.execute(_cube_sql())
    return Snapshot(path.name, dt.date.fromisoformat(held.facts["as_of"]), connection)


def _view_sql(connection: duckdb.DuckDBPyConnection, held: lake.Snapshot) -> str:
    """The view ``standing``; with findings, the day of each household's oldest one beside it."""
    columns = ", ".join(f's."{name}"' for name in STORED.names)
    files = held.files(TABLE)
    rows = f"read_parquet({files}, hive_partitioning = false)" if files else nothing(STANDING)
    stored = f"{rows} s"
    if FINDING not in held.tables:
        return (
            f"CREATE VIEW standing AS SELECT {columns}, NULL::INTEGER AS warned_days,"
            f" false AS ages_known FROM {stored}"
        )
    findings = held.files(FINDING)
    connection.execute(
        "CREATE TABLE warned (household_id BIGINT, since_day INTEGER)"
        if not findings
        else "CREATE TABLE warned AS SELECT household_id, min(since_day)::INTEGER AS since_day"
        f" FROM read_parquet({findings}, hive_partitioning = false)"
        " WHERE coalesce(colour, '') <> '' GROUP BY household_id"
    )
    return (
        f"CREATE VIEW standing AS SELECT {columns},"
        " (s.as_of - (DATE '1970-01-01' + w.since_day))::INTEGER AS warned_days,"
        f" true AS ages_known FROM {stored} LEFT JOIN warned w USING (household_id)"
    )
