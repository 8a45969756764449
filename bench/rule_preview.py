"""What a change of one threshold would do, over a prefecture, as an officer's page asks it.

Every household is judged by the rules of today and by the changed ones, compared, counted by
place and group, and the list is made. One after the other: a threshold of drinking water (read
again with the latest readings), an age of compulsory education (read again with the members), a
fall of income (weighed only) and a colour; each value is new in each round, so nothing was
compiled before. The slowest kind of change decides, by its median. The baseline: what the
rules read, scanned and grouped by household once, as in the monitoring bench.

BENCH_HOUSEHOLDS sets the size. Files are kept in var/bench.
"""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path
from typing import Any

import duckdb

from bench.machine import describe
from bench.memory import PeakMemory
from bench.monitoring_batch import BARE_RANGE_ROWS, READ, Stopwatch, scan
from bench.monitoring_data import AS_OF, prepare
from yimaqing.analytics.run import ranges
from yimaqing.domains.monitoring.preview import compare
from yimaqing.domains.monitoring.rules import Area, Clock, shipped
from yimaqing.domains.monitoring.rules.changing import changed
from yimaqing.domains.monitoring.rules.ruleset import Citation

NAME = "rule-preview"
LAKE = Path(__file__).resolve().parents[1] / "var" / "bench" / "lake-checks"
HOUSEHOLDS = int(os.environ.get("BENCH_HOUSEHOLDS", "210000"))
ROUNDS = 3
MOST_SECONDS, MOST_MIB = 2.0, 2 * 1024
LISTED = 2000
#: What is changed, and to what in each round.
CHANGES = {
    "water": ("threshold.water.quantity.", ("36", "37", "38")),
    "age": ("indicator.education.age_to", ("16", "17", "18")),
    "fall": ("rule.income_cut.fall", ("25", "20", "15")),
    "colour": ("colour_of.serious_illness", ("red", "orange", "")),
}


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    snapshot = prepare(LAKE, HOUSEHOLDS)
    rules, clock, source = shipped(AS_OF), Clock(AS_OF), Citation("bench", "", "proposal")
    pieces = list(ranges(snapshot, "registry.household", BARE_RANGE_ROWS))
    bare: list[float] = []
    taken: dict[str, list[float]] = {kind: [] for kind in CHANGES}
    moved: dict[str, int] = {}
    # Once before: the server has opened this page before, as a warmed one has.
    compare(snapshot, Area(), rules, rules, clock, most=LISTED, spill=LAKE / "spill")
    with PeakMemory() as memory:
        for number in range(ROUNDS):
            with (watch := Stopwatch()):
                scan(snapshot, pieces, READ)
            bare.append(watch.wall)
            for kind, (name, values) in CHANGES.items():
                after = changed(rules, {name: values[number]}, source)
                begun = time.perf_counter()
                found = compare(
                    snapshot, Area(), rules, after, clock, most=LISTED, spill=LAKE / "spill"
                )
                taken[kind].append(time.perf_counter() - begun)
                moved[kind] = sum(found.totals.values())
    medians = {kind: round(statistics.median(times), 2) for kind, times in taken.items()}
    slowest, scanned = max(medians.values()), statistics.median(bare)
    return {
        "name": NAME,
        "value": slowest,
        "unit": "s",
        "baseline": {
            "what": "one scan and group-by-household of the columns that the rules read",
            "value": round(scanned, 2),
        },
        "ratio": round(slowest / scanned, 2),
        "bar": f"under {MOST_SECONDS:g} s for any change, and {MOST_MIB} MiB",
        "met": slowest < MOST_SECONDS and memory.peak_mib <= MOST_MIB,
        "peak_mib": memory.peak_mib,
        "rows": snapshot.count("registry.household"),
        "by_change_s": medians,
        "worst_s": round(max(max(times) for times in taken.values()), 2),
        "moved": moved,
        "machine": describe() | {"duckdb": duckdb.__version__},
    }


if __name__ == "__main__":
    print(run())
