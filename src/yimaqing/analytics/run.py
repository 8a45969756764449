"""Running expressions over a snapshot, ranges of counties side by side.

Each range is small enough for the processor's cache and for any memory limit; what it
needs never depends on the size of the whole. Each worker is a DuckDB of one thread: on two
cores that does a fifth more than one DuckDB of two threads. Expressions are compiled once.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue

import duckdb
import ibis
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from yimaqing.analytics.connection import MEMORY_GIB, connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.snapshot import lake_name

#: Rows of the leading table in one range: measured on 30 million households; half of it
#: plans as long as it runs, twice of it leaves the cache.
RANGE_ROWS = 144_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Stage:
    """An intermediate table that later stages and outputs read by ``name``."""

    name: str
    expression: ir.Table


@dataclass(frozen=True)
class Output:
    """A result, written as the lake's table ``name``; it has a column ``county_code``."""

    name: str
    expression: ir.Table


@dataclass(frozen=True)
class Programme:
    """What to run: published tables that are read (the leading one first), stages, outputs."""

    sources: tuple[ir.Table, ...]
    stages: tuple[Stage, ...]
    outputs: tuple[Output, ...]

    @cached_property
    def statements(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """(name, SQL) of each stage and of each output; compiling takes about a second."""
        return (
            [(stage.name, _as_rows(stage.expression)) for stage in self.stages],
            [(output.name, _constants_as_enum(sql(output.expression))) for output in self.outputs],
        )

    @cached_property
    def digest(self) -> str:
        """What tells this programme from another one."""
        return hashlib.sha256(repr(self.statements).encode()).hexdigest()[:8]


def ranges(snapshot: Snapshot, table: str, size: int = RANGE_ROWS) -> Iterator[list[str]]:
    """Counties grouped so that each group has about ``size`` rows of ``table``."""
    group: list[str] = []
    rows = 0
    for county, count in sorted(snapshot.rows.get(table, {}).items()):
        if group and rows + count > size:
            yield group
            group, rows = [], 0
        group.append(county)
        rows += count
    if group:
        yield group


def evaluate(
    snapshot: Snapshot,
    programme: Programme,
    target: Path,
    *,
    size: int = RANGE_ROWS,
    workers: int | None = None,
    memory_gib: float = MEMORY_GIB,
    spill: Path | None = None,
    progress: Progress = lambda _done, _all: None,
) -> None:
    """Run a programme over every range and write its outputs under ``target`` by county.

    Its files have other names than those of another programme with the same outputs.
    All workers together use ``memory_gib``. The first error ends the run.
    """
    stages, outputs = programme.statements
    groups = list(ranges(snapshot, lake_name(programme.sources[0]), size))
    count = min(workers or os.cpu_count() or 1, len(groups)) or 1
    idle: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    held = [connect(memory_gib=memory_gib / count, threads=1, spill=spill) for _ in range(count)]
    for connection in held:
        idle.put(connection)

    def one_range(number: int, counties: Sequence[str]) -> None:
        connection = idle.get()
        try:
            open_sources(connection, snapshot, programme.sources, counties)
            for name, query in stages:
                _keep(connection, name, query)
            for name, query in outputs:
                _write(connection, query, target / name, f"range{number:05d}_{programme.digest}")
        finally:
            idle.put(connection)

    try:
        with ThreadPoolExecutor(count) as pool:
            running = [pool.submit(one_range, *group) for group in enumerate(groups)]
            try:
                for done, future in enumerate(as_completed(running), 1):
                    future.result()
                    progress(done, len(groups))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    finally:
        for connection in held:
            connection.close()


def open_sources(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    sources: Sequence[ir.Table],
    counties: Sequence[str],
) -> None:
    """Make each source's files of some counties readable under its database name."""
    for source in sources:
        files = snapshot.files(lake_name(source), counties)
        rows = f"read_parquet({files}, hive_partitioning = false)" if files else nothing(source)
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {source.get_name()} AS SELECT * FROM {rows}"
        )


def sql(expression: ir.Table) -> str:
    """The expression in DuckDB's SQL.

    Ibis writes an argmax as FIRST(value ORDER BY key DESC), for which DuckDB builds a sort
    key of every row; its own arg_max gives the same answer in half the time.
    """
    tree = sqlglot.parse_one(ibis.to_sql(expression, dialect="duckdb"), read="duckdb")
    return tree.transform(_own_argmax).sql(dialect="duckdb")


def _own_argmax(node: exp.Expression) -> exp.Expression:
    """FIRST(value ORDER BY key DESC) as arg_max_null(value, key): nulls count as values."""
    if not (isinstance(node, exp.First) and isinstance(node.this, exp.Order)):
        return node
    [order] = node.this.expressions
    if not order.args.get("desc"):
        return node
    return exp.func("arg_max_null", node.this.this, order.this, dialect="duckdb")


def _as_rows(expression: ir.Table) -> str:
    """The expression with each of its rows as one value, a struct.

    DuckDB counts the different values of every column that it stores, but not inside of
    structs: keeping a stage costs half, and taking it apart again nothing.
    """
    fields = ", ".join(f'"{name}" := "{name}"' for name in expression.columns)
    return f"SELECT struct_pack({fields}) AS kept FROM ({sql(expression)})"


def _keep(connection: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
    """Run a stage and make its columns readable under its name."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name}_rows AS {query}")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT unnest(kept) FROM {name}_rows"
    )


def _constants_as_enum(query: str) -> str:
    """Columns that hold one of a few constant words as enumerations.

    They are written as the same text, at a fifth of the cost: the writer need not find out
    that there are few.
    """
    tree = sqlglot.parse_one(query, read="duckdb")
    for column in tree.selects if isinstance(tree, exp.Select) else ():
        constants = _constants(column.this if isinstance(column, exp.Alias) else column)
        words = sorted({one.this for one in constants})
        for one in constants:
            one.replace(exp.cast(one.copy(), _enumeration(words), dialect="duckdb"))
    return tree.sql(dialect="duckdb")


def _constants(value: exp.Expression) -> list[exp.Literal]:
    """The words that a column is chosen from; none when it may hold anything else."""
    chosen = [value]
    if isinstance(value, exp.Case):
        chosen = [branch.args["true"] for branch in value.args["ifs"]]
        chosen += [value.args["default"]] if value.args.get("default") else []
    words = [one for one in chosen if isinstance(one, exp.Literal) and one.is_string]
    others = [one for one in chosen if one not in words and not isinstance(one, exp.Null)]
    return [] if others else words


def _enumeration(words: Sequence[str]) -> exp.DataType:
    return exp.DataType.build(
        f"ENUM({', '.join(exp.Literal.string(word).sql('duckdb') for word in words)})",
        dialect="duckdb",
    )


def _write(connection: duckdb.DuckDBPyConnection, query: str, target: Path, label: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"COPY (SELECT *, county_code AS county FROM ({query})) TO '{target}'"
        f" (FORMAT parquet, PARTITION_BY (county), COMPRESSION zstd,"
        f" FILENAME_PATTERN '{label}_{{i}}', OVERWRITE_OR_IGNORE)"
    )


def nothing(source: ir.Table) -> str:
    """DuckDB's SQL of an empty table of the source's shape: a county may have no such rows."""
    return f"({sql(empty(source))})"


def empty(source: ir.Table) -> ir.Table:
    """A table of the source's shape without rows."""
    columns = {
        name: ibis.null(dtype.copy(nullable=True)) for name, dtype in source.schema().items()
    }
    one = ibis.range(1).unnest().name("row").as_table()
    return one.select(**columns).limit(0)
