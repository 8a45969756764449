"""Taking a snapshot: published tables of PostgreSQL as Parquet, by county, all of one moment.

DuckDB reads within one repeatable-read transaction, so a household never appears without
its members. Memory is bounded by the connection; sorting spills to disk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import ibis.expr.types as ir

from yimaqing.analytics import lake as lakes
from yimaqing.analytics.connection import attach_postgres, connect
from yimaqing.analytics.lake import Snapshot

Progress = Callable[[str], None]

#: Rows of a row group: readers skip the groups that cannot hold what they look for.
ROW_GROUP = 16_384

_TYPES = {"int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "float64": "DOUBLE"}


def lake_name(table: ir.Table) -> str:
    """``registry_household`` in the database is ``registry.household`` in the lake."""
    return str(table.get_name()).replace("_", ".", 1)


def take(
    *,
    url: str,
    lake: Path,
    tables: Sequence[ir.Table],
    order: Mapping[str, Sequence[str]],
    progress: Progress = lambda _: None,
) -> Snapshot:
    """Copy ``tables`` into a new, still unfinished snapshot (``lake.finish`` makes it count).

    ``url`` is the owner's: row-level security would hide rows from anybody else. ``order``
    names the columns that files are sorted by, by the table's name in the database. Every
    table has ``place_code``; its first six digits are the county.
    """
    taken_at = dt.datetime.now(dt.UTC)
    path = lakes.new_directory(lake, taken_at)
    connection = connect(spill=lake / "spill")
    try:
        attach_postgres(connection, url)
        connection.execute("BEGIN TRANSACTION")
        for table in tables:
            progress(lake_name(table))
            _copy(connection, table, path, order.get(str(table.get_name()), ()))
        connection.execute("COMMIT")
        rows = {
            lake_name(table): count_rows(connection, path, lake_name(table)) for table in tables
        }
    finally:
        connection.close()
    return Snapshot(path, taken_at, rows)


def add_results(snapshot: Snapshot, names: Sequence[str]) -> Snapshot:
    """The snapshot with the tables ``names`` that were written beside it counted."""
    with connect() as connection:
        counted = {name: count_rows(connection, snapshot.path, name) for name in names}
    return replace(snapshot, rows={**snapshot.rows, **counted})


def count_rows(connection: duckdb.DuckDBPyConnection, path: Path, table: str) -> dict[str, int]:
    """Rows by county, from the files' footers."""
    if not any((path / table).glob("county=*/*.parquet")):
        return {}
    counted = connection.execute(
        "SELECT regexp_extract(file_name, 'county=([0-9]+)', 1) AS county,"
        " sum(num_rows)::BIGINT FROM parquet_file_metadata(?) GROUP BY 1 ORDER BY 1",
        [str(path / table / "county=*" / "*.parquet")],
    )
    return dict(counted.fetchall())


def greatest(snapshot: Snapshot, table: str, column: str) -> int:
    """The greatest whole number in a column, from the files' footers; 0 when there is none."""
    files = snapshot.files(table)
    if not files:
        return 0
    with connect() as connection:
        [(value,)] = connection.execute(
            "SELECT max(stats_max_value::BIGINT) FROM parquet_metadata(?) WHERE path_in_schema = ?",
            [files, column],
        ).fetchall()
    return int(value or 0)


def _copy(
    connection: duckdb.DuckDBPyConnection, table: ir.Table, path: Path, order: Sequence[str]
) -> None:
    columns = ", ".join(_column(name, str(kind)) for name, kind in table.schema().items())
    sort = ", ".join(f'"{name}"' for name in ("county", *order))
    target = path / lake_name(table)
    connection.execute(
        f"COPY (SELECT left(place_code, 6) AS county, {columns}"
        f" FROM pg.public.{table.get_name()} ORDER BY {sort})"
        f" TO '{target}' (FORMAT parquet, PARTITION_BY (county), COMPRESSION zstd,"
        f" ROW_GROUP_SIZE {ROW_GROUP})"
    )


def _column(name: str, kind: str) -> str:
    """The column as published: instants in UTC without a zone, numbers in the stated width."""
    if kind.startswith("timestamp"):
        return f'("{name}" AT TIME ZONE \'UTC\') AS "{name}"'
    if kind in _TYPES:
        return f'"{name}"::{_TYPES[kind]} AS "{name}"'
    return f'"{name}"'
