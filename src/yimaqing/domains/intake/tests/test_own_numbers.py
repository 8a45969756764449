"""Rolls of households that the national register does not number: most of a county's.

The village of 李明's 白文镇 knows them by its own numbers (户号), or by the ID number of the head.
"""

import pytest
from django.test import Client
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.mapping.finding import _number
from yimaqing.domains.intake.mapping.plan import plan_from, plan_from_toml
from yimaqing.domains.intake.models import Batch, RowError
from yimaqing.domains.intake.tests.test_mapping import ZHAO, workbook
from yimaqing.domains.intake.tests.test_together import sent, work
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.loaders.shared import HOUSEHOLD_BY_ID
from yimaqing.domains.registry.models import Household, Person
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    HOUSEHOLD,
    NUMBER,
    SON,
    WANG,
    YAOTOU,
    id_number,
    make_places,
    send,
)

SUN = id_number("19800505", 22)
QIAN = id_number("19510505", 21)
BY_HEAD = [
    ["白文村农户花名册"],
    ["户类型", "户主姓名", "户主身份证号", "家庭成员姓名", "成员身份证号", "性别", "关系"],
    ["一般户", "王秀英", WANG, "王秀英", WANG, "女", "户主"],
    ["一般户", "王秀英", WANG, "李小军", SON, "男", "长子"],
    ["一般户", "赵强", ZHAO, "赵强", ZHAO, "男", "户主"],
]
BY_VILLAGE = [
    ["村名", "户号", "户类型", "姓名", "与户主关系", "性别", "身份证号"],
    ["白文村", "12", "一般户", "李小军", "长子", "男", SON],
    ["白文村", "12", "一般户", "王秀英", "户主", "女", WANG],
    ["曜头村", "12", "一般户", "赵强", "户主", "男", ZHAO],
]


@pytest.fixture
def li(database):
    make_places()
    client = Client()
    client.force_login(make_user("township_officer", "141124104000", username="li"))
    with translation.override("zh-hans"):
        yield client


def send_roll(client, rows):
    sent(client, ("花名册.xlsx", workbook(户籍=(rows, []))))
    work()


def numbers():
    held = Household.objects.using("owner").order_by("head_name")
    return {h.head_name: h.household_number for h in held}


def members():
    heads = dict(Household.objects.using("owner").values_list("pk", "head_name"))
    held = Person.objects.using("owner").all()
    return {p.name: (heads[p.household_id], p.place_code) for p in held}


def test_households_known_by_their_heads_get_a_number_and_keep_it(li):
    send_roll(li, BY_HEAD)
    assert not Batch.objects.using("owner").exclude(state="applied").exists()
    made = numbers()
    assert made.keys() == {"王秀英", "赵强"}
    assert all(number.startswith("869") and len(number) == 14 for number in made.values())
    assert members() == {
        "王秀英": ("王秀英", BAIWEN),
        "李小军": ("王秀英", BAIWEN),
        "赵强": ("赵强", BAIWEN),
    }
    first = Batch.objects.using("owner").order_by("pk")[0]
    assert "869 开头" in li.get(f"/imports/{first.pk}/").content.decode()
    send_roll(li, BY_HEAD)
    assert numbers() == made
    assert Batch.objects.using("owner").order_by("pk").last().unchanged == 3


def test_a_villages_own_numbers_only_say_who_lives_together(li):
    send_roll(li, BY_VILLAGE)
    assert members() == {
        "王秀英": ("王秀英", BAIWEN),
        "李小军": ("王秀英", BAIWEN),
        "赵强": ("赵强", YAOTOU),
    }, "the 12 of one village is not the 12 of the other"
    assert not RowError.objects.using("owner").filter(warning=False).exists()


def test_a_household_that_is_held_keeps_its_number(li):
    send("households", HOUSEHOLD)
    others = [("孙丽", SUN, "女"), ("钱进", QIAN, "男")]
    send_roll(li, [*BY_HEAD, *(["一般户", a, b, a, b, c, "户主"] for a, b, c in others)])
    assert numbers()["王秀英"] == NUMBER
    assert members()["李小军"] == ("王秀英", BAIWEN)


def test_a_head_who_is_known_elsewhere_gets_no_second_household(li):
    Place.objects.using("owner").create(code="141124105201", name="三交村", level=5, kind="village")
    send("households", HOUSEHOLD | {"村编号": "141124105201"})
    send_roll(li, BY_HEAD)
    assert numbers().keys() == {"王秀英", "赵强"}
    assert numbers()["王秀英"] == NUMBER
    refused = RowError.objects.using("owner").filter(warning=False, batch__dataset="households")
    assert [(one.column, one.code) for one in refused] == [("household_number", "found_none")]


def test_a_number_that_another_household_has_is_not_given_twice(li):
    send_roll(li, BY_HEAD)
    made = numbers()
    Person.objects.using("owner").all().delete()
    wangs = Household.objects.using("owner").get(head_name="王秀英")
    first = _number(HOUSEHOLD_BY_ID.allotment, bytes(wangs.head_id_index), 0)
    assert made["王秀英"] == first
    wangs.delete()
    Household.objects.using("owner").filter(head_name="赵强").update(household_number=first)
    send_roll(li, BY_HEAD[:4])
    assert numbers()["赵强"] == first
    assert numbers()["王秀英"] not in made.values()


def test_numbers_of_the_register_that_a_spreadsheet_cut_are_none_of_a_villages_own(li):
    cut = [[*row[:1], "8.61411E+13", *row[2:]] for row in BY_VILLAGE[1:]]
    send_roll(li, [BY_VILLAGE[0], *cut])
    assert not Household.objects.using("owner").exists()


def test_a_plan_is_the_same_after_it_was_kept_in_a_file(li):
    send_roll(li, BY_VILLAGE)
    persons = Batch.objects.using("owner").get(dataset="persons")
    plan = plan_from(persons.plan)
    assert plan.group == ("村名", "户号")
    assert plan_from_toml(plan.as_toml()).group == plan.group
