"""Two people store what they saw of one household at the same moment."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.registry.actions import record_reading
from yimaqing.domains.registry.events import household_changed
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Reading
from yimaqing.kit.rowscope import Scope, scoped


def test_neither_waits_for_the_other_crosswise_and_both_count(database):
    home = make_household(
        readings={"food": "pass", "housing": "A"},
        observed_at=timezone.now() - dt.timedelta(days=30),
    )
    li = User.objects.using("owner").create(username="li", display_name="李明")
    stored = Barrier(2)

    def meet(**_):
        """Both have inserted their reading before either is judged."""
        stored.wait(timeout=20)

    def store(indicator, value):
        try:
            with scoped(Scope.everything()):
                record_reading(
                    household=home,
                    indicator=indicator,
                    value=value,
                    observed_at=timezone.now() - dt.timedelta(minutes=1),
                    source="入户查看",
                    by=li,
                )
        finally:
            connection.close()

    receivers = household_changed.receivers
    household_changed.receivers = []
    household_changed.connect(meet, weak=False)
    household_changed.receivers += receivers
    household_changed.sender_receivers_cache.clear()
    try:
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(store, "food", "fail"), pool.submit(store, "housing", "D")]:
                done.result()
    finally:
        household_changed.receivers = receivers
        household_changed.sender_receivers_cache.clear()
    assert Reading.objects.using("owner").filter(household_id=home.pk).count() == 4
    raised = Warning.objects.using("owner").filter(household_id=home.pk, closed_at=None)
    assert {w.indicator for w in raised} >= {"food", "housing"}
