"""Import under fire: ten kills -9 at random moments, then the register of a quiet import.

Households and persons of a prefecture go in twice, into the same installation: once left
alone, and once while the terminal's import, the jobs worker, the web service that takes
the upload, or the whole database server is killed. Both registers must be equal row by
row. The seed is printed; ``YIMAQING_KILLS_SEED`` repeats a run.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from typing import Any

import psycopg

from bench.import_fire import Fire
from bench.import_memory import ImportMemory
from bench.import_scene import AS_OF, DATA, DIVISIONS, installation, prepare, yimaqing
from bench.machine import describe
from bench.register_digest import digest
from yimaqing.config.cluster import Cluster

NAME = "import-kills"
VICTIMS = ("terminal",) * 2 + ("postmaster",) * 3 + ("worker",) * 3 + ("web",) * 2
KILLS = len(VICTIMS)


def run() -> dict[str, Any]:
    """Differing tables after ten kills; must be none."""
    prepare()
    seed = int(os.environ.get("YIMAQING_KILLS_SEED", str(time.time_ns() % 1_000_000)))
    chance = random.Random(seed)  # noqa: S311 - moments of kills
    print(f"seed {seed}", file=sys.stderr)
    with installation() as (cluster, environment):
        yimaqing(environment, "setup")
        yimaqing(environment, "divisions", "load", str(DIVISIONS))
        with ImportMemory(cluster) as memory:
            began = time.monotonic()
            _import(environment, "households")
            _import(environment, "persons")
            quiet_seconds = time.monotonic() - began
            quiet = _digest(cluster)
            _empty(cluster)
            began = time.monotonic()
            kills = _under_fire(cluster, environment, chance, quiet_seconds)
            fire_seconds = time.monotonic() - began
        after = _digest(cluster)
    different = [table for table in quiet if quiet[table] != after[table]]
    print(f"{kills} in {fire_seconds:.0f} s; {after}", file=sys.stderr)
    return {
        "name": NAME,
        "value": len(different),
        "unit": "tables that differ",
        "baseline": {"what": "uninterrupted import, seconds", "value": round(quiet_seconds, 1)},
        "ratio": round(fire_seconds / quiet_seconds, 2),
        "bar": f"0 after {KILLS} kills",
        "met": not different and len(kills) == KILLS,
        "peak_mib": round(memory.peak_mib),
        "rows": sum(rows for rows, _ in after.values()),
        "machine": describe(),
    }


def _import(environment: dict[str, str], name: str) -> None:
    yimaqing(environment, "import", name, str(DATA / f"{name}.csv"), "--as-of", AS_OF)


def _under_fire(
    cluster: Cluster, environment: dict[str, str], chance: random.Random, seconds: float
) -> list[str]:
    """Kill ten times in the middle of an import, then let both files end; what was killed."""
    fire = Fire(cluster, environment)
    kills: list[str] = []
    waiting = chance.sample(VICTIMS, KILLS)
    for name, share, count in (("households", 0.3, 3), ("persons", 0.7, KILLS - 3)):
        hits, latest = 0, seconds * share
        while hits < count:
            victim = waiting[-1]
            moment = chance.uniform(0.5, latest)
            print(f"  {name}: {victim} after {moment:.1f} s", file=sys.stderr)
            if fire.kill(victim, name, moment):
                hits += 1
                kills.append(waiting.pop())
            else:
                print("  it had ended; not counted", file=sys.stderr)
                latest /= 2
        fire.finish(name)
    fire.stop()
    return kills


def _digest(cluster: Cluster) -> dict[str, tuple[int, str]]:
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
        return digest(connection)


def _empty(cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
        connection.execute(
            "TRUNCATE registry_household, intake_batch, work_todo, registry_persongram CASCADE"
        )


if __name__ == "__main__":
    sys.exit(subprocess.call([sys.executable, "-m", "yimaqing.config.cli", "bench", NAME]))
