"""Judging everything: from nothing at all, across a change of scheme, while workers go on.

Cast: 王秀英's household in 白文村 (141124104201); 李明 works in that village.
"""

import datetime as dt

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from yimaqing.analytics import lake, snapshot
from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring import tasks
from yimaqing.domains.monitoring.actions import batch, run
from yimaqing.domains.monitoring.models import LiveEvaluation, Run, Warning
from yimaqing.domains.registry.actions import record_reading
from yimaqing.domains.registry.factories import make_household
from yimaqing.kit.rowscope import Scope, scoped

BAIWEN = "141124104201"
GOOD = {"food": "pass", "clothing": "pass", "housing": "A", "water": "pass", "medical": "insured"}


@pytest.fixture
def wang(database):
    return make_household(place_code=BAIWEN, readings=GOOD)


def store(household, indicator, value):
    worker = make_user("village_worker", BAIWEN)
    with scoped(Scope.everything(worker.pk)):
        record_reading(
            household=household,
            indicator=indicator,
            value=value,
            by=worker,
            source="入户查看",
            observed_at=timezone.now(),
        )


def open_warnings(household):
    return Warning.objects.using("owner").filter(household_id=household.pk, closed_at=None)


def test_an_installation_without_households_is_judged_too(database):
    outcome = run()
    assert (outcome.households, outcome.raised) == (0, 0)
    assert lake.latest_snapshot(settings.LAKE, holding="monitoring.standing") is not None


def test_a_household_of_which_nothing_was_observed_is_judged(database):
    make_household(readings={})
    assert run().households == 1


@pytest.mark.parametrize("live", [True, False])
def test_a_warning_of_a_scheme_no_longer_in_force_is_closed(wang, live):
    store(wang, "housing", "D")
    Warning.objects.using("owner").filter(household_id=wang.pk).update(scheme="an-old-scheme")
    if live:
        store(wang, "food", "pass")
    else:
        an_hour_ago = timezone.now() - dt.timedelta(hours=1)
        LiveEvaluation.objects.using("owner").update(at=an_hour_ago)
        run()
    assert {w.scheme for w in open_warnings(wang)} == {"danfeng-2020"}


def test_a_judgement_under_way_when_the_snapshot_was_taken_is_not_undone(wang, monkeypatch):
    take = snapshot.take

    def while_a_worker_stores(**given):
        taken = take(**given)
        store(wang, "housing", "D")
        seconds_before = taken.taken_at - dt.timedelta(seconds=5)
        LiveEvaluation.objects.using("owner").update(at=seconds_before)
        return taken

    monkeypatch.setattr(batch, "take", while_a_worker_stores)
    assert run().closed == 0
    assert open_warnings(wang).exists()


def test_every_day_is_judged_once_as_it_begins_or_later_when_the_service_was_down(wang):
    assert tasks.nightly(timestamp=0) == 1
    assert tasks.nightly(timestamp=3600) == 0
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Run.objects.using("owner").update(as_of=yesterday)
    assert tasks.nightly(timestamp=7200) == 1
    assert Run.objects.using("owner").count() == 2


def test_a_day_that_begins_while_another_run_writes_is_judged_after_it(wang):
    with lake.writing(settings.LAKE):
        assert tasks.nightly(timestamp=0) == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'monitoring.run'")
        assert cursor.fetchone() == (1,)
