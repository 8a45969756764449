"""Imports, undos and exports under fire: kills -9 at random moments, registers compared.

Households and persons of a small county (20,000 households) go in, all persons are exported,
and the persons are taken back: once left alone, then round after round while the terminal's
command, the jobs worker, the web service that takes the upload, or the whole database server is
killed. After each stage the register must be that of the quiet one, row by row, and an export
that was killed must hold what a quiet one of the same register does. The seed is printed;
``YIMAQING_KILLS_SEED`` repeats a run, ``YIMAQING_KILLS`` sets another number than 100.
"""

from __future__ import annotations

import os
import random
import sys
import time
from typing import Any

import psycopg

from bench.export_fire import ExportFire
from bench.import_memory import ImportMemory
from bench.import_scene import DIVISIONS, installation, prepare, yimaqing
from bench.machine import describe
from bench.register_digest import digest
from yimaqing.config.cluster import Cluster

NAME = "job-kills"
KILLS, SCALE = int(os.environ.get("YIMAQING_KILLS", "100")), "20000"
#: What is killed at each stage of a round, in random order; the web only takes uploads.
STAGES = (
    ("import", "households", ("terminal", "terminal", "postmaster", "web")),
    ("import", "persons", ("terminal",) * 3 + ("worker",) * 3 + ("postmaster",) * 3 + ("web",)),
    ("export", "persons", ("worker",) * 3 + ("postmaster",)),
    ("undo", "persons", ("terminal",) * 4 + ("worker",) * 3 + ("postmaster",) * 4),
)
#: Nothing of the product runs before; a kill then would prove nothing.
STARTING_SECONDS = 1.2

Digest = dict[str, tuple[int, str]]


def run() -> dict[str, Any]:
    """Tables that differ after a hundred kills; must be none."""
    data = prepare(SCALE)
    seed = int(os.environ.get("YIMAQING_KILLS_SEED", str(time.time_ns() % 1_000_000)))
    chance = random.Random(seed)  # noqa: S311 - moments of kills
    print(f"seed {seed}", file=sys.stderr)
    with installation() as (cluster, environment), ImportMemory(cluster) as memory:
        yimaqing(environment, "setup")
        yimaqing(environment, "divisions", "load", str(DIVISIONS))
        fire = ExportFire(cluster, environment, data)
        quiet, seconds = _quiet(cluster, fire)
        began = time.monotonic()
        struck: list[str] = []
        different: set[str] = set()
        rounds = 0
        while len(struck) < KILLS:
            rounds += 1
            _empty(cluster)
            different |= _round(cluster, fire, chance, seconds, quiet, struck)
            print(f"round {rounds}: {len(struck)} kills", file=sys.stderr)
        took = time.monotonic() - began
        fire.stop()
    return {
        "name": NAME,
        "value": len(different),
        "unit": "tables that differ",
        "baseline": {"what": "one quiet round, seconds", "value": round(sum(seconds.values()), 1)},
        "ratio": round(took / rounds / sum(seconds.values()), 2),
        "bar": f"0 after {KILLS} kills of imports, undos and exports",
        "met": not different and len(struck) >= KILLS,
        "peak_mib": round(memory.peak_mib),
        "rows": sum(rows for rows, _ in quiet["import persons"].values()),
        "kills": {one: struck.count(one) for one in sorted(set(struck))},
        "seconds": round(took),
        "rounds": rounds,
        "different": sorted(different),
        "machine": describe(),
    }


def _quiet(cluster: Cluster, fire: ExportFire) -> tuple[dict[str, Digest], dict[str, float]]:
    """Registers after each stage that is left alone, and how long each takes."""
    registers, seconds = {}, {}
    for act, name, _ in STAGES:
        began = time.monotonic()
        _finish(fire, act, name)
        seconds[f"{act} {name}"] = time.monotonic() - began
        registers[f"{act} {name}"] = _digest(cluster)
    return registers, seconds


def _finish(fire: ExportFire, act: str, name: str) -> None:
    if act == "export":
        fire.finish_export(fire.ask_export())
    else:
        (fire.finish if act == "import" else fire.finish_undo)(name)


def _strike(fire: ExportFire, act: str, name: str, victim: str, moment: float, asked: int) -> bool:
    if act == "export":
        return fire.kill_export(victim, asked, moment)
    return (fire.kill if act == "import" else fire.kill_undo)(victim, name, moment)


def _round(
    cluster: Cluster,
    fire: ExportFire,
    chance: random.Random,
    seconds: dict[str, float],
    quiet: dict[str, Digest],
    struck: list[str],
) -> set[str]:
    """One round under fire; what differs from the quiet one at the end of a stage."""
    different: set[str] = set()
    for act, name, victims in STAGES:
        stage = f"{act} {name}"
        share = 0.6 if act == "undo" else 0.9  # an undo that is through cannot be hit again
        latest = max(seconds[stage] * share, STARTING_SECONDS + 0.5)
        asked = fire.ask_export() if act == "export" else 0
        for victim in chance.sample(victims, len(victims)):
            moment = chance.uniform(STARTING_SECONDS, latest)
            if not _strike(fire, act, name, victim, moment, asked):
                break  # it had ended: the stage is over
            struck.append(f"{act} {victim}")
        if act == "export":
            if fire.finish_export(asked) != fire.finish_export(fire.ask_export()):
                different.add("export: the file")
        else:
            _finish(fire, act, name)
        after = _digest(cluster)
        wrong = {f"{stage}: {t}" for t in after if after[t] != quiet[stage][t]}
        if wrong:
            print(f"  {sorted(wrong)}", file=sys.stderr)
        different |= wrong
    return different


def _digest(cluster: Cluster) -> Digest:
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
        return digest(connection)


def _empty(cluster: Cluster) -> None:
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
        connection.execute(
            "TRUNCATE registry_household, intake_batch, work_todo, registry_persongram CASCADE"
        )
