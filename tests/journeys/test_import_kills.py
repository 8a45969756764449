"""Imports that are killed at random moments end like one that was left alone.

Real processes on a server of their own: the terminal's import is killed, and the whole
database server is; then the same command is given again. A small synthetic register, read
in many small chunks. `yimaqing bench import-kills` does the same with a prefecture.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from bench.register_digest import digest
from demo.generate import generate
from yimaqing.config.cluster.processes import postmaster
from yimaqing.config.tests.clusters import throw_away
from yimaqing.domains.places import commands as places

AS_OF = dt.date(2026, 11, 23)
DATASETS = ("households", "persons", "incomes")
DIVISIONS = str(Path(places.__file__).parent / "data" / "luliang_divisions.csv")
IN_SMALL_CHUNKS = """
from yimaqing.config.cli import main, set_up_django
set_up_django()
from yimaqing.domains.intake import filling
filling.CHUNK_ROWS = 150
main()
"""
#: An installation reads both its databases' addresses from its own file.
INSTALLED = {k: v for k, v in os.environ.items() if not k.startswith("YIMAQING_")}
#: Registers of the quiet imports before each dataset.
WITHOUT: dict[str, dict[str, tuple[int, str]]] = {}
#: What an undo leaves on purpose: that the batch was there and was taken back.
REMEMBERED = {"registry_change", "work_todo"}
REJECTED = 1  # exit status: the files hold errors on purpose


@pytest.fixture(scope="module")
def cluster():
    with throw_away() as made:
        made.start()
        assert started(made, "setup").wait() == 0
        assert started(made, "divisions", "load", DIVISIONS).wait() == 0
        yield made


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    generate(folder, scale="700", seed=7, as_of=AS_OF)
    return folder


def started(cluster, *words):
    return subprocess.Popen(
        [sys.executable, "-c", IN_SMALL_CHUNKS, *words],
        env=INSTALLED | {"YIMAQING_HOME": str(cluster.home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def importing(cluster, files, name):
    return started(cluster, "import", name, str(files / f"{name}.csv"), "--as-of", str(AS_OF))


def owner(cluster):
    return psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"], autocommit=True)


def register(cluster):
    with owner(cluster) as connection:
        return digest(connection)


def batches(cluster):
    with owner(cluster) as connection:
        found = connection.execute(
            "SELECT dataset, rows_total, created, updated, unchanged, rejected, warned, tally"
            " FROM intake_batch WHERE state = 'applied' ORDER BY id"
        ).fetchall()
        stages = connection.execute("SELECT to_regclass('intake_stage_1')").fetchone()
    return found, stages


@pytest.fixture(scope="module")
def quiet(cluster, files):
    """The register and the batches of imports left alone; how long the persons took."""
    before = {}
    for name in DATASETS:
        before[name] = register(cluster)
        began = time.monotonic()
        assert importing(cluster, files, name).wait() == REJECTED
        seconds = time.monotonic() - began
    left_alone = register(cluster), batches(cluster)[0], seconds
    WITHOUT.update(before)
    with owner(cluster) as connection:
        connection.execute(
            "TRUNCATE registry_household, registry_persongram, intake_batch, work_todo CASCADE"
        )
    return left_alone


def test_killed_imports_end_like_one_left_alone(cluster, files, quiet):
    expected, expected_batches, seconds = quiet
    assert expected["registry_person"][0] > 1500
    chance = random.Random(20200819)  # noqa: S311 - moments of kills
    for name in DATASETS:
        for victim in ("terminal", "server", "terminal"):
            process = importing(cluster, files, name)
            time.sleep(chance.uniform(seconds * 0.3, seconds * 1.1))
            if victim == "server":
                os.kill(postmaster(cluster.data), signal.SIGKILL)
                time.sleep(0.3)
                cluster.start()
            else:
                process.kill()
            process.wait()
        assert importing(cluster, files, name).wait() == REJECTED
    again = [b for b in batches(cluster)[0] if b[4] == 0]
    assert [b[:6] for b in again] == [b[:6] for b in expected_batches]
    assert register(cluster) == expected


def test_the_files_sent_once_more_change_nothing(cluster, files, quiet):
    expected, _, _ = quiet
    for name in DATASETS:
        assert importing(cluster, files, name).wait() == REJECTED
    found, stage = batches(cluster)
    for _name, total, created, updated, unchanged, rejected, _warned, _tally in found[-3:]:
        assert (created, updated) == (0, 0)
        assert total == unchanged + rejected
    assert stage == (None,)
    assert register(cluster) == expected


def test_killed_undos_leave_the_batch_whole_or_take_it_back_whole(cluster, quiet):
    expected, _, seconds = quiet
    chance = random.Random(20200820)  # noqa: S311 - moments of kills
    for name in ("incomes", "persons"):
        with owner(cluster) as connection:
            [batch] = connection.execute(
                "SELECT id FROM intake_batch WHERE dataset = %s AND created > 0", [name]
            ).fetchone()
        for victim in ("terminal", "server", "terminal"):
            process = started(cluster, "undo", str(batch), "--reason", "kills")
            time.sleep(chance.uniform(seconds * 0.3, seconds))
            if victim == "server":
                os.kill(postmaster(cluster.data), signal.SIGKILL)
                time.sleep(0.3)
                cluster.start()
            else:
                process.kill()
            process.wait()
            now = register(cluster)
            whole = {t for t in now if t not in REMEMBERED and now[t] != expected[t]}
            gone = {t for t in now if t not in REMEMBERED and now[t] != WITHOUT[name][t]}
            assert not whole or not gone
        assert started(cluster, "undo", str(batch), "--reason", "kills").wait() == 0
        now = register(cluster)
        assert [t for t in now if t not in REMEMBERED and now[t] != WITHOUT[name][t]] == []
        expected = now
