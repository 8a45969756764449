"""What departments send: every list comes in by one door, asks for a look, changes nothing.

Cast: 赵强's county 临县; 王秀英 of 白文村, whose archived household everybody's lists are about.
"""

import datetime as dt
from html import unescape

import pytest

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.registry.departments.declared import LISTS, lists
from yimaqing.domains.registry.departments.rules import BadRules, check, read, rhythms
from yimaqing.domains.registry.departments.weighing import weigh_lists
from yimaqing.domains.registry.factories import add_person
from yimaqing.domains.registry.models import Household, ListedPerson
from yimaqing.domains.registry.tests.department_cast import (
    COUNTY,
    TOWNSHIP,
    arrive,
    hits,
    line,
    register,
    row_of,
    rows,
    signed_in,
    wang_at_home,
)
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    counts,
)
from yimaqing.domains.work.actions import close_todo
from yimaqing.kit.rowscope import scoped


@pytest.fixture
def wang(database):
    return wang_at_home()


def test_every_list_has_its_rules_and_rules_name_what_it_says():
    check(lists(), rhythms())
    with pytest.raises(BadRules, match="degree is never 9"):
        told = read(
            '[disabled_people]\nevery = "quarter"\ndue_days = 5\nbasis = "x"\nbasis_en = "x"\n'
            'trigger = { once = "new", fact = "degree", values = ["9"], basis = "", basis_en = "" }'
        )
        check({"disabled_people": lists()["disabled_people"]}, told)
    with pytest.raises(BadRules, match="once"):
        read(
            '[x]\nevery = "month"\ndue_days = 5\nbasis = ""\nbasis_en = ""\n'
            'trigger = { once = "daily", basis = "", basis_en = "" }'
        )


@pytest.mark.parametrize("name", [one.name for one in LISTS])
def test_each_list_finds_whom_it_means_shows_it_and_changes_nothing(wang, name):
    one, before = lists()[name], register()
    line(5000) if name == "medical_bills" else None
    line(5000, name) if name == "school_costs" else None
    if rhythms()[name].trigger.once == "new":  # somebody else stood on the list before
        arrive(name, row_of(name, 姓名="慕容雪", 出生日期="1999-09-09", 统计截止日期="2020-03-31"))
    assert counts(arrive(name)) == (1, 0, 0, 0)
    row = rows()[-1]
    assert (row.state, row.list_name, row.told_place) == ("matched", name, BAIWEN)
    assert row.person_id == (None if one.of_places else wang.pk)
    assert set(row.facts) == {fact.name for fact in one.facts}
    assert register() == before
    [todo] = hits(name)
    assert (todo.place_code, todo.household_id) == (BAIWEN, row.household_id)
    assert todo.detail["until"] == "2020-07-31"
    assert counts(arrive(name)) == (0, 0, 1, 0), "the same row again is the same row"
    assert hits(name).count() == 1
    officer = signed_in("county_officer", COUNTY)
    page = officer.get(f"/lists/{name}/").content.decode()
    assert page.count("2020-07-31") + page.count("2020年7月31日") >= 1
    assert officer.get(f"/households/departments/{name}/").status_code == 200


def test_the_file_says_who_said_what_and_when_to_who_may_see_it(wang):
    arrive("dangerous_houses")
    arrive("water_supply")
    address = f"/households/{wang.household_id}/"
    page = unescape(signed_in("township_officer", TOWNSHIP).get(address).content.decode())
    for words in ("住房鉴定", "D级", "住建部门", "供水异常", "停水", "全村"):
        assert words in page
    water = signed_in("department_officer", COUNTY, department="water")
    page = unescape(water.get(address).content.decode())
    assert "供水异常" in page
    assert "住房鉴定" not in page
    assert water.get("/lists/dangerous_houses/").status_code == 403
    assert water.get("/lists/water_supply/").status_code == 200


def test_a_sum_asks_only_from_the_line_that_was_entered_for_such_households(wang):
    arrive("medical_bills")
    assert not hits("medical_bills").exists(), "no line, nobody is judged"
    line(12300, among="other")
    line(12301)
    weigh_lists()
    assert not hits("medical_bills").exists()
    son = Household.objects.using("owner").get(pk=wang.household_id)
    add_person(son, name="李小军", sex="male", born_on=dt.date(2010, 6, 1))
    arrive(
        "medical_bills",
        row_of("medical_bills"),
        row_of("medical_bills", 姓名="李小军", 性别="男", 出生日期="2010-06-01", 个人自付金额="1"),
    )
    [todo] = hits("medical_bills")
    assert (todo.detail["yuan"], todo.detail["line"]) == ("12,302", "12,301")
    assert todo.household_id == wang.household_id
    arrive(
        "medical_bills", row_of("medical_bills", 统计截止日期="2020-08-10", 个人自付金额="15000")
    )
    assert hits("medical_bills").count() == 1, "one to-do a household, list and year"


def test_a_corrected_row_withdraws_what_it_had_asked_for_and_may_ask_again(wang):
    arrive("dangerous_houses")
    arrive("dangerous_houses", row_of("dangerous_houses", 鉴定等级="B级"))
    assert not hits("dangerous_houses").exists()
    assert hits("dangerous_houses", "dropped").count() == 1
    arrive("dangerous_houses")
    [todo] = hits("dangerous_houses")
    worker = make_user("village_worker", BAIWEN)
    with scoped(scope_of(worker)):
        close_todo(todo=todo, reason="已无人居住", by=worker)
    ListedPerson.objects.using("owner").update(weighed_at=None)
    weigh_lists()
    assert not hits("dangerous_houses").exists(), "what a person has answered is not asked again"


def test_contradictions_ask_only_of_households_that_the_register_watches(wang):
    Household.objects.using("owner").update(register_class="ordinary", group="")
    arrive("vehicles")
    assert not hits("vehicles").exists()
    arrive("dangerous_houses")
    assert hits("dangerous_houses").exists()


def test_nobody_is_new_on_the_first_list_and_who_stood_on_the_last_one_is_not_new(wang):
    arrive("minimum_living", row_of("minimum_living", 统计截止日期="2020-05-31"))
    assert not hits("minimum_living").exists()
    arrive("minimum_living", row_of("minimum_living", 统计截止日期="2020-06-30"))
    assert not hits("minimum_living").exists()
