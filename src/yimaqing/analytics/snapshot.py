"""Taking a snapshot: published tables of PostgreSQL as Parquet, by county, all of one moment.

DuckDB reads within one repeatable-read transaction, so a household never appears without
its members. Memory is bounded by the connection; sorting spills to disk. A county's file of
which no row changed since the last snapshot is not written again: both snapshots hold the one
file, each under its own name, so that either can go without the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
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
    before = lakes.latest_snapshot(lake)
    taken_at = dt.datetime.now(dt.UTC)
    path = lakes.new_directory(lake, taken_at)
    connection = connect(spill=lake / "spill")
    signs: dict[str, dict[str, str]] = {}
    try:
        attach_postgres(connection, url)
        connection.execute("BEGIN TRANSACTION")
        for table in tables:
            name, sorting = lake_name(table), order.get(str(table.get_name()), ())
            progress(name)
            signs[name] = _signs(connection, table, sorting)
            same = _unchanged(before, name, signs[name])
            _copy(connection, table, path, sorting, sorted(set(signs[name]) - set(same)))
            for county in same:
                _share(before, name, county, path)
        connection.execute("COMMIT")
        rows = {
            lake_name(table): count_rows(connection, path, lake_name(table)) for table in tables
        }
    finally:
        connection.close()
    return Snapshot(path, taken_at, rows, signs=signs)


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


def _signs(
    connection: duckdb.DuckDBPyConnection, table: ir.Table, order: Sequence[str]
) -> dict[str, str]:
    """A sign of each county's rows, as of the transaction: it differs when any row does.

    PostgreSQL never changes a row in its place. Every version of a row has a place of its own
    and the number of the transaction that wrote it, so how many there are and one hash over
    both tell whether any was added, changed or taken away, at the cost of one scan and without
    a trigger. What is published, and from which database, belongs to the sign as well.
    """
    name = table.get_name()
    [(where,)] = _ask(
        connection,
        "SELECT concat_ws('.', s.system_identifier, c.timeline_id, d.oid,"
        f" 'public.{name}'::regclass::oid) FROM pg_control_system() s, pg_control_checkpoint() c,"
        " pg_database d WHERE d.datname = current_database()",
    )
    shape = hashlib.sha256(f"{where} {table.schema()} {order} {ROW_GROUP}".encode()).hexdigest()
    found = _ask(
        connection,
        "SELECT left(place_code, 6), count(*),"
        " bit_xor(hashtidextended(ctid, xmin::text::bigint))"
        f" FROM public.{name} GROUP BY 1",
    )
    return {county: f"{shape[:16]}.{count}.{mark}" for county, count, mark in found}


def _ask(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, ...]]:
    """What PostgreSQL itself answers, within the transaction."""
    rows: list[tuple[str, ...]] = connection.execute(
        "SELECT * FROM postgres_query('pg', ?)", [query]
    ).fetchall()
    return rows


def _unchanged(before: Snapshot | None, name: str, signs: Mapping[str, str]) -> list[str]:
    """The counties of a table whose rows are those of the snapshot before."""
    known = before.signs.get(name, {}) if before else {}
    return [county for county, sign in signs.items() if known.get(county) == sign]


def _share(before: Snapshot | None, name: str, county: str, path: Path) -> None:
    """Give the files of a county a second name in the new snapshot."""
    folder = path / name / f"county={county}"
    folder.mkdir(parents=True)
    for file in map(Path, before.files(name, [county]) if before else ()):
        try:
            os.link(file, folder / file.name)
        except OSError:  # another account's file, or a store that knows no second names
            shutil.copyfile(file, folder / file.name)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    table: ir.Table,
    path: Path,
    order: Sequence[str],
    counties: Sequence[str],
) -> None:
    """Write the rows of some counties; the range keeps PostgreSQL from sending all others."""
    if not counties:
        return
    columns = ", ".join(_column(name, str(kind)) for name, kind in table.schema().items())
    sort = ", ".join(f'"{name}"' for name in ("county", *order))
    listed = ", ".join(f"'{_code(county)}'" for county in counties)
    connection.execute(
        f"COPY (SELECT left(place_code, 6) AS county, {columns}"
        f" FROM pg.public.{table.get_name()}"
        f" WHERE place_code >= '{counties[0]}' AND place_code < '{counties[-1]}~'"
        f" AND left(place_code, 6) IN ({listed}) ORDER BY {sort})"
        f" TO '{path / lake_name(table)}' (FORMAT parquet, PARTITION_BY (county),"
        f" COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )


def _code(county: str) -> str:
    """A county's code, which becomes a part of a statement. Raises ValueError."""
    if not county.isdigit():
        raise ValueError(f"a place code begins with {county!r}, which is no county")
    return county


def _column(name: str, kind: str) -> str:
    """The column as published: instants in UTC without a zone, numbers in the stated width."""
    if kind.startswith("timestamp"):
        return f'("{name}" AT TIME ZONE \'UTC\') AS "{name}"'
    if kind in _TYPES:
        return f'"{name}"::{_TYPES[kind]} AS "{name}"'
    return f'"{name}"'
