"""Undo: a prefecture's persons are taken back whole, against their own import.

590,000 persons go in through the product's own command, on a server of its own with the
product's settings; then `yimaqing undo` takes the batch back: records, readings, search grams,
heads of households, to-dos, with history. The baseline is that import, in the same run. At
the end the register must be as it was before the import, row by row.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.import_memory import ImportMemory
from bench.import_scene import AS_OF, DATA, DIVISIONS, installation, prepare, yimaqing
from bench.machine import describe
from bench.register_digest import digest
from yimaqing.config.cluster import Cluster

NAME = "undo"
BAR_MIB = 1536.0
#: What an undo leaves on purpose: that the batch was there and was taken back.
REMEMBERED = frozenset({"registry_change", "work_todo"})


def run() -> dict[str, Any]:
    """Seconds of the undo, of the import; tables that are not as before."""
    prepare()
    with installation() as (cluster, environment):
        yimaqing(environment, "setup")
        yimaqing(environment, "divisions", "load", str(DIVISIONS))
        arguments = ("--as-of", AS_OF)
        yimaqing(environment, "import", "households", _file("households"), *arguments)
        before = _digest(cluster)
        cluster.superuser("CHECKPOINT")
        began = time.perf_counter()
        yimaqing(environment, "import", "persons", _file("persons"), *arguments)
        imported = time.perf_counter() - began
        cluster.superuser("CHECKPOINT")
        with ImportMemory(cluster) as memory:
            began = time.perf_counter()
            done = _undo(environment, cluster)
            took = time.perf_counter() - began
        after = _digest(cluster)
    different = [t for t in before if t not in REMEMBERED and before[t] != after[t]]
    print(f"import {imported:.1f} s, undo {took:.1f} s, {done}, differ: {different}")
    return {
        "name": NAME,
        "value": round(took, 1),
        "unit": "s",
        "baseline": {"what": "import of the same batch", "value": round(imported, 1)},
        "ratio": round(took / imported, 2),
        "bar": f"≤ its import, no table differs, < {BAR_MIB:.0f} MiB",
        "met": took <= imported and not different and memory.peak_mib < BAR_MIB,
        "peak_mib": round(memory.peak_mib),
        "rows": done["removed"],
        "machine": describe(),
    }


def _file(name: str) -> str:
    return str(DATA / f"{name}.csv")


def _undo(environment: dict[str, str], cluster: Cluster) -> dict[str, Any]:
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
        found = connection.execute("SELECT max(id) FROM intake_batch").fetchone()
    assert found is not None
    command = [str(Path(sys.executable).with_name("yimaqing")), "undo", str(found[0]), "--json"]
    done = subprocess.run(command, env=environment, cwd="/", stdout=subprocess.PIPE, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _digest(cluster: Cluster) -> dict[str, tuple[int, str]]:
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
        return digest(connection)
