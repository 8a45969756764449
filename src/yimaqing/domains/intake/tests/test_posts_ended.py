"""What somebody sent stays with the post by which he sent it; a mapping with its senders' area.

Cast: 赵强 imports for 临县, then for 方山县.
"""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import Assignment
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.intake.mapping.saved import area_of
from yimaqing.domains.intake.models import Undo
from yimaqing.domains.registry.tests.sheets import HOUSEHOLD, make_places, send
from yimaqing.kit.rowscope import Scope

HERE, ELSEWHERE = "141124000000", "141128000000"


@pytest.fixture
def qiang(database):
    make_places()
    return make_user("county_officer", HERE)


def answers(user, batch, undo):
    client = Client()
    client.force_login(user)
    return [
        client.get(reverse("intake:batch", args=[batch.pk])).status_code,
        client.get(reverse("intake:undo", args=[undo.pk])).status_code,
        client.post(reverse("intake:original", args=[batch.pk]), {"purpose": "核对"}).status_code,
        client.post(reverse("intake:error_workbook", args=[batch.pk])).status_code,
    ]


def test_whoever_changes_his_county_leaves_what_he_sent_behind(qiang):
    batch = send("households", HOUSEHOLD, by=qiang)
    undo = Undo.objects.using("owner").create(batch=batch, actor="x", reason="x")
    assert answers(qiang, batch, undo) == [200] * 4
    make_assignment(qiang, "county_officer", ELSEWHERE)
    assert answers(qiang, batch, undo) == [200] * 4, "both posts at once"
    Assignment.objects.using("owner").filter(user=qiang, place_code=HERE).update(
        ends_on=timezone.localdate()
    )
    assert answers(qiang, batch, undo) == [404] * 4


def test_a_post_that_ended_before_takes_nothing_away(qiang):
    make_assignment(qiang, "county_officer", ELSEWHERE)
    Assignment.objects.using("owner").filter(user=qiang, place_code=ELSEWHERE).update(
        ends_on=timezone.localdate() - dt.timedelta(days=1)
    )
    refused = send("households", HOUSEHOLD | {"村编号": "141128101201"}, by=qiang)
    undo = Undo.objects.using("owner").create(batch=refused, actor="x", reason="x")
    assert answers(qiang, refused, undo) == [200] * 4


def test_a_mapping_is_for_the_first_of_two_places_and_never_for_all(qiang):
    assert area_of(scope_of(qiang)) == "141124"
    make_assignment(qiang, "township_officer", "530102001000")
    assert area_of(scope_of(qiang)) == "141124"
    assert area_of(Scope.everything()) == ""
