"""Lists of offices as townships keep them: the title and the list's own column say which it is."""

import pytest

from yimaqing.domains.intake.mapping.guess import SURE, guess
from yimaqing.domains.intake.mapping.titles import constants_from
from yimaqing.domains.registry.tests.sheets import id_number

WANG, ZHAO = id_number("19580312", 2), id_number("19660303", 21)


def taken(found):
    return {one.heading: one.target for one in found.plan.columns}


def guessed(title, heads, *rows, sheet="Sheet1"):
    return guess(heads, [list(row) for row in rows] * 10, [title], sheet=sheet)


LISTS = {
    "low incomes by member": (
        "minimum_living",
        "白文镇2026年6月农村最低生活保障对象花名册",
        (
            "户主姓名",
            "保障对象姓名",
            "性别",
            "身份证号码",
            "与户主关系",
            "村委会",
            "保障人口",
            "月保障金额（元）",
            "类别",
        ),
        ("王秀英", "王小军", "男", ZHAO, "之子", "白文村", "2", "310", "B类"),
        {
            "保障对象姓名": "name",
            "身份证号码": "id_number",
            "月保障金额（元）": "amount",
            "类别": "category",
        },
    ),
    "low incomes by household": (
        "minimum_living",
        "二〇二六年第二季度农村低保户名单",
        ("村别", "户主", "身份证号", "保障人数", "户月保障金", "开户账号", "保障原因"),
        ("白文村", "王秀英", WANG, "3", "930", "162284000000001", "因病"),
        {
            "村别": "place_code@village",
            "户主": "name",
            "身份证号": "id_number",
            "户月保障金": "amount",
        },
    ),
    "the destitute": (
        "extreme_poverty",
        "白文镇农村特困人员供养花名册",
        ("行政村", "姓名", "性别", "身份证号码", "供养类型", "照料护理等级"),
        ("白文村", "王秀英", "女", WANG, "分散供养", "全自理"),
        {"行政村": "place_code@village", "供养类型": "support", "身份证号码": "id_number"},
    ),
    "houses by head": (
        "dangerous_houses",
        "白文镇2025年农村危房改造台账",
        (
            "村名",
            "户主姓名",
            "户主身份证号",
            "联系电话",
            "房屋结构",
            "危房等级",
            "鉴定日期",
            "改造方式",
        ),
        ("白文村", "王秀英", WANG, "15400000001", "石窑洞", "C级", "2025.4.12", "维修加固"),
        {
            "户主姓名": "name",
            "户主身份证号": "id_number",
            "危房等级": "grade",
            "鉴定日期": "assessed_on",
        },
    ),
    "disabled people": (
        "disabled_people",
        "白文镇持证残疾人花名册（截至2026年5月31日）",
        ("姓名", "性别", "身份证号", "残疾证号", "残疾类别", "残疾等级", "家庭住址（村）"),
        ("王秀英", "女", WANG, WANG + "44", "肢体残疾", "四级", "白文村"),
        {"残疾类别": "disability", "残疾等级": "degree", "家庭住址（村）": "place_code@village"},
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_its_title_names_is_that_list(name):
    dataset, title, heads, row, columns = LISTS[name]
    found = guessed(title, heads, row)
    assert found.plan.dataset == dataset
    assert columns.items() <= taken(found).items()
    assert set(found.missing) <= {"统计截止日期"}
    assert found.sure or found.missing


def test_the_title_may_be_the_sheets_name_and_says_until_when_it_counts():
    dataset, title, heads, row, _columns = LISTS["disabled people"]
    assert guessed("", heads, row, sheet="持证残疾人").plan.dataset == dataset
    assert guessed(title, heads, row).plan.constants == {"counted_until": "2026年5月31日"}


def test_without_the_lists_own_column_people_are_members_of_households():
    _dataset, title, heads, row, _columns = LISTS["low incomes by member"]
    found = guessed(title, heads[:7], row[:7])
    assert found.plan.dataset == "persons"


def test_a_households_size_is_no_number_of_those_whom_something_reaches():
    heads = ["户编号", "户主姓名", "行政村", "享受低保人数", "残疾人数", "劳动力人数", "农户类型"]
    row = ["86141124000123", "王秀英", "白文村", "1", "1", "2", "一般户"]
    found = guess(heads, [row] * 10)
    assert found.plan.dataset == "households"
    assert "member_count" not in taken(found).values()
    assert taken(guess([*heads, "家庭人口"], [[*row, "3"]] * 10))["家庭人口"] == "member_count"


def test_a_number_is_the_heads_beside_the_heads_name_but_not_beside_anothers():
    heads = ["户主姓名", "身份证号", "年度", "工资性收入", "经营性收入", "财产性收入", "转移性收入"]
    row = ["王秀英", WANG, "2025", "1", "2", "3", "4"]
    assert guess(heads, [row] * 10).scores["household_number@holder"] >= SURE
    heads = ["户主", "帮扶责任人", "身份证号", "工作单位", "职务", "结对时间"]
    row = ["王秀英", "赵强", ZHAO, "县水利局", "科员", "2021.5.1"]
    found = guess(heads, [row] * 10, only="pairings")
    assert found.scores["household_number@holder"] < SURE


def test_incomes_a_head_are_never_left_out_of_a_sheet_that_has_nothing_else():
    heads = ["序号", "行政村", "户主姓名", "户编号", "身份证号", "人口数", "人均纯收入（元）"]
    row = ["1", "曜头村", "王秀英", "86141124000123", WANG, "3", "8000.5"]
    found = guess(heads, [row] * 10, ["曜头村脱贫户2025年人均纯收入情况表"])
    assert found.plan.dataset == "readings"
    assert taken(found)["人均纯收入（元）"] == "value=income"
    assert found.missing == ["观测日期"]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("白文镇建档立卡户花名册", "建档立卡户"),
        ("白文村脱贫户花名册", "建档立卡户"),
        ("白文村一般农户人口花名册", "一般农户"),
        ("曜头村常住人口登记表（一般户）", "一般农户"),
        ("非建档立卡户名单", "一般农户"),
        ("边缘易致贫户台账", "边缘户"),
        ("脱贫户及一般户花名册", ""),
        ("脱贫户、监测户花名册", ""),
        ("监测对象花名册", ""),
        ("未脱贫户名单", ""),
    ],
)
def test_the_title_says_which_households_they_are_unless_it_says_several(title, said):
    assert constants_from("households", [title], set()).get("register_class", "") == said
