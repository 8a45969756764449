"""Exports as jobs: whose they are while they are written and after, and workers that die or are
overtaken.

Cast: 李明 is an officer of 临县, 王秀英 heads a household of 白文村.
"""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings as django_settings

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import Assignment
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.lists import producing, running
from yimaqing.domains.lists.actions import ask_export
from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.catalogue import listing as named
from yimaqing.domains.lists.models import Export, State
from yimaqing.domains.lists.running import run_export
from yimaqing.domains.lists.tasks import tidy
from yimaqing.domains.lists.tests.test_exports import (
    COUNTY,
    OTHER,
    VILLAGE,
    exported,
    logged_in,
    sheet_of,
)
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored


@pytest.fixture
def li(database):
    Place.objects.using("owner").create(code=COUNTY, name="临县", level=3, kind="county")
    Place.objects.using("owner").create(code=VILLAGE, name="白文村", level=5, kind="village")
    add_person(make_household(head_name="王秀英"), name="王强")
    return make_user("county_officer", COUNTY)


def test_what_another_post_of_his_shows_is_not_exported(li):
    make_household(place_code=OTHER, head_name="刘洋洋")
    leader = make_user("village_worker", VILLAGE)
    make_assignment(leader, "building_leader", OTHER)
    page = logged_in(leader).get("/lists/households/").content.decode()
    assert "刘**" in page
    assert "刘**" not in exported(leader, "households", "csv").decode()
    export = waiting(leader, "households")
    assert run_export(export.pk) == State.DONE
    export.refresh_from_db()
    assert export.written == 1


def test_whose_post_ended_since_takes_no_file_of_it(li):
    exported(li, "households", "csv")
    export = Export.objects.using("owner").get()
    make_assignment(li, "auditor", COUNTY)
    Assignment.objects.using("owner").filter(user_id=li.pk, role="county_officer").update(
        ends_on="2020-01-02"
    )
    answer = logged_in(li).get(f"/lists/exports/{export.pk}/file/", follow=True)
    assert answer.redirect_chain
    assert "你的任职有变动，请重新导出" in answer.content.decode()
    assert not Entry.objects.using("owner").filter(action="lists.export_downloaded").count() > 1


def test_an_export_that_cannot_be_written_says_so(li, monkeypatch):
    export = waiting(li)

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(producing, "pour", full)
    with pytest.raises(OSError, match="space"):
        run_export(export.pk)
    export.refresh_from_db()
    assert export.state == State.FAILED
    assert "写文件时出错" in logged_in(li).get(f"/lists/exports/{export.pk}/").content.decode()


def test_of_two_workers_the_slower_one_leaves_the_file(li, monkeypatch):
    export = waiting(li)
    pour = producing.pour

    def overtaken(*arguments):
        monkeypatch.setattr(producing, "pour", pour)
        assert run_export(export.pk) == State.DONE
        monkeypatch.setattr(running, "_progress", lambda *_: None)
        return pour(*arguments)

    monkeypatch.setattr(producing, "pour", overtaken)
    slower = run_export(export.pk)
    assert slower == State.DONE
    assert logged_in(li).get(f"/lists/exports/{export.pk}/file/").status_code == 200


def waiting(user, listing="persons"):
    return ask_export(
        listing=named(listing),
        question=Question(listing),
        file_format="xlsx",
        purpose="核对底册",
        clear=False,
        by=user,
    )


def test_a_cancelled_export_leaves_nothing(li):
    export = waiting(li)
    logged_in(li).post(f"/lists/exports/{export.pk}/cancel/")
    assert run_export(export.pk) == State.CANCELLED
    assert list(django_settings.FILES.rglob("DC*")) == []


def test_who_lost_his_post_meanwhile_gets_nothing(li):
    export = waiting(li)
    Assignment.objects.using("owner").filter(user_id=li.pk).update(ends_on="2020-01-02")
    assert run_export(export.pk) == State.FAILED
    assert list(django_settings.FILES.rglob("DC*")) == []


KILLED = """
import os, signal, sys, django
django.setup()
from yimaqing.domains.lists import producing, running
pour = producing.pour
def dies(task, sink, kept, told):
    rows = pour(task, sink, kept, told)
    print("written", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
producing.pour = dies
running.run_export(int(sys.argv[1]))
"""


def test_a_killed_worker_leaves_no_half_file_and_the_job_writes_it_again(li, database):
    export = waiting(li)
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(export.pk)],
        env=database.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert "written" in died.stdout
    export.refresh_from_db()
    assert export.state == State.RUNNING
    assert list(django_settings.FILES.rglob("DC*")) == []
    assert logged_in(li).get(f"/lists/exports/{export.pk}/file/").status_code == 404
    assert run_export(export.pk) == State.DONE
    export.refresh_from_db()
    path = django_settings.FILES / export.stored_as
    with open_stored(path, keyring(django_settings.DATA_KEYS)) as file:
        _book, sheet = sheet_of(file.read())
    assert sheet.max_row == 3 + 2
    leftover = list(django_settings.FILES.rglob(".unfinished-*"))
    for one in leftover:
        os.utime(one, (time.time() - 90_000,) * 2)
    assert tidy(0) == len(leftover)
