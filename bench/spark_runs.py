"""The rules on DuckDB, on Spark here and on a Spark cluster, each a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.memory import PeakMemory
from bench.spark_cluster import environment_of, standalone

REPOSITORY = Path(__file__).resolve().parents[1]
#: The driver of one machine's Spark, and each of: the cluster's driver and its two executors.
LOCAL_MEMORY, EACH_MEMORY = "3g", "1536m"


class RunFailed(RuntimeError):
    """An engine gave up; the text is the end of what it said."""


def runs(lake: Path, households: int) -> list[dict[str, Any]]:
    """Seconds, peak memory and whether the totals are DuckDB's, of each engine."""
    with tempfile.TemporaryDirectory() as folder:
        local = environment_of(Path(folder) / "local", LOCAL_MEMORY)
        found = [
            one(lake, households, "duckdb", os.environ),
            one(lake, households, "local[*]", local),
        ]
        # The cluster's own processes count: they are this process's children.
        with standalone(Path(folder) / "cluster", memory=EACH_MEMORY) as (master, environment):
            found.append(one(lake, households, master, environment) | {"setting": "spark://"})
    totals = [run.pop("totals") for run in found]
    return [
        run | {"households": households, "same_totals": mine == totals[0]}
        for run, mine in zip(found, totals, strict=True)
    ]


def one(
    lake: Path, households: int, setting: str, environment: Mapping[str, str]
) -> dict[str, Any]:
    """The rules on one engine, with the peak of all its processes."""
    command = [sys.executable, "-m", "bench.spark_one", str(lake), str(households), setting]
    with PeakMemory() as memory:
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RunFailed(f"{setting}: {done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"  {setting}: {found['seconds']} s", file=sys.stderr, flush=True)
    return found | {"peak_mib": memory.peak_mib}
