"""What 吴市长 asks beyond how many: how old are the warnings, and how far is the target."""

import datetime as dt

import pytest
from click.testing import CliRunner

from yimaqing.domains.audit.models import Entry
from yimaqing.domains.cockpit.actions import BadTarget, set_target
from yimaqing.domains.cockpit.commands import targets
from yimaqing.domains.cockpit.factories import make_snapshot, standing_row
from yimaqing.domains.cockpit.queries import targets_of
from yimaqing.domains.cockpit.tests.conftest import BAIWEN, BAIWEN_TOWN, LINXIAN, PREFECTURE
from yimaqing.kit.rowscope import Scope, scoped

AS_OF = dt.date(2020, 7, 31)
EPOCH = dt.date(1970, 1, 1)


def finding(household_id, days, colour="red"):
    since = None if days is None else (AS_OF - EPOCH).days - days
    return {
        "household_id": household_id,
        "county_code": "141124",
        "colour": colour,
        "since_day": since,
    }


@pytest.fixture
def aged(lake):
    """Warnings 5, 90, 91 and 400 days old, one without a day; one household is well."""
    ages = {1: 5, 2: 90, 3: 91, 4: 400, 5: None}
    rows = [standing_row(BAIWEN, household_id=i, colour="red") for i in ages]
    rows.append(standing_row(BAIWEN, household_id=6))
    findings = [finding(i, days) for i, days in ages.items()]
    # The older of two warnings counts; what a scheme leaves without colour warns of nothing.
    findings += [finding(4, 3), finding(6, 700, colour="")]
    return make_snapshot(lake, rows, findings)


def values(client, place):
    found = client.get(f"/cockpit/{place}/figures.json").json()["figures"]
    return {f["measure"]: f["value"] for f in found if f["measure"].startswith("age.")}


def test_warnings_are_counted_by_the_age_of_the_oldest(login, aged):
    counted = values(login("leader", PREFECTURE), LINXIAN)
    assert counted == {
        "age.month": 1,
        "age.quarter": 1,
        "age.year": 1,
        "age.longer": 1,
        "age.undated": 1,
    }


def test_an_age_leads_to_its_households(login, aged):
    client = login("leader", PREFECTURE)
    page = client.get(f"/cockpit/{LINXIAN}/households/?measure=age.longer").content.decode()
    assert page.split("<tbody>")[1].count("<tr>") == 1


def test_without_findings_the_ages_are_unreported_not_zero(login, snapshot):
    client = login("leader", PREFECTURE)
    found = client.get(f"/cockpit/{LINXIAN}/figures.json").json()["figures"]
    assert {f["reported"] for f in found if f["measure"].startswith("age.")} == {0}


def put(measure="colour.red", place=PREFECTURE, **says):
    says = {"bound": "most", "value": 1, "due_on": dt.date(2020, 12, 31), **says}
    return set_target(place_code=place, measure=measure, document="吕政办〔2020〕1号", **says)


def test_a_target_stands_beside_its_figure_with_the_distance(login, snapshot):
    put()
    put("colour.orange", value=5)
    page = login("leader", PREFECTURE).get(f"/cockpit/{PREFECTURE}/").content.decode()
    assert "目标 ≤ 1<" in page
    assert "12月31日" in page
    assert "差 1" in page
    assert "✓ 已达到" in page
    assert "目标依据：吕政办〔2020〕1号" in page


def test_where_no_document_sets_one_there_is_no_target(login, snapshot):
    put()
    page = login("leader", PREFECTURE).get(f"/cockpit/{LINXIAN}/").content.decode()
    assert "figure-target" not in page


def test_a_missed_target_says_so(login, snapshot):
    put(due_on=dt.date(2020, 6, 30))
    page = login("leader", PREFECTURE).get(f"/cockpit/{PREFECTURE}/").content.decode()
    assert "逾期，差 1" in page


def test_a_target_of_all_is_not_held_against_a_part(login, snapshot):
    put(place=LINXIAN)
    page = login("township_officer", BAIWEN_TOWN).get(f"/cockpit/{LINXIAN}/").content.decode()
    assert "figure-target" not in page


def test_a_target_set_anew_replaces_the_former_and_the_trail_keeps_both(places):
    put(value=9)
    put(value=7)
    with scoped(Scope.everything()):
        assert targets_of(PREFECTURE)["colour.red"].value == 7
    with scoped(Scope(ranges=((BAIWEN_TOWN[:9], "141124105"),))):
        assert targets_of(PREFECTURE) == {}
    trail = Entry.objects.using("owner").filter(action="cockpit.target_set").order_by("pk")
    assert [(e.before or {}).get("value") for e in trail] == [None, 9]


def test_nonsense_is_refused(places):
    with pytest.raises(BadTarget, match="no such measure"):
        put("colour.blue")
    with pytest.raises(BadTarget, match="no such place"):
        put(place="999999999999")


def test_the_operator_sets_lists_and_removes(places):
    run = CliRunner().invoke
    where = ["colour.red", "--place", PREFECTURE]
    rest = ["--by", "2020-12-31", "--document", "文件"]
    assert run(targets, ["set", *where, *rest]).exit_code == 2
    assert run(targets, ["set", *where, "--at-most", "100", *rest]).exit_code == 0
    assert f"{PREFECTURE} colour.red ≤ 100 · 2020-12-31 · 文件" in run(targets, ["list"]).output
    assert run(targets, ["remove", *where]).exit_code == 0
    assert run(targets, ["remove", *where]).exit_code == 1
