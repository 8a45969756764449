"""Headings that no list knows are read by what they say: other words, fewer words, English."""

import pytest

from yimaqing.domains.intake.mapping.guess import columns_from, guess_for
from yimaqing.domains.intake.mapping.wording import alike_tokens, common_tokens, core

CASES = [
    ("living_conditions", "住房等级评定时间", "2021-03-05", "house_graded_on"),
    ("payments", "打款途径", "农商行", "channel"),
    ("incomes", "转移净收入", "1200.5", "transfer"),
    ("persons", "是否享受农村最低生活保障", "是", "minimum_living"),
    ("persons", "累计务工时间（月）", "8", "work_months"),
    ("measures", "实施起止时间/止", "2021.3.5", "ends_on"),
    ("households", "no_of_members", "4", "member_count"),
    ("households", "primary_cause", "illness", "main_cause"),
    ("persons", "XB", "女", "sex"),
    ("households", "社保卡号", "6217000000000000001", "bank_account"),
    ("persons", "Sex (M/F)", "M", "sex"),
    ("persons", "性别（男/女）", "男", "sex"),
    ("persons", "Birthdate (mm/dd/yyyy)", "1958-03-12", "born_on"),
    ("households", "Year Graduated", "2019", "exit_year"),
    ("households", "Head ID Card No.", "141199195803120027", "head_id_number"),
    # What only looks alike is left out.
    ("households", "Inactive", "false", None),
    ("households", "registration_date", "2021-03-05", None),
    ("persons", "就读学校", "", None),
    ("pairings", "帮扶对象/联系电话", "13812345678", None),
]


@pytest.mark.parametrize(("name", "heading", "cell", "target"), CASES)
def test_a_heading_is_taken_for_what_it_says(name, heading, cell, target):
    found = guess_for(name, columns_from([heading], [[cell]] * 20))
    assert [one.target for one in found.plan.columns if "@" not in one.target] == (
        [target] if target else []
    )


def test_words_that_only_qualify_are_passed_over_unless_nothing_telling_is_left():
    assert core("本年度全年总收入") == "总收入"
    assert core("家庭类型") == "家庭类"
    assert common_tokens(["hh", "id", "no"]) == {"household", "nid"}
    assert alike_tokens(frozenset({"year"}), frozenset({"year", "survey"})) > 0.7
    assert alike_tokens(frozenset({"name"}), frozenset({"year", "survey"})) == 0
