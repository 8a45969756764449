"""Rolls of villages, a line for each person: they make their own households.

李明 sends for 白文镇 a workbook with a sheet for each village, as most townships keep it.
"""

import pytest
from django.test import Client
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.tests.test_mapping import OTHER, ZHAO, chosen, newest, workbook
from yimaqing.domains.intake.tests.test_together import sent, state, waits_for, work
from yimaqing.domains.registry.models import Household, Person
from yimaqing.domains.registry.tests.sheets import BAIWEN, NUMBER, SON, WANG, YAOTOU, make_places

HEADINGS = ["序号", "户编号", "户类型", "姓名", "性别", "身份证号", "与户主关系"]
WANGS = [
    [1, NUMBER, "脱贫户", "王秀英", "女", WANG, "户主"],
    [2, None, None, "李小军", "男", SON, "长子"],
]
ZHAOS = [[1, OTHER, "一般户", "赵强", "男", ZHAO, "户主"]]


def roll(title, *records):
    return [[title], HEADINGS, *records, ["合计", None, None, len(records)]]


def village(title="白文镇白文村农户花名册", merges=("B3:B4", "C3:C4")):
    return roll(title, *WANGS), list(merges)


@pytest.fixture
def li(database):
    make_places()
    client = Client()
    client.force_login(make_user("township_officer", "141124104000", username="li"))
    with translation.override("zh-hans"):
        yield client


def households():
    held = Household.objects.using("owner").order_by("household_number")
    return [(h.head_name, h.place_code, h.member_count, h.register_class) for h in held]


BOTH = [("王秀英", BAIWEN, 2, "archived"), ("赵强", YAOTOU, 1, "ordinary")]


def test_a_sheet_for_each_village_makes_households_and_persons_without_a_question(li):
    data = workbook(白文村=village(), 曜头=(roll("农户花名册", *ZHAOS), []))
    sent(li, ("花名册.xlsx", data))
    work()
    batches = Batch.objects.using("owner").order_by("pk")
    assert {(b.state, b.rejected) for b in batches} == {("applied", 0)}, [
        b.failure for b in batches
    ]
    assert households() == BOTH, "the second sheet's village is told by its name alone"
    assert Person.objects.using("owner").count() == 3
    page = li.get(f"/imports/{batches[0].pk}/").content.decode()
    assert "按“户编号”合成一户一行" in page
    assert f"全表同一个值：村编号={BAIWEN}" in page


def test_in_a_check_the_persons_wait_until_their_sheets_households_are_let_in(li):
    data = workbook(白文村=village(), 曜头=(roll("农户花名册", *ZHAOS), []))
    sent(li, ("花名册.xlsx", data), mode="check")
    work()
    one, two, wangs, zhaos = Batch.objects.using("owner").order_by("pk")
    assert [b.state for b in (one, two, wangs, zhaos)] == ["checked"] * 2 + ["received"] * 2
    assert (waits_for(wangs), waits_for(zhaos)) == (one.pk, two.pk)
    li.post(f"/imports/{two.pk}/apply/")
    work()
    assert (state(wangs), state(zhaos)) == ("received", "checked")


def test_a_village_that_two_names_leave_open_is_asked_for(li):
    data = workbook(曜头村=village("白文村农户花名册"))
    sent(li, ("花名册.xlsx", data))
    work()
    first = Batch.objects.using("owner").order_by("pk")[0]
    assert (first.dataset, first.state) == ("households", State.COLUMNS)
    assert first.failure == {"code": "target_missing", "params": {"headings": "村编号"}}
    page = li.get(f"/imports/{first.pk}/columns/").content.decode()
    li.post(f"/imports/{first.pk}/columns/", chosen(page) | {"constant-place_code": "曜头村"})
    work()
    assert households() == [("王秀英", YAOTOU, 2, "archived")]
    assert Person.objects.using("owner").count() == 2


def test_a_total_below_blanks_that_are_filled_is_nobody(li):
    sent(li, ("花名册.xlsx", workbook(白文村=village(merges=()))))
    work()
    assert households() == BOTH[:1]


def test_a_list_of_other_people_waits_for_the_households_of_the_roll(li):
    work_list = [
        ["户编号", "务工人员姓名", "性别", "身份证号", "与户主关系", "务工月数"],
        [NUMBER, "李小军", "男", SON, "长子", 8],
    ]
    listed, _roll = sent(
        li,
        ("务工.xlsx", workbook(务工=(work_list, []))),
        ("花名册.xlsx", workbook(白文村=village())),
        mode="check",
    )
    work()
    made = Batch.objects.using("owner").get(dataset="households")
    assert (state(listed), waits_for(listed)) == ("received", made.pk)


def test_a_roll_that_is_called_a_list_of_households_is_one_all_the_same(li):
    sent(li, ("花名册.xlsx", workbook(白文村=village())), dataset="households")
    work()
    assert (newest().state, newest().rejected) == ("applied", 0), newest().failure
    assert households() == BOTH[:1]
