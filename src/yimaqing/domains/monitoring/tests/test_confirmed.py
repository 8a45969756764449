"""A new list that says the same makes the readings fresh again, on both engines."""

import datetime as dt

import pytest
from django.db import connections
from django.utils import timezone

from yimaqing.domains.monitoring.actions import evaluate_household, run
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    PERSON,
    make_places,
    send,
)
from yimaqing.kit.rowscope import Scope, scoped


def stale_now():
    found = Warning.objects.using("owner").filter(rule_code="reading_stale", closed_at=None)
    return found.exists()


def judge_at_once():
    home = Household.objects.using("owner").get()
    with scoped(Scope.everything()):
        evaluate_household(household_id=home.pk, place_code=home.place_code)


@pytest.mark.parametrize("judge", [run, judge_at_once])
def test_what_went_stale_is_fresh_once_an_unchanged_list_confirms_it(database, judge):
    make_places()
    today = timezone.localdate()
    send("households", HOUSEHOLD | {"家庭人口数": "1"}, as_of=today)
    send("persons", PERSON, as_of=today - dt.timedelta(days=700))
    judge()
    assert stale_now()
    connections["owner"].close()  # as the worker's task does before a file
    send("persons", PERSON, as_of=today)
    judge()
    assert not stale_now()
