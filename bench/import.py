# ruff: noqa: N999 - `yimaqing bench import` names the script
"""Import: a prefecture's households and persons from CSV, against bare COPY of the result.

The import is the product's own command, on a server of its own with the product's
settings: parse, check, compare, encrypt, load with history, search grams and readings.
The baseline is what nothing can undercut: COPY of the very rows that came out of it into
the same tables with the same indexes, keys and policies, emptied before, in the same run.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.import_memory import ImportMemory
from bench.import_scene import AS_OF, DATA, DIVISIONS, installation, prepare, yimaqing
from bench.machine import describe
from yimaqing.config.cluster import Cluster

NAME = "import"
BAR_SECONDS, BAR_RATIO, BAR_MIB = 120.0, 2.5, 1536.0
DATASETS = ("households", "persons")
#: What the import writes, in the order of foreign keys.
TABLES = (
    "registry_household",
    "registry_person",
    "registry_persongram",
    "registry_reading",
    "registry_change",
)


def run() -> dict[str, Any]:
    """Import both files, then copy what came out of them; seconds, ratio, peak memory."""
    prepare()
    with installation() as (cluster, environment):
        yimaqing(environment, "setup")
        yimaqing(environment, "divisions", "load", str(DIVISIONS))
        cluster.superuser("CHECKPOINT")
        with ImportMemory(cluster) as memory:
            took = {name: timed_import(environment, name) for name in DATASETS}
        with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
            rows = finished_rows(connection)
            bare = copy_again(cluster, connection)
    value, ratio = sum(took.values()), sum(took.values()) / sum(bare.values())
    print({k: round(v, 1) for k, v in {**took, **bare}.items()})
    return {
        "name": NAME,
        "value": round(value, 1),
        "unit": "s",
        "baseline": {
            "what": "COPY of the finished rows into the same indexed tables",
            "value": round(sum(bare.values()), 1),
        },
        "ratio": round(ratio, 2),
        "bar": f"≤ {BAR_SECONDS:.0f} s, ≤ {BAR_RATIO} × COPY, < {BAR_MIB:.0f} MiB",
        "met": value <= BAR_SECONDS and ratio <= BAR_RATIO and memory.peak_mib < BAR_MIB,
        "peak_mib": round(memory.peak_mib),
        "rows": rows,
        "machine": describe(),
    }


def timed_import(environment: dict[str, str], name: str) -> float:
    """Seconds that one file takes, start of the program included."""
    began = time.perf_counter()
    yimaqing(environment, "import", name, str(DATA / f"{name}.csv"), "--as-of", AS_OF)
    return time.perf_counter() - began


def finished_rows(connection: psycopg.Connection[Any]) -> int:
    """Households and persons that are in the register now."""
    found = connection.execute(
        "SELECT (SELECT count(*) FROM registry_household) + (SELECT count(*) FROM registry_person)"
    ).fetchone()
    return int(found[0]) if found else 0


def copy_again(cluster: Cluster, connection: psycopg.Connection[Any]) -> dict[str, float]:
    """Seconds per table to COPY the finished rows into the emptied tables."""
    with tempfile.TemporaryDirectory(prefix="yimaqing-bench-") as folder:
        for table in TABLES:
            with (
                Path(folder, table).open("wb") as file,
                connection.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy,
            ):
                file.writelines(copy)
        connection.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        connection.commit()
        cluster.superuser("CHECKPOINT")
        return {table: _copy_in(connection, table, Path(folder, table)) for table in TABLES}


def _copy_in(connection: psycopg.Connection[Any], table: str, path: Path) -> float:
    began = time.perf_counter()
    with (
        path.open("rb") as file,
        connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy,
    ):
        while piece := file.read(1 << 20):
            copy.write(piece)
    connection.commit()
    return time.perf_counter() - began
