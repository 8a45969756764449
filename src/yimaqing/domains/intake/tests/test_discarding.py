"""A batch that waits and is not wanted any more: its sender, or the county, gives it up."""

import json

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.intake import staging
from yimaqing.domains.intake.actions import NothingToApply, apply_checked
from yimaqing.domains.intake.commands import import_file
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.tasks import discard_batch
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import BAIWEN, HOUSEHOLD, make_places, send


@pytest.fixture
def li(database):
    make_places()
    with translation.override("zh-hans"):
        yield make_user("township_officer", "141124104000", username="li")


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def now(batch):
    return Batch.objects.using("owner").get(pk=batch.pk)


def queued():
    return staging.rows(
        "SELECT (args->>'batch_id')::bigint, (args->>'user_id')::bigint FROM procrastinate_jobs"
        " WHERE task_name = 'intake.discard' AND status = 'todo' ORDER BY id"
    )


def test_its_sender_gives_up_what_was_only_checked(li):
    batch = send("households", HOUSEHOLD, by=li, dry_run=True)
    client = client_of(li)
    page = f"/imports/{batch.pk}/"
    assert f"{page}discard/" in client.get(page).content.decode()
    assert "内容不再入库" in client.get(f"{page}discard/").content.decode()
    assert now(batch).state == "checked", "looking gives nothing up"
    client.post(f"{page}discard/")
    assert queued() == [(batch.pk, li.pk)]
    assert discard_batch(batch.pk, li.pk) == "unusable"
    shown = client.get(page).content.decode()
    assert "已放弃" in shown
    assert "discard/" not in shown
    assert not staging.exists(batch.pk)
    assert (settings.FILES / batch.stored_as).is_file(), "the original stays, as a refused one's"
    [entry] = Entry.objects.using("owner").filter(action="intake.batch_discarded")
    assert (entry.user_id, entry.subject_id) == (li.pk, str(batch.pk))
    with pytest.raises(NothingToApply):
        apply_checked(batch=now(batch), by=li, using="owner")
    assert not Household.objects.using("owner").exists()


def test_who_imports_there_may_and_who_does_not_may_not(li):
    batch = send("households", HOUSEHOLD, by=li, dry_run=True)
    village = client_of(make_user("village_worker", BAIWEN))
    elsewhere = client_of(make_user("township_officer", "141102000000"))
    assert village.post(f"/imports/{batch.pk}/discard/").status_code == 403
    assert elsewhere.post(f"/imports/{batch.pk}/discard/").status_code == 404
    county = make_user("county_officer", "141124000000")
    assert client_of(county).post(f"/imports/{batch.pk}/discard/").status_code == 302
    assert queued() == [(batch.pk, county.pk)]
    assert discard_batch(batch.pk, county.pk) == "unusable"


def test_what_is_applied_is_not_given_up(li):
    batch = send("households", HOUSEHOLD, by=li)
    answer = client_of(li).post(f"/imports/{batch.pk}/discard/", follow=True)
    assert "没有什么可放弃" in answer.content.decode()
    assert discard_batch(batch.pk, li.pk) == "applied"
    assert not Entry.objects.using("owner").filter(action="intake.batch_discarded").exists()


def test_the_terminal_gives_up_a_batch_that_waits_for_its_columns(li):
    unclear = f"编码,谁,哪里\n{HOUSEHOLD['户编号']},王秀英,白文\n".encode()
    batch = send("households", data=unclear)
    assert batch.state == "columns"
    run = CliRunner()
    other = make_user("township_officer", "141102000000", username="sun")
    assert run.invoke(import_file, ["--discard", str(batch.pk), "--as", "sun"]).exit_code == 1
    assert now(batch).state == "columns", other
    done = run.invoke(import_file, ["--discard", str(batch.pk), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["failure"]["code"] == "discarded"
    again = run.invoke(import_file, ["--discard", str(batch.pk)])
    assert again.exit_code == 1
    assert "不在等待" in again.output
