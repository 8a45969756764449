"""A helper sees the households that the imported list pairs him with, while it does.

Cast: 刘干部 helps 王秀英's household (86141124000123) in 白文村; 赵强 comes after him.
"""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from yimaqing.domains.accounts.actions import assign
from yimaqing.domains.accounts.models import AssignedHousehold, Assignment, User
from yimaqing.domains.accounts.queries import may, scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.intake.events import batch_applied
from yimaqing.domains.registry.models import Household, Reading
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    OTHER,
    PAIRING,
    counts,
    id_number,
    make_places,
    send,
)
from yimaqing.kit.rowscope import scoped

YESTERDAY, TODAY = (timezone.localdate() - dt.timedelta(days=n) for n in (1, 0))
NEXT_WEEK = TODAY + dt.timedelta(days=7)


def helper(username):
    user = User.objects.using("owner").create(username=username, display_name=username)
    Assignment.objects.using("owner").create(
        user_id=user.pk, role="helper", starts_on=dt.date(2020, 1, 1)
    )
    return user


@pytest.fixture
def liu(database):
    make_places()
    send(
        "households",
        HOUSEHOLD,
        HOUSEHOLD | {"户编号": OTHER, "户主证件号": id_number(order=4)},
        as_of=TODAY,
    )
    return helper("liu")


def pair(username, *, ends_on=None, starts_on="2018-01-01"):
    row = PAIRING | {
        "登录名": username,
        "开始日期": str(starts_on),
        "结束日期": str(ends_on or ""),
    }
    return send("pairings", row, as_of=TODAY)


def seen_by(user):
    """What row-level security lets the user see, read as the application."""
    with scoped(scope_of(user)):
        return list(Household.objects.values_list("household_number", flat=True))


def test_the_list_opens_households_to_helpers_only(liu):
    stranger = User.objects.using("owner").create(username="x", display_name="路人")
    pair("liu")
    pair("x", starts_on="2019-01-01")
    batch_applied.send(None, batch_id=1, dataset="pairings")
    assert seen_by(liu) == [HOUSEHOLD["户编号"]]
    assert seen_by(stranger) == []


def test_a_list_sent_before_he_became_a_helper_counts_when_it_is_sent_again(liu):
    late = User.objects.using("owner").create(username="late", display_name="后到")
    pair("late")
    assert seen_by(late) == []
    Assignment.objects.using("owner").create(
        user_id=late.pk, role="helper", starts_on=dt.date(2020, 1, 1)
    )
    assert counts(pair("late")) == (0, 0, 1, 0)
    assert seen_by(late) == [HOUSEHOLD["户编号"]]


def test_who_becomes_a_helper_after_the_list_sees_its_households_at_once(liu):
    late = User.objects.create(username="late", display_name="后到")
    pair("late", ends_on=NEXT_WEEK)
    assert seen_by(late) == []
    assign(user=late, role="interviewer", by=None, actor="system:test")
    assert seen_by(late) == []  # the list says whom he helps, not whom he interviews
    assign(user=late, role="helper", by=None, actor="system:test")
    assert seen_by(late) == [HOUSEHOLD["户编号"]]
    assert AssignedHousehold.every.get(assignment__user=late).ends_on == NEXT_WEEK
    trace = Entry.objects.using("owner").get(action="accounts.households_named")
    assert trace.actor == "system:pairings"


def test_a_new_helper_keeps_what_the_administrator_names_although_its_pairing_ended(liu):
    late = User.objects.create(username="late", display_name="后到")
    pair("late", ends_on=YESTERDAY)
    home = Household.objects.using("owner").get(household_number=HOUSEHOLD["户编号"])
    named = {"household_ids": [home.pk], "by": None, "actor": "system:test"}
    assign(user=late, role="helper", **named)
    assert seen_by(late) == [HOUSEHOLD["户编号"]]


def test_an_imported_end_takes_the_household_away(liu):
    pair("liu")
    pair("liu", ends_on=YESTERDAY)
    assert seen_by(liu) == []
    assert not AssignedHousehold.every.using("owner").exists()
    trace = Entry.objects.using("owner").get(action="accounts.households_unnamed")
    assert trace.actor == "system:pairings"


def test_another_helper_in_his_place_takes_it_away_too(liu):
    zhao = helper("zhao")
    pair("liu")
    pair("zhao")
    assert (seen_by(liu), seen_by(zhao)) == ([], [HOUSEHOLD["户编号"]])


def test_a_pairing_ends_by_itself_on_its_day(liu):
    pair("liu", ends_on=NEXT_WEEK)
    home = Household.objects.using("owner").get(household_number=HOUSEHOLD["户编号"])
    code = make_code("household", home.place_code, home.pk)
    client = Client()
    client.force_login(liu)
    file, card = f"/households/{home.pk}/", f"/c/{code.token}"
    assert seen_by(liu) == [HOUSEHOLD["户编号"]]
    assert client.get(file).status_code == 200
    assert "查看户档案" in client.get(card).content.decode()
    AssignedHousehold.every.using("owner").update(ends_on=TODAY)
    assert seen_by(liu) == []
    assert not may(liu, "registry.edit", home.place_code, home.pk)
    assert client.get(file).status_code == 404
    assert "查看户档案" not in client.get(card).content.decode()
    with scoped(scope_of(liu)):
        assert not Reading.objects.exists()


def test_a_pairing_of_next_week_opens_nothing_today(liu):
    pair("liu", starts_on=NEXT_WEEK)
    assert seen_by(liu) == []


def test_who_is_paired_anew_keeps_the_household(liu):
    pair("liu", ends_on=YESTERDAY, starts_on="2018-01-01")
    pair("liu", starts_on="2019-05-01")
    assert seen_by(liu) == [HOUSEHOLD["户编号"]]


def test_what_the_administrator_named_and_no_list_knows_stays(liu):
    home = Household.objects.using("owner").get(household_number=OTHER)
    assignment = Assignment.objects.using("owner").get(user_id=liu.pk)
    AssignedHousehold.every.using("owner").create(assignment=assignment, household_id=home.pk)
    pair("liu", ends_on=YESTERDAY)
    assert seen_by(liu) == [OTHER]


def test_his_pages_begin_with_his_households(liu):
    pair("liu")
    home = Household.objects.using("owner").get(household_number=HOUSEHOLD["户编号"])
    client = Client()
    client.force_login(liu)
    listed = client.get("/households/", follow=True).content.decode()
    assert f"/households/{home.pk}/" in listed
    assert HOUSEHOLD["户编号"] in listed
    assert OTHER not in listed
    assert "这里还没有记录" not in listed
    assert client.get("/places/").headers["Location"] == f"/places/{home.place_code[:12]}/"
