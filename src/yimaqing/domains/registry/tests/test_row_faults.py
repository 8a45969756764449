"""Each mistake in a sheet has its answer: row, column, what is wrong, what would be right.

Every case sends a good row, and beside or instead of it one with a single mistake; the
good one must get in.
"""

import pytest
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.catalogue import datasets
from yimaqing.domains.intake.messages import CELL, explain
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.loaders.undoing.parts import MESSAGES as UNDONE
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    GOOD,
    HOUSEHOLD,
    NUMBER,
    OTHER,
    PERSON,
    SON,
    WANG,
    YAOTOU,
    counts,
    faults,
    id_number,
    make_places,
    send,
    words,
)

LIN = HOUSEHOLD | {"户编号": OTHER, "户主姓名": "林秀", "户主证件号": ""}
NEW_CARD = id_number("19800101", 9)


@pytest.fixture
def village(database):
    make_places()


#: (dataset, what the row has instead, column, code, words of reason, words of remedy)
REJECTED = [
    ("households", {"村编号": "141124999999"}, "place_code", "place_unknown", "不在区划表", "12 位"),
    ("households", {"村编号": "141124104000"}, "place_code", "place_not_village", "不是村级", "村（社区）"),
    ("households", {"村编号": "1411"}, "place_code", "place_digits", "不是区划代码", "12 位"),
    ("households", {"户编号": "8614"}, "household_number", "pattern", "格式不对", "86141124000123"),
    ("households", {"户编号": "8.61411E+13"}, "household_number", "scientific", "科学计数", "文本格式"),
    ("households", {"户主姓名": ""}, "head_name", "required", "空的", "填写"),
    ("households", {"登记类别": ""}, "register_class", "needed_for_new", "新增", "补填"),
    ("households", {"户主姓名": "王3"}, "head_name", "name", "不像人名", "只填姓名"),
    ("households", {"登记类别": "1"}, "register_class", "label", "不在代码表", "建档立卡户、边缘户"),
    ("households", {"登记类别": "贫因户"}, "register_class", "label", "不在代码表", "是否想填：建档立卡户"),
    ("households", {"脱贫状态": "己脱贫"}, "poverty_status", "label", "不在代码表", "是否想填：脱贫"),
    ("households", {"其他致贫原因": "因学、因灾、缺水"}, "other_causes", "too_many", "超过 2 项", "2 项"),
    ("households", {"其他致贫原因": "因病"}, "other_causes", "cause_repeated", "重复", "删去"),
    ("households", {"家庭人口数": "0"}, "member_count", "range", "超出范围", "1 与 30"),
    ("households", {"识别年度": "2O15"}, "recognised_year", "integer", "不是整数", "数字"),
    ("households", {"脱贫年度": "2013"}, "exit_year", "exit_before_recognition", "2014", "核对"),
    ("households", {"脱贫年度": "2099"}, "exit_year", "future_year", "2020", "核对"),
    ("households", {"联系电话": "154000"}, "phone", "phone", "不是电话", "11 位"),
    ("households", {"银行账号": "12AB"}, "bank_account", "account", "不是银行账号", "8 至 30"),
    ("households", {"军烈属": "√"}, "military_family", "yes_no", "不是“是”", "是 或 否"),
    ("persons", {"证件号码": SON[:17]}, "id_number", "id_length", "17 位", "18 位"),
    ("persons", {"证件号码": "A" + SON[1:]}, "id_number", "id_characters", "字符", "原件"),
    ("persons", {"证件号码": SON[:10] + "1301" + SON[14:]}, "id_number", "id_birth_date", "7 至 14", "原件"),
    ("persons", {"证件号码": SON[:17] + ("1" if SON[17] == "0" else "0")}, "id_number", "id_check_digit", "校验", "逐位"),
    ("persons", {"证件号码": "141199201006010000"}, "id_number", "id_rounded", "末几位是 0", "文本格式"),
    ("persons", {"证件类型": "残疾人证"}, "id_number", "id_kind_length", "18 位", "20 或 22"),
    ("persons", {"出生日期": "2010-06-02"}, "born_on", "birth_differs", "2010-06-01", "原件"),
    ("persons", {"出生日期": "2010-02-30"}, "born_on", "date", "不是有效日期", "2020-08-19"),
    ("persons", {"出生日期": "2099-01-01", "证件号码": ""}, "born_on", "future_date", "2020-08-19", "未来"),
    ("persons", {"户编号": OTHER}, "household_number", "household_unknown", f"{OTHER} 不在册", "先导入户表"),
    ("persons", {"与户主关系": "之朋友"}, "relation", "label", "不在代码表", "户主、配偶"),
    ("persons", {"与户主关系": "户主"}, "relation", "second_head", "第 2 行已是户主", "改正"),
    ("persons", {"证件号码": WANG, "出生日期": ""}, "id_number", "duplicate_value", "第 2 行", "一个号码"),
    ("persons", {"人编号": "", "证件号码": ""}, "id_number", "person_key_missing", "都没有填", "至少"),
    ("persons", {"务工月数": "13"}, "work_months", "range", "超出范围", "0 与 12"),
    ("incomes", {"转移性收入": "3000.00"}, "transfer", "transfer_sum", "2000.00", "分项"),
    ("incomes", {"年收入": "13000.00"}, "total", "total_sum", "12000.00", "四项"),
    ("incomes", {"纯收入": "9000.00"}, "net", "net_difference", "10999.99", "支出"),
    ("incomes", {"人均纯收入": "5500.02"}, "per_capita", "per_capita_share", "5500.00", "人口数"),
    ("incomes", {"人均纯收入": "5501"}, "per_capita", "per_capita_share", "5500.00", "人口数"),
    ("incomes", {"工资性收入": "-1"}, "wage", "range", "超出范围", "0 与"),
    ("incomes", {"工资性收入": "五千"}, "wage", "money", "不是金额", "两位小数"),
    ("incomes", {"年度": "2021"}, "year", "future_year", "2020", "核对"),
    ("incomes", {"核算人口数": "0"}, "divisor", "range", "超出范围", "1 与 30"),
    ("incomes", {"转移性收入": "", "五保金": ""}, "transfer", "transfer_unknown", "分项也不全", "没有的填 0"),
    ("incomes", {"核算人口数": "", "人均纯收入": "4000"}, "per_capita", "divisor_unclear", "10999.99", "空着人均纯收入"),
    ("incomes", {"核算人口数": "", "人均纯收入": "", "核算口径": "常住人口"}, "divisor", "divisor_unknown", "不是户籍人口", "填写核算人口数"),
    ("living_conditions", {"耕地面积": "三亩"}, "arable_mu", "decimal", "不是数字", "两位小数"),
    ("living_conditions", {"鉴定日期": "2099-01-01"}, "house_graded_on", "future_date", "晚于", "未来"),
    ("living_conditions", {"危房级别": "E级"}, "house_grade", "label", "不在代码表", "A级、B级"),
    ("measures", {"结束日期": "2018-01-01"}, "ends_on", "end_before_start", "2019-03-01", "不能早于"),
    ("measures", {"措施名称": ""}, "name", "required", "空的", "填写"),
    ("payments", {"金额": ""}, "amount", "required_amount", "空的", "填 0"),
    ("payments", {"金额": "0"}, "amount", "range", "超出范围", "0.01"),
    ("payments", {"发放日期": "2099-01-01"}, "paid_on", "future_date", "晚于", "核对"),
    ("readings", {"指标": "满意度"}, "indicator", "label", "不在代码表", "不愁吃"),
    ("readings", {"值": "差不多"}, "value", "value_word", "没有这个值", "达标"),
    ("readings", {"指标": "饮水水量", "值": "很多"}, "value", "value_number", "应为数字", "不带单位"),
    ("readings", {"指标": "饮水水量", "值": "-5"}, "value", "range", "超出范围", "0"),
    ("readings", {"指标": "义务教育", "值": "在校"}, "id_number", "person_needed", "缺证件号码", "成员"),
    ("readings", {"证件号码": WANG}, "id_number", "person_superfluous", "按户", "删去"),
    ("readings", {"指标": "义务教育", "值": "在校", "证件号码": NEW_CARD}, "id_number", "person_unknown", "没有该证件号码", "persons"),
    ("readings", {"观测日期": "2099-01-01"}, "observed_on", "future_date", "晚于", "核对"),
    ("pairings", {"帮扶次序": "3"}, "rank", "range", "超出范围", "1 与 2"),
]  # fmt: skip

WARNED = [
    ("households", {"主要致贫原因": "", "其他致贫原因": ""}, "main_cause", "cause_missing", "没有主要致贫原因", "补填"),
    ("persons", {"证件号码": ""}, "id_number", "id_missing", "没有证件号码", "补填"),
    ("persons", {"性别": "女", "与户主关系": "之女"}, "sex", "sex_differs", "第 17 位", "核实"),
    ("persons", {"与户主关系": "之女"}, "relation", "relation_sex", "不相符", "核实"),
    ("living_conditions", {"是否危房户": "是"}, "house_grade", "grade_contradicts", "不一致", "鉴定报告"),
    ("living_conditions", {"是否危房户": "是", "危房级别": ""}, "house_grade", "grade_missing", "没有危房级别", "补填"),
    ("living_conditions", {"耕地面积": "101"}, "arable_mu", "land_doubtful", "100 亩", "核实"),
    ("payments", {"领取人证件号": NEW_CARD}, "payee", "payee_not_member", "不是户编号", "核实"),
    ("pairings", {"登录名": "nobody"}, "username", "username_unknown", "nobody", "建账号"),
]  # fmt: skip

#: What makes the spoiled row another record than the good one.
APART = {
    "households": {"户编号": OTHER, "户主证件号": ""},
    "persons": BOY,
    "incomes": {"年度": "2018"},
    "living_conditions": {"年度": "2018"},
    "measures": {"措施编号": "CS2"},
    "payments": {"流水号": "YS2"},
    "readings": {"观测日期": "2020-05-01"},
    "pairings": {"帮扶次序": "2"},
}


def scene(name):
    """What must be there before the dataset."""
    if name != "households":
        send("households", HOUSEHOLD)
    if name not in ("households", "persons"):
        send("persons", PERSON, BOY)


def label(name, column):
    return datasets()[name].column(column).label


@pytest.mark.parametrize(("name", "cells", "column", "code", "reason", "remedy"), REJECTED)
def test_a_mistake_is_named_and_its_row_alone_stays_out(
    village, name, cells, column, code, reason, remedy
):
    scene(name)
    batch = send(name, GOOD[name], GOOD[name] | APART[name] | cells)
    assert (3, column, code) in faults(batch)
    assert {row for row, _, _ in faults(batch)} <= {0, 3}
    assert counts(batch) == (1, 0, 0, 1)
    said = next(
        line for line in words(batch) if f" {label(name, column)} " in line and reason in line
    )
    place, _why, what = said.split("｜")
    assert place.startswith("3 ")
    assert remedy in what


@pytest.mark.parametrize(("name", "cells", "column", "code", "reason", "remedy"), WARNED)
def test_what_is_doubtful_gets_in_with_a_remark(village, name, cells, column, code, reason, remedy):
    scene(name)
    batch = send(name, GOOD[name] | APART[name] | cells, GOOD[name])
    assert (2, column, code) in faults(batch)
    assert counts(batch) == (2, 0, 0, 0)
    said = next(line for line in words(batch) if line.startswith("2 "))
    assert reason in said
    assert remedy in said


def test_the_first_of_two_rows_of_one_record_is_taken(village):
    other_name = HOUSEHOLD | {"户主姓名": "王秀兰"}
    batch = send("households", HOUSEHOLD, LIN, HOUSEHOLD, other_name)
    assert faults(batch) == [
        (4, "household_number", "duplicate_row"),
        (5, "household_number", "duplicate_conflict"),
    ]
    assert counts(batch) == (2, 0, 0, 2)
    assert "第 2 行" in words(batch)[0]
    assert Household.objects.using("owner").get(household_number=NUMBER).head_name == "王秀英"


def test_an_identity_number_stays_with_one_household(village):
    send("households", HOUSEHOLD, LIN)
    send("persons", PERSON)
    batch = send("persons", PERSON | {"人编号": "8614112400045601", "户编号": OTHER})
    assert (2, "id_number", "id_in_other_household") in faults(batch)
    assert f"已登记在另一户（{NUMBER}）" in "".join(words(batch))
    same = send("persons", PERSON | {"人编号": "8614112400012377", "与户主关系": "配偶"})
    assert faults(same)[0] == (2, "id_number", "id_of_other_member")
    assert PERSON["人编号"] in words(same)[0]
    assert WANG not in "".join(words(batch) + words(same))


def test_a_household_out_of_reach_that_holds_the_number_is_not_named(village):
    for code, level, kind in (("141124105000", 4, "township"), ("141124105201", 5, "village")):
        Place.objects.using("owner").create(code=code, name="某地", level=level, kind=kind)
    send("households", HOUSEHOLD, LIN | {"村编号": "141124105201"})
    send("persons", PERSON)
    elsewhere = make_user("township_officer", "141124105000")
    moved = PERSON | {"人编号": "8614112400045601", "户编号": OTHER}
    said = "".join(words(send("persons", moved, by=elsewhere)))
    assert "已登记在另一户｜" in said
    assert NUMBER not in said


def test_a_head_who_is_not_the_one_of_the_household_sheet_is_remarked(village):
    send("households", HOUSEHOLD)
    batch = send("persons", PERSON | {"姓名": "王秀兰"}, BOY)
    assert faults(batch) == [(2, "name", "head_differs")]
    assert "王**" in words(batch)[0]


def test_one_source_cannot_have_seen_two_things_on_one_day(village):
    scene("readings")
    send("readings", GOOD["readings"])
    batch = send("readings", GOOD["readings"] | {"值": "不达标"})
    assert faults(batch) == [(2, "value", "reading_contradicts")]


def test_a_row_with_a_cell_too_many_is_refused_and_the_next_one_read(village):
    data = f"户编号,村编号,户主姓名,登记类别,家庭人口数\n{NUMBER},141124104201,王,秀英,一般农户,2\n"
    data += f"{OTHER},141124104201,林秀,一般农户,2,,\n"
    batch = send("households", data=data.encode())
    assert faults(batch) == [(2, "", "width")]
    assert counts(batch) == (1, 0, 0, 1)


def test_an_officer_imports_into_the_own_area_only(village):
    officer = make_user("township_officer", "141124104000")
    assert counts(send("households", HOUSEHOLD, by=officer)) == (1, 0, 0, 0)
    elsewhere = make_user("township_officer", "141102100000")
    batch = send("households", HOUSEHOLD | {"户编号": OTHER}, by=elsewhere)
    assert faults(batch) == [(2, "household_number", "out_of_scope")]


def test_an_officer_cannot_take_a_household_from_another_area(village):
    send("households", HOUSEHOLD)
    neighbour = make_user("village_worker", YAOTOU)
    nobody = send("households", HOUSEHOLD | {"村编号": YAOTOU}, by=neighbour)
    # A village worker imports nothing at all.
    assert (nobody.failure or {})["code"] == "may_not_import"
    officer = make_user("county_officer", "141102000000")
    batch = send("households", HOUSEHOLD, by=officer)
    assert (2, "household_number", "held_elsewhere") in faults(batch)
    numbers = {key: HOUSEHOLD[key] for key in ("户编号", "户主姓名")} | {"开户银行": "农商行"}
    batch = send("households", numbers, by=officer)
    assert faults(batch) == [(2, "household_number", "held_elsewhere")]
    assert HOUSEHOLD["村编号"] not in "".join(words(batch)), "the number alone tells no village"
    assert Household.objects.using("owner").get().bank_name == ""


def test_every_fault_that_can_be_found_is_explained_in_both_languages():
    for dataset in datasets().values():
        codes = {rule.code for rule in (*dataset.rules, *dataset.notices)} | set(dataset.messages)
        for code in codes | set(CELL):
            chinese = explain(dataset.name, code, {})
            assert chinese.reason != code, (dataset.name, code)
            assert chinese.remedy, (dataset.name, code)
            with translation.override("en"):
                english = explain(dataset.name, code, {})
            assert english.reason.isascii(), (dataset.name, code, english.reason)
            assert english.remedy.isascii(), (dataset.name, code, english.remedy)


def test_every_code_of_the_catalogue_is_tried_here():
    tried = {case[3] for case in (*REJECTED, *WARNED)}
    tried |= {"duplicate_row", "duplicate_conflict", "id_in_other_household", "id_of_other_member"}
    tried |= {
        "divisor_registered",
        "head_differs",
        "relation_unstated",
        "reading_contradicts",
        "width",
        "out_of_scope",
        "held_elsewhere",
    }
    elsewhere = {
        "place_outdated",
        "place_renumbered",
        "place_former",
        "no_members",
        "head_missing",
        "several_heads",
        "members_differ",
        "head_elsewhere",
        "head_repeated",
        "former_number",
        *UNDONE,
    }
    in_cells = {"too_long", "digits_lost", "control", "number"}
    registry = {c for name in GOOD for c in datasets()[name].messages}
    assert (registry | set(CELL)) - tried - elsewhere - in_cells == set()
