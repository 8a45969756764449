"""Background jobs survive kill -9 of their worker."""

from __future__ import annotations

import asyncio
import datetime as dt
import subprocess
import sys
import time

import pytest
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django import app

from yimaqing.config import jobs

WORKER = """
import sys, time
from pathlib import Path
from yimaqing.config.cli import set_up_django
set_up_django()
from procrastinate.contrib.django import app
from yimaqing.config import jobs

@app.task(name="tests.slow", queueing_lock="tests.slow", lock="tests.slow")
def slow(folder: str, seconds: float) -> None:
    (Path(folder) / "begun").touch()
    time.sleep(0 if (Path(folder) / "again").exists() else seconds)
    (Path(folder) / "done").touch()

jobs.work(1)
"""


def state(job_id: int) -> str:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job_id])
        return str(cursor.fetchone()[0])


def until(condition, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def worker_on(database) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORKER], env=database.environment)


def defer(folder, **options) -> int:
    task = app.configure_task("tests.slow", lock="tests.slow", **options)
    return task.defer(folder=str(folder), seconds=600)


def age_heartbeats() -> None:
    """What half a minute of silence does, without the half minute."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
        )


@pytest.fixture
def left_behind(database, tmp_path):
    """A job whose worker was killed in the middle of it."""
    job_id = defer(tmp_path, queueing_lock="tests.slow")
    worker = worker_on(database)
    until((tmp_path / "begun").exists)
    worker.kill()
    worker.wait()
    assert state(job_id) == "doing"
    age_heartbeats()
    return job_id


def requeue() -> int:
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]

    async def go() -> int:
        with app.replace_connector(connector) as worker:
            async with worker.open_async():
                return await jobs.requeue_stalled(worker)

    return asyncio.run(go())


def test_a_job_of_a_killed_worker_is_done_by_the_next(left_behind, database, tmp_path):
    assert requeue() == 1
    assert state(left_behind) == "todo"
    (tmp_path / "again").touch()
    worker = worker_on(database)
    try:
        until(lambda: state(left_behind) == "succeeded")
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    assert (tmp_path / "done").exists()
    assert worker.returncode == 0


def test_a_running_worker_keeps_its_job(database, tmp_path):
    job_id = defer(tmp_path, queueing_lock="tests.slow")
    worker = worker_on(database)
    try:
        until((tmp_path / "begun").exists)
        assert requeue() == 0
        assert state(job_id) == "doing"
    finally:
        worker.kill()
        worker.wait()


def test_the_same_work_is_not_queued_twice(left_behind, tmp_path):
    again = defer(tmp_path, queueing_lock="tests.slow")
    assert requeue() == 1
    assert (state(left_behind), state(again)) == ("failed", "todo")


def test_the_worker_waits_while_the_database_is_away(database, monkeypatch):
    waits: list[float] = []
    name = connections["default"].settings_dict["NAME"]
    connections["default"].settings_dict["NAME"] = "nothing_here"

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            connections["default"].settings_dict["NAME"] = name

    monkeypatch.setattr("yimaqing.config.jobs.time.sleep", sleep)
    jobs.wait_for_database()
    assert waits == [jobs.WAIT_SECONDS] * 3


def test_what_is_done_every_night_is_done_at_night_by_china_s_clock():
    nightly = {
        one.periodic_id: dt.datetime.fromtimestamp(one.croniter.get_next(float), dt.UTC)
        for one in app.periodic_registry.periodic_tasks.values()
        if one.cron.split()[1].isdecimal()
    }
    assert len(nightly) > 5
    assert all(timezone.localtime(due).hour < 5 for due in nightly.values()), nightly
