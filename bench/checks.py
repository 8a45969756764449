"""All checks over a prefecture's snapshot, beside a bare scan of the same Parquet.

The checks: every shipped one, evidence written out by county as the product writes it. The
baseline: one scan and group-by-household of the columns that they read of the six tables, as in
the monitoring bench. Alternately, ROUNDS times; the medians count.

BENCH_HOUSEHOLDS sets the size. Files are kept in var/bench.
"""

from __future__ import annotations

import os
import shutil
import statistics
from pathlib import Path
from typing import Any

import duckdb

from bench.checks_data import prepare
from bench.machine import describe
from bench.memory import PeakMemory
from bench.monitoring_batch import BARE_RANGE_ROWS, Stopwatch, scan
from bench.monitoring_data import AS_OF
from yimaqing.analytics.connection import connect
from yimaqing.analytics.run import evaluate, ranges
from yimaqing.domains.monitoring.checks import Question, shipped_checks
from yimaqing.domains.monitoring.checks.programme import DOUBT, checking
from yimaqing.domains.monitoring.rules import Clock, shipped

NAME = "checks"
LAKE = Path(__file__).resolve().parents[1] / "var" / "bench" / "lake-checks"
HOUSEHOLDS = int(os.environ.get("BENCH_HOUSEHOLDS", "210000"))
MEMORY_GIB = 2.0
ROUNDS = 5
MOST_TIMES, MOST_MIB = 3.0, 4 * 1024

#: The columns of each table that the checks read; the first is the household.
READ = {
    "registry.reading": (
        *("household_id", "id", "person_id", "indicator", "value_text", "observed_at"),
    ),
    "registry.person": (
        *("household_id", "id", "sex", "born_on", "relation", "ethnicity", "student_status"),
        *("health", "labour_skill", "resident_medical", "employee_medical"),
        *("major_illness_insurance", "minimum_living", "military", "work_area", "work_months"),
        "valid",
    ),
    "registry.household": (
        *("id", "place_code", "register_class", "group", "poverty_status", "attribute"),
        *("main_cause", "return_cause", "recognised_year", "exit_year", "valid"),
    ),
    "registry.yearlyincome": ("household_id", "year", "wage_fen"),
    "registry.livingcondition": (
        *("household_id", "year", "arable_mu", "forest_mu", "water_difficult", "water_safe"),
        *("dangerous_house", "house_grade"),
    ),
    "registry.measure": ("household_id", "year", "measure_group"),
}


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    snapshot = prepare(LAKE, HOUSEHOLDS)
    target = LAKE / "results"
    compiling = Stopwatch()
    with compiling:
        whole = checking(Question(shipped_checks().asked, shipped(AS_OF), Clock(AS_OF)))
        whole.statements  # noqa: B018 - compiles
    pieces = list(ranges(snapshot, "registry.household", BARE_RANGE_ROWS))
    bare, asked = [], []
    with PeakMemory() as memory:
        for _ in range(ROUNDS):
            shutil.rmtree(target, ignore_errors=True)
            with (watch := Stopwatch()):
                scan(snapshot, pieces, READ)
            bare.append(watch.wall)
            with (watch := Stopwatch()):
                evaluate(snapshot, whole, target, memory_gib=MEMORY_GIB, spill=LAKE / "spill")
            asked.append(watch.wall)
    doubts, found = _found(target)
    shutil.rmtree(target)
    scanned, checked = statistics.median(bare), statistics.median(asked)
    return {
        "name": NAME,
        "value": round(checked, 2),
        "unit": "s",
        "baseline": {
            "what": "one scan and group-by-household of the columns that the checks read",
            "value": round(scanned, 2),
        },
        "ratio": round(checked / scanned, 2),
        "bar": f"at most {MOST_TIMES:g} × the baseline and {MOST_MIB} MiB",
        "met": checked <= MOST_TIMES * scanned and memory.peak_mib <= MOST_MIB,
        "peak_mib": memory.peak_mib,
        "rows": snapshot.count("registry.household"),
        "all_rows": {table: snapshot.count(table) for table in sorted(READ)},
        "checks": len(shipped_checks().asked),
        "checks_that_find": found,
        "doubts": doubts,
        "compiling_s": round(compiling.wall, 2),
        "machine": describe() | {"duckdb": duckdb.__version__},
    }


def _found(target: Path) -> tuple[int, int]:
    """How many doubts were written, by how many checks."""
    with connect() as connection:
        [(doubts, checks)] = connection.execute(
            "SELECT count(*), count(DISTINCT check_code) FROM read_parquet(?)",
            [str(target / DOUBT / "county=*" / "*.parquet")],
        ).fetchall()
    return int(doubts), int(checks)


if __name__ == "__main__":
    print(run())
