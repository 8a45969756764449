"""A reading that is sent twice is stored once.

Cast: 李明 stands in 王秀英's yard with one bar of signal; his telephone sends the form again.
"""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Household, Reading

VILLAGE = "141124104201"


@pytest.fixture
def ming(database):
    Place.objects.using("owner").create(code=VILLAGE, name="白文村", level=5, kind="village")
    client = Client()
    client.force_login(make_user("village_worker", VILLAGE))
    make_household()
    return client


def address():
    [home] = Household.objects.using("owner").all()
    return reverse("registry:new_reading", args=[home.pk]) + "?indicator=housing"


def opened(page):
    """The moment that a form carries."""
    [moment] = re.findall(r'name="opened_at" value="([^"]+)"', page.content.decode())
    return moment


def send(client, value="D", day=None, **fields):
    day = day or timezone.localdate()
    return client.post(address(), {"value": value, "observed_on": day.isoformat(), **fields})


def stored():
    return list(Reading.objects.using("owner").order_by("id").values_list("value_text", flat=True))


@pytest.mark.parametrize("days_ago", [0, 3])
def test_the_same_form_twice_is_one_reading(ming, days_ago):
    moment = opened(ming.get(address()))
    day = timezone.localdate() - dt.timedelta(days=days_ago)
    for _ in range(2):
        assert send(ming, day=day, opened_at=moment).status_code == 302
    assert stored() == ["D"]


def test_a_form_opened_again_is_another_reading(ming):
    for _ in range(2):
        send(ming, opened_at=opened(ming.get(address())))
    assert stored() == ["D", "D"]


def test_another_value_from_the_same_form_is_asked_about_once_and_then_taken(ming):
    moment = opened(ming.get(address()))
    send(ming, "D", opened_at=moment)
    asked = send(ming, "A", opened_at=moment)
    assert asked.status_code == 422
    assert send(ming, "A", opened_at=opened(asked)).status_code == 302
    assert stored() == ["D", "A"]


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "2020-01-01T08:00:00+08:00", "2999-01-01T08:00:00+08:00"]
)
def test_a_moment_that_cannot_be_true_is_not_believed(ming, moment):
    before = timezone.now()
    send(ming, opened_at=moment)
    assert before <= Reading.objects.using("owner").get().observed_at <= timezone.now()


def test_a_form_opened_before_midnight_and_sent_after_it(ming):
    moment = timezone.localtime() - dt.timedelta(hours=23, minutes=59)
    for _ in range(2):
        answer = send(ming, opened_at=moment.isoformat())
        assert answer.status_code == 302
    assert stored() == ["D"]
