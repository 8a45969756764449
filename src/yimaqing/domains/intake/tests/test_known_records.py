"""Sheets of people and households that the register holds: nobody is asked for what it knows.

李明 imports for 白文镇: who works away, who is insured, who gets 低保. Only a row of somebody new
needs a sex, a relation, a village.
"""

import re

import pytest
from django.utils import translation

from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.intake.tests.test_mapping import chosen, logged_in, newest, upload
from yimaqing.domains.registry.models import Change, Household, Person
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    BOY,
    HOUSEHOLD,
    NUMBER,
    OTHER,
    PERSON,
    SON,
    WANG,
    faults,
    id_number,
    make_places,
    send,
    sheet,
)

ZHAO, QIAN = id_number("19660303", 21), id_number("19880808", 31)
AWAY = "序号,姓名,身份证号,务工地区,务工月数\n"


def blanks(page):
    """The values for the whole sheet that the page asks for, none of them given."""
    return dict.fromkeys(re.findall(r'name="(constant-\w+)"', page), "")


@pytest.fixture
def ming(database):
    make_places()
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY)
    with translation.override("zh-hans"):
        yield logged_in()


def test_who_works_away_needs_no_sex_and_no_relation(ming):
    rows = f"1,王秀英,{WANG},县外省内,8\n2,李小军,{SON},省外,3\n"
    upload(ming, ("务工人员.csv", (AWAY + rows).encode()), mode="apply")
    assert run_batch(newest().pk) == "applied", newest().failure
    assert (newest().dataset, newest().updated, newest().rejected) == ("persons", 2, 0)
    wang, son = Person.objects.using("owner").order_by("person_number")
    assert (wang.work_months, wang.sex, wang.relation) == (8, "female", "head")
    assert (son.work_months, son.sex, son.relation) == (3, "male", "son")


def test_one_stranger_among_them_is_left_out_with_the_reason(ming):
    rows = f"{NUMBER},王秀英,{WANG},8\n{NUMBER},李小军,{SON},3\n{NUMBER},赵六,{ZHAO},5\n"
    upload(ming, ("务工.csv", f"户编号,姓名,身份证号,务工月数\n{rows}".encode()), mode="apply")
    assert run_batch(newest().pk) == "applied", newest().failure
    assert (newest().updated, newest().rejected) == (2, 1)
    assert [(f[0], f[1], f[2]) for f in faults(newest())] == [
        (4, "sex", "needed_for_new"),
        (4, "relation", "needed_for_new"),
    ]


def test_where_most_are_new_the_sheet_is_asked_about_and_may_be_let_in_without(ming):
    rows = f"{NUMBER},赵六,{ZHAO}\n{NUMBER},钱七,{QIAN}\n{NUMBER},王秀英,{WANG}\n"
    upload(ming, ("成员.csv", f"户编号,姓名,身份证号\n{rows}".encode()), mode="apply")
    batch = newest()
    assert run_batch(batch.pk) == "columns"
    asked = {"code": "new_lack", "params": {"headings": "性别、与户主关系"}}
    assert newest().failure == asked
    page = ming.get(f"/imports/{batch.pk}/columns/").content.decode()
    assert "与户主关系（新增必填）" in page
    assert re.search(r'<datalist id="labels-sex"><option value="男">', page), "what it can be"

    # Left blank: whoever is known is taken, each new one is told.
    ming.post(f"/imports/{batch.pk}/columns/", chosen(page) | blanks(page))
    assert run_batch(batch.pk) == "applied", newest().failure
    assert (newest().unchanged, newest().created, newest().rejected) == (1, 0, 2)


def test_a_blank_sex_of_a_known_person_is_no_fault_and_erases_nothing(ming):
    send("persons", PERSON | {"性别": "", "与户主关系": "", "健康状况": "长期慢性病"})
    wang = Person.objects.using("owner").get(person_number=PERSON["人编号"])
    assert (wang.sex, wang.relation, wang.health) == ("female", "head", "chronic")
    new = BOY | {"人编号": "8614112400012399", "证件号码": ZHAO, "姓名": "赵六", "性别": ""}
    new["出生日期"] = "1966-03-03"
    done = send("persons", PERSON, new)
    assert [(f[1], f[2]) for f in faults(done)] == [("sex", "needed_for_new")]


def test_whoever_moves_is_not_the_son_of_the_new_head_because_nobody_says_so(ming):
    send("households", HOUSEHOLD | {"户编号": OTHER, "户主姓名": "赵强", "户主证件号": ZHAO})
    listed = {key: cell for key, cell in BOY.items() if key != "与户主关系"}
    moved = send("persons", listed | {"户编号": OTHER}, PERSON)
    assert (moved.unchanged, moved.rejected) == (1, 1)
    assert (2, "relation", "relation_unstated") in faults(moved)
    son = Person.objects.using("owner").get(person_number=BOY["人编号"])
    assert son.household_id == Household.objects.using("owner").get(household_number=NUMBER).pk
    told = send("persons", BOY | {"户编号": OTHER, "与户主关系": "其他"})
    assert (told.updated, told.rejected) == (1, 0), faults(told)
    assert send("persons", listed | {"户编号": OTHER}).unchanged == 1


def test_known_households_need_no_class_village_or_size(ming):
    rows = f"户主姓名,户主身份证号,开户银行\n王秀英,{WANG},临县农商行\n"
    upload(ming, ("户.csv", rows.encode()), dataset="households", mode="apply")
    assert run_batch(newest().pk) == "applied", newest().failure
    assert (newest().updated, newest().rejected) == (1, 0)
    household = Household.objects.using("owner").get()
    assert (household.bank_name, household.place_code) == ("临县农商行", BAIWEN)
    assert (household.register_class, household.member_count) == ("archived", 2)
    change = Change.objects.using("owner").filter(batch_id=newest().pk).get()
    assert change.before == {"bank_name": ""}


def test_a_new_household_without_its_village_is_refused_not_lost(ming):
    rows = f"户编号,户主姓名\n{NUMBER},王秀英\n86141124000777,赵六\n{NUMBER[:-1]}9,钱七\n"
    upload(ming, ("户.csv", rows.encode()), dataset="households", mode="apply")
    batch = newest()
    assert run_batch(batch.pk) == "columns"
    page = ming.get(f"/imports/{batch.pk}/columns/").content.decode()
    assert len(blanks(page)) == 3
    ming.post(f"/imports/{batch.pk}/columns/", chosen(page) | blanks(page))
    assert run_batch(batch.pk) == "applied", newest().failure
    assert (newest().unchanged, newest().rejected) == (1, 2)
    assert [(f[0], f[1]) for f in faults(newest()) if f[2] == "needed_for_new"] == [
        (3, "place_code"),
        (3, "register_class"),
        (3, "member_count"),
        (4, "place_code"),
        (4, "register_class"),
        (4, "member_count"),
    ]


def test_a_full_sheet_in_the_national_layout_is_still_read_as_it_is(ming):
    done = send("persons", data=sheet(PERSON, BOY))
    assert (done.unchanged, done.rejected, done.plan) == (2, 0, None)
