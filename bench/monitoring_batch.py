"""Judging thirty million households on one machine, beside a bare scan of the same Parquet.

The rules: everything that is shipped, member by member, income of twelve months, written
out as the product writes it (standings and findings by county). The baseline: one scan and
group-by-household of what the rules read, that is of their columns of the three tables,
with the cheapest aggregate (max) that makes the engine read a column. It runs as the rules
do, range by range on one DuckDB of one thread a core: measured, that takes two thirds of the
processor time and of the wall-clock of one query over everything on one DuckDB of all cores.

Small sizes come first, to see that the ratio does not depend on the size. Where the optional
Spark is installed, the same rules run on it as well, on this machine and on a cluster of two
workers, and every total must be DuckDB's.

BENCH_HOUSEHOLDS sets one size, BENCH_SPARK_HOUSEHOLDS Spark's (0: none), BENCH_MEMORY_GIB the
limit. Files are kept in var/bench.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import duckdb

from bench.machine import describe
from bench.memory import PeakMemory
from bench.monitoring_data import AS_OF, prepare
from bench.spark_runs import runs
from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.run import evaluate, ranges
from yimaqing.domains.monitoring.rules import FINDING, STANDING, Clock, programme, shipped

NAME = "monitoring-batch"
LAKE = Path(__file__).resolve().parents[1] / "var" / "bench" / "lake"
SIZES = [int(os.environ.get("BENCH_HOUSEHOLDS", "0"))]
SIZES = SIZES if SIZES[0] else [210_000, 3_000_000, 30_000_000]
SPARK_HOUSEHOLDS = int(os.environ.get("BENCH_SPARK_HOUSEHOLDS", "2000000"))
MEMORY_GIB = float(os.environ.get("BENCH_MEMORY_GIB", "6"))
MOST_TIMES, MOST_MIB = 3.0, 8 * 1024
BARE_RANGE_ROWS = 180_000  # the fastest of several sizes for the baseline
SLICE_ROWS = 3_000_000

#: The columns of each table that the rules read; the first is the household.
READ = {
    "registry.reading": (
        *("household_id", "id", "person_id", "place_code", "indicator"),
        *("value_text", "value_number", "observed_at"),
    ),
    "registry.person": (
        *("household_id", "id", "born_on", "student_status", "health", "labour_skill"),
        *("resident_medical", "employee_medical", "major_illness_insurance", "military", "valid"),
    ),
    "registry.household": (
        *("id", "place_code", "register_class", "group", "poverty_status", "main_cause"),
        *("member_count", "valid"),
    ),
}


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`: the largest size counts."""
    sizes = [_measured(households) for households in SIZES]
    largest = sizes[-1]
    on_spark = runs(LAKE, SPARK_HOUSEHOLDS) if SPARK_HOUSEHOLDS and find_spec("pyspark") else []
    return {
        "name": NAME,
        "value": largest["seconds"],
        "unit": "s",
        "baseline": {
            "what": "one scan and group-by-household of the columns that the rules read",
            "value": largest["baseline_seconds"],
        },
        "ratio": largest["ratio"],
        "cpu_ratio": largest["cpu_ratio"],
        "bar": f"at most {MOST_TIMES:g} × the baseline and {MOST_MIB} MiB",
        "met": largest["ratio"] <= MOST_TIMES
        and largest["peak_mib"] <= MOST_MIB
        and all(one["same_totals"] for one in on_spark),
        "peak_mib": largest["peak_mib"],
        "rows": largest["all_rows"]["registry.household"],
        "all_rows": largest["all_rows"],
        "sizes": [{key: one[key] for key in one if key != "all_rows"} for one in sizes],
        "spark": on_spark,
        "machine": describe() | {"duckdb": duckdb.__version__},
    }


def _measured(households: int) -> dict[str, Any]:
    """The rules beside the scan at one size.

    Slice by slice, first the baseline, then the rules: whatever else the machine does
    meanwhile falls on both.
    """
    snapshot = prepare(LAKE, households)
    target = LAKE / "results"
    shutil.rmtree(target, ignore_errors=True)
    bare, rules = Stopwatch(), Stopwatch()
    with rules:
        whole = programme(shipped(AS_OF), Clock(AS_OF))
        whole.statements  # noqa: B018 - compiles
    with PeakMemory() as memory:
        for counties in ranges(snapshot, "registry.household", SLICE_ROWS):
            part = snapshot.only(counties)
            with bare:
                scan(part, list(ranges(part, "registry.household", BARE_RANGE_ROWS)), READ)
            with rules:
                evaluate(part, whole, target, memory_gib=MEMORY_GIB, spill=LAKE / "spill")
            print(f"  bare {bare}, rules {rules}", file=sys.stderr, flush=True)
    found = _counts(target)
    shutil.rmtree(target)
    return {
        "households": households,
        "seconds": round(rules.wall, 2),
        "baseline_seconds": round(bare.wall, 2),
        "ratio": round(rules.wall / bare.wall, 2),
        "cpu_ratio": round(rules.cpu / bare.cpu, 2),
        "peak_mib": memory.peak_mib,
        "all_rows": {table: snapshot.count(table) for table in sorted(READ)} | found,
    }


class Stopwatch:
    """Seconds on the wall and of the processor, added up over the times it is entered."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._begun[0]
        self.cpu += time.process_time() - self._begun[1]

    def __str__(self) -> str:
        return f"{self.wall:.1f} s (cpu {self.cpu:.1f})"


def scan(
    snapshot: Snapshot, pieces: Sequence[Sequence[str]], read: Mapping[str, Sequence[str]]
) -> None:
    """Scan the columns of every table that is read and group them by household, over the given
    pieces; groups are counted, not kept.
    """
    workers = os.cpu_count() or 1
    idle: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    held = [
        connect(memory_gib=MEMORY_GIB / workers, threads=1, spill=LAKE / "spill")
        for _ in range(workers)
    ]
    for connection in held:
        idle.put(connection)

    def one_piece(counties: Sequence[str]) -> None:
        connection = idle.get()
        try:
            for query in _scans(snapshot, counties, read):
                connection.execute(query).fetchall()
        finally:
            idle.put(connection)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(one_piece, pieces))
    for connection in held:
        connection.close()


def _scans(
    snapshot: Snapshot, counties: Sequence[str], read: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    for table, (household, *columns) in read.items():
        files = snapshot.files(table, counties)
        kept = ", ".join(f'max("{column}") AS m{i}' for i, column in enumerate(columns))
        used = " + ".join(f"count(m{i})" for i in range(len(columns)))
        yield (
            f"SELECT count(*), {used} FROM (SELECT {household}, count(*), {kept}"
            f" FROM read_parquet({files}, hive_partitioning = false) GROUP BY {household})"
        )


def _counts(target: Path) -> dict[str, int]:
    with connect() as connection:
        return {
            name: int(
                connection.execute(
                    "SELECT sum(num_rows) FROM parquet_file_metadata(?)",
                    [str(target / name / "county=*" / "*.parquet")],
                ).fetchall()[0][0]
            )
            for name in (STANDING, FINDING)
        }


if __name__ == "__main__":
    print(run())
