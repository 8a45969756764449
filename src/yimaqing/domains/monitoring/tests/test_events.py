"""Whoever listens hears of every warning, whichever path raised or closed it."""

import datetime as dt

import pytest
from django.utils import timezone

from yimaqing.domains.monitoring.actions import evaluate_household, run
from yimaqing.domains.monitoring.events import warnings_closed, warnings_raised
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.registry.factories import add_reading, make_household
from yimaqing.kit.rowscope import Scope, scoped

BAD = {"food": "fail", "housing": "D"}


@pytest.fixture
def heard():
    """(raised or closed, rule codes as read through the sender's own connection)."""
    told = []

    def listen(kind):
        def receiver(*, warning_ids, using, **_):
            found = Warning.objects.using(using).filter(pk__in=warning_ids)
            assert found.count() == len(warning_ids) > 0
            told.append((kind, using, sorted(found.values_list("rule_code", flat=True))))

        return receiver

    raised, closed = listen("raised"), listen("closed")
    warnings_raised.connect(raised)
    warnings_closed.connect(closed)
    yield told
    warnings_raised.disconnect(raised)
    warnings_closed.disconnect(closed)


def mend(home):
    for indicator, value in (("food", "pass"), ("housing", "rebuilt")):
        add_reading(home, indicator, value, timezone.now() - dt.timedelta(minutes=1))


def old(**readings):
    return make_household(readings=readings, observed_at=timezone.now() - dt.timedelta(days=9))


def test_a_run_tells_once_of_all_that_it_raised_and_of_all_that_it_closed(database, heard):
    first, second = old(**BAD), old(food="fail")
    run()
    assert heard == [("raised", "owner", ["food_fails", "food_fails", "housing_unsafe"])]
    heard.clear()
    run()
    assert heard == []
    mend(first)
    mend(second)
    run()
    assert heard == [("closed", "owner", ["food_fails", "food_fails", "housing_unsafe"])]


def test_a_household_judged_at_once_tells_of_each(database, heard):
    home = old(**BAD)
    for expected in ("raised", "closed"):
        with scoped(Scope.everything()):
            evaluate_household(household_id=home.pk, place_code=home.place_code)
        assert sorted(heard) == [
            (expected, "default", ["food_fails"]),
            (expected, "default", ["housing_unsafe"]),
        ]
        heard.clear()
        mend(home)


def test_a_receiver_that_fails_undoes_the_warnings_of_a_run(database, heard):
    old(**BAD)

    def refuse(**_):
        raise RuntimeError("somebody downstream fails")

    warnings_raised.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            run()
    finally:
        warnings_raised.disconnect(refuse)
    assert not Warning.objects.using("owner").exists()
