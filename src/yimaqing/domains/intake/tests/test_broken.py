"""Nothing that goes wrong leaves a batch unfinished without a word.

李明 sends 王秀英's household; the program fails at it, or the database is away for too long.
"""

import json
import re
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import psycopg
import pytest
from click.testing import CliRunner
from django.db import OperationalError, connections
from django.utils import translation
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from yimaqing.domains.audit.models import Entry
from yimaqing.domains.intake import running, staging
from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.commands import import_file
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.running import BatchBroken, run, went_away
from yimaqing.domains.intake.tasks import MOST_TRIES, ask_for_a_run, continue_left, run_batch
from yimaqing.domains.intake.tests.test_pages import logged_in, upload
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import HOUSEHOLD, make_places, sheet

INTERNAL = "程序出错，没有写入任何数据"


def raises(_frame):
    raise ZeroDivisionError("a loader of ours is wrong")


FAILING = {"reading": {"checks": (raises,)}, "applying": {"after": ("SELECT 1 / 0",)}}


@pytest.fixture
def ming(database):
    make_places()
    with translation.override("zh-hans"):  # pages asked for in English leave it so
        yield logged_in("township_officer", "141124104000")


@pytest.fixture(params=FAILING)
def failing(request, monkeypatch):
    """The loader of households fails while rows are read, or while they are applied."""
    broken = replace(dataset("households"), **FAILING[request.param])
    monkeypatch.setattr(running, "dataset", lambda _name: broken)


def newest():
    return Batch.objects.using("owner").latest("pk")


def work():
    """What `yimaqing jobs` does, until nothing is left to do now."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined] # it has one
    with pytest.MonkeyPatch.context() as patch, app.replace_connector(connector) as worker:
        # The worker's threads end with it here; their connections must not outlive them.
        patch.setitem(connections["default"].settings_dict, "CONN_MAX_AGE", 0)
        worker.run_worker(queues=["intake"], wait=False, install_signal_handlers=False)


def jobs():
    runs = ProcrastinateJob.objects.filter(task_name=run_batch.name).order_by("id")
    return list(runs.values_list("status", flat=True))


def test_an_error_of_the_program_ends_the_batch_and_says_what_to_do(ming, failing, caplog):
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    with pytest.raises(BatchBroken):
        run_batch(newest().pk)
    batch = newest()
    assert (batch.state, batch.failure["code"]) == ("unusable", "internal")
    assert batch.finished_at is not None
    assert Household.objects.using("owner").count() == 0
    assert not staging.exists(batch.pk)
    assert Entry.objects.using("owner").filter(action="intake.batch_unusable").count() == 1
    assert f"batch {batch.pk} ended, nothing of it was applied" in caplog.text
    page = ming.get(f"/imports/{batch.pk}/").content.decode()
    assert INTERNAL in page
    assert f"把批次号 {batch.pk} 告诉管理员" in page
    assert "hx-trigger" not in page
    english = ming.get(f"/imports/{batch.pk}/", headers={"Accept-Language": "en"})
    assert f"tell the administrator batch {batch.pk}" in english.content.decode()


def test_its_job_is_not_tried_again_and_the_file_can_be_sent_again(ming, failing, monkeypatch):
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    work()
    assert jobs() == ["failed"]
    assert continue_left(timestamp=0) == 0
    monkeypatch.undo()
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    assert run(newest().pk).state == "applied"
    assert Household.objects.using("owner").count() == 1


def test_the_terminal_says_the_same(ming, failing, tmp_path, caplog):
    path = tmp_path / "户.csv"
    path.write_bytes(sheet(HOUSEHOLD))
    done = CliRunner().invoke(import_file, ["households", str(path)])
    assert done.exit_code == 4
    assert INTERNAL in done.stdout
    assert re.search("ZeroDivisionError|division by zero", caplog.text)
    assert f"把批次号 {newest().pk} 告诉管理员" in done.stdout
    done = CliRunner().invoke(import_file, ["households", str(path), "--json"])
    assert done.exit_code == 4
    assert json.loads(done.stdout)["failure"]["code"] == "internal"
    assert newest().state == "unusable"


def test_a_batch_that_the_database_left_is_continued_when_it_is_back(ming, monkeypatch):
    upload(ming, sheet(HOUSEHOLD), mode="apply")

    def away(*_args):
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as outage:
        outage.setattr(running, "_finish", away)
        work()
        assert jobs() == ["todo"], "it will be tried again"
        assert continue_left(timestamp=0) == 0
        with connections["owner"].cursor() as cursor:  # as after the last attempt
            cursor.execute(
                "SELECT procrastinate_finish_job_v1(id, 'failed', false) FROM procrastinate_jobs"
            )
    assert newest().state == "applying"
    assert continue_left(timestamp=0) == 1
    assert continue_left(timestamp=0) == 0
    work()
    assert jobs() == ["failed", "succeeded"]
    assert newest().state == "applied"
    assert Household.objects.using("owner").count() == 1


def test_who_listens_to_an_applied_batch_is_told_when_the_database_is_back(ming):
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    work()
    Batch.objects.using("owner").update(announced_at=None)
    ProcrastinateJob.objects.using("owner").update(status="failed")
    assert continue_left(timestamp=0) == 1
    work()
    assert newest().announced_at is not None


def test_a_batch_of_the_terminal_is_left_to_the_terminal(ming, monkeypatch, tmp_path):
    path = tmp_path / "户.csv"
    path.write_bytes(sheet(HOUSEHOLD))

    def stop(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_finish", stop)
    assert CliRunner().invoke(import_file, ["households", str(path)]).exit_code == 3
    assert newest().state == "applying"
    assert continue_left(timestamp=0) == 0


def test_a_limit_of_the_database_is_no_outage():
    def error(kind):
        made = OperationalError("x")
        made.__cause__ = kind("x")
        return made

    assert went_away(error(psycopg.errors.AdminShutdown))
    assert went_away(OperationalError("the connection is closed"))
    assert not went_away(error(psycopg.errors.ProgramLimitExceeded))
    assert not went_away(ValueError("x"))


def test_a_run_is_asked_for_once(ming):
    upload(ming, sheet(HOUSEHOLD))
    ask_for_a_run(newest().pk)
    assert jobs() == ["todo"]


DIES = """
import os, signal, sys
from yimaqing.config.cli import set_up_django
set_up_django()
from yimaqing.domains.intake import events, running
from yimaqing.domains.intake.tasks import run_batch
die = lambda *_args, **_named: os.kill(os.getpid(), signal.SIGKILL)
setattr(events.batch_applied if sys.argv[2] == "send" else running, sys.argv[2], die)
run_batch(int(sys.argv[1]))
"""


def killed(database, step):
    """A worker that the system ends whenever it comes to ``step`` of the newest batch."""
    command = [sys.executable, "-c", DIES, str(newest().pk), step]
    return subprocess.run(command, env=database.environment, check=False).returncode


@pytest.mark.parametrize("step", ["fill", "_finish"])
def test_a_batch_that_kills_its_worker_each_time_is_given_up(ming, database, step):
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    # Reading gets it to the next step; from there it gets no further.
    for _ in range(MOST_TRIES + (step == "_finish")):
        assert killed(database, step) == -signal.SIGKILL
        assert not newest().finished
    assert run_batch(newest().pk) == "unusable"
    assert newest().failure["code"] == "killed"
    assert not staging.exists(newest().pk)
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "拆分为几个文件" in page


def test_a_batch_that_the_database_leaves_again_and_again_is_not_given_up(ming, monkeypatch):
    upload(ming, sheet(HOUSEHOLD), mode="apply")

    def away(*_args):
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as outage:
        outage.setattr(running, "_finish", away)
        for _ in range(2 * MOST_TRIES):
            with pytest.raises(OperationalError):
                run_batch(newest().pk)
    assert run_batch(newest().pk) == "applied"


def test_a_run_that_never_began_a_try_takes_none_off(ming, database, monkeypatch):
    """Another run holds the batch: who waited in vain has counted nothing, and forgives nothing."""
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    assert killed(database, "fill") == -signal.SIGKILL
    counted = newest().tries
    assert counted["count"] == 1
    monkeypatch.setattr(running, "WAIT_FOR_EARLIER_RUN", "20ms")
    with closing(connections["owner"].copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [running.LOCK_BATCH, newest().pk])
        for _ in range(2):
            with pytest.raises(OperationalError):
                run_batch(newest().pk)
    assert newest().tries == counted


def test_a_try_of_the_terminal_is_neither_counted_nor_forgiven(ming, database, monkeypatch):
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    assert killed(database, "fill") == -signal.SIGKILL

    def away(*_args):
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as outage:
        outage.setattr(running, "fill", away)
        for most_tries in (None, MOST_TRIES):
            with pytest.raises(OperationalError):
                run(newest().pk, most_tries=most_tries)
            assert newest().tries["count"] == 1


def test_an_applied_batch_whose_announcement_kills_the_worker_is_left_applied(ming, database):
    upload(ming, sheet(HOUSEHOLD), mode="apply")
    for _ in range(MOST_TRIES):
        assert killed(database, "send") == -signal.SIGKILL
        assert (newest().state, newest().failure) == ("applied", None)
    assert killed(database, "send") == 0
    assert newest().failure["code"] == "unannounced"
    page = ming.get(f"/imports/{newest().pk}/").content.decode()
    assert "已入库，后续处理未完成" in page
    assert f"yimaqing import --resume {newest().pk}" in page
    # Not queued again every five minutes either.
    ProcrastinateJob.objects.using("owner").update(status="failed")
    assert continue_left(timestamp=0) == 0
    done = CliRunner().invoke(import_file, ["--resume", str(newest().pk)])
    assert done.exit_code == 0, done.output
    assert newest().failure is None
    assert newest().announced_at is not None
