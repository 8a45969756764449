"""Snapshots for tests and benches: standing tables of made-up households in a lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from yimaqing.analytics import lake as lakes
from yimaqing.analytics.snapshot import add_results
from yimaqing.domains.cockpit.queries.standing import FINDING, STATES, STORED, TABLE

_serial = count(1)
_FINDING = pa.schema(
    [
        ("household_id", pa.int64()),
        ("county_code", pa.string()),
        ("colour", pa.string()),
        ("since_day", pa.int32()),
    ]
)


def standing_row(place_code: str, **fields: Any) -> dict[str, Any]:
    """A household without any warning: archived, lifted, all seven indicators pass."""
    return {
        "household_id": next(_serial),
        "place_code": place_code,
        "county_code": place_code[:6],
        "township_code": place_code[:9],
        "village_code": place_code[:12],
        "register_class": "archived",
        "group": "",
        "poverty_status": "lifted",
        "main_cause": "illness",
        "member_count": 3,
        **dict.fromkeys((f"{name}_state" for name in STATES), "pass"),
        "stale_count": 0,
        "missing_count": 0,
        "contradiction_count": 0,
        "colour": None,
        "scheme": "danfeng-2020",
        "as_of": dt.date(2020, 7, 31),
        **fields,
    }


def make_snapshot(
    lake: Path,
    rows: Iterable[Mapping[str, Any]],
    findings: Iterable[Mapping[str, Any]] | None = None,
) -> lakes.Snapshot:
    """A finished snapshot that holds these standings; later ones are newer.

    ``findings``: household_id, county_code, colour, since_day; None for a snapshot without.
    """
    standings = [dict(row) for row in rows]
    days = [row["as_of"] for row in standings]
    facts = {"as_of": max(days, default=dt.datetime.now(dt.UTC).date()).isoformat()}
    tables = {TABLE: pa.Table.from_pylist(standings, schema=STORED.to_pyarrow())}
    if findings is not None:
        tables[FINDING] = pa.Table.from_pylist([dict(f) for f in findings], schema=_FINDING)
    with lakes.writing(lake):
        taken_at = dt.datetime.now(dt.UTC)
        path = lakes.new_directory(lake, taken_at)
        with duckdb.connect() as connection:
            for name, table in tables.items():
                connection.register("rows", table)
                connection.execute(
                    f"COPY (SELECT *, county_code AS county FROM rows) TO '{path / name}'"
                    " (FORMAT parquet, PARTITION_BY (county))"
                )
        taken = lakes.Snapshot(path, taken_at, {}, facts)
        return lakes.finish(add_results(taken, list(tables)))
