"""What is judged of members: school, insurance, health. Tables in, what is judged out."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.spec.tables import register
from yimaqing.domains.monitoring.rules import shipped

DAY = dt.date(2020, 8, 19)
RULES = shipped(DAY)


@pytest.mark.parametrize(
    ("born", "value", "state"),
    [
        ("2014-08-19", "", "unknown"),  # six today: a reading is due
        ("2014-08-20", "", "pass"),  # six tomorrow
        ("2004-08-20", "", "unknown"),  # still fifteen
        ("2004-08-19", "", "pass"),  # sixteen today
        ("2010-02-02", "enrolled", "pass"),
        ("2010-02-02", "home_teaching", "pass"),
        ("2010-02-02", "deferred", "pass"),
        ("2010-02-02", "out", "fail"),
        ("2000-02-02", "out", "pass"),  # no longer of school age
    ],
)
def test_children_of_six_to_fifteen_have_to_be_in_school(judge, born, value, state):
    reading = f"indicator|person|value|observed\neducation|2|{value}|2020-07-01" if value else ""
    held = register(
        household="id|members\n1|2",
        person=f"id|relation|born\n1|head|1980-01-01\n2|son|{born}",
        reading=reading,
    )
    assert judge(held, RULES, DAY).states()["education"] == state


def test_a_child_without_a_reading_is_a_suspected_drop_out(judge):
    held = register(
        household="id|members\n1|2",
        person="id|relation|born\n1|head|1980-01-01\n2|son|2010-02-02",
    )
    finding = judge(held, RULES, DAY).findings[1, "education_unverified"]
    assert (finding["colour"], finding["person_ids"]) == ("yellow", [2])


def test_one_child_out_of_school_fails_the_household_and_is_named(judge):
    held = register(
        household="id|members\n1|3",
        person="id|relation|born\n1|head|1980-01-01\n2|son|2010-02-02\n3|daughter|2012-02-02",
        reading="""
        id | indicator | person | value    | observed
        5  | education | 2      | enrolled | 2020-07-01
        6  | education | 3      | out      | 2020-07-01
        """,
    )
    judged = judge(held, RULES, DAY)
    assert judged.states()["education"] == "fail"
    finding = judged.findings[1, "education_out"]
    assert (finding["person_ids"], finding["reading_ids"]) == ([3], [6])


@pytest.mark.parametrize(
    ("member", "reading", "state"),
    [
        ("1980-01-01|no", "insured", "pass"),
        ("1980-01-01|no", "exempt", "pass"),
        ("1980-01-01|no", "uninsured", "fail"),
        ("1980-01-01|no", "", "unknown"),
        ("1980-01-01|yes", "", "pass"),  # a soldier
        ("1980-01-01|yes", "uninsured", "pass"),
        ("2020-06-01|no", "uninsured", "pass"),  # a newborn in process
        ("2020-05-01|no", "uninsured", "fail"),
        ("|no", "uninsured", "fail"),  # birth date not given
    ],
)
def test_every_member_is_insured_or_has_an_accepted_reason(judge, member, reading, state):
    born, soldier = member.split("|")
    rows = "1|medical|1|insured|2020-07-01"
    if reading:
        rows += f"\n2|medical|2|{reading}|2020-07-01"
    held = register(
        household="id|members\n1|2",
        person=f"id|relation|born|military\n1|head|1980-01-01|no\n2|son|{born}|{soldier}",
        reading=f"id|indicator|person|value|observed\n{rows}",
    )
    assert judge(held, RULES, DAY).states()["medical"] == state


def test_members_who_left_the_register_do_not_count(judge):
    held = register(
        person="id|relation|valid\n1|head|yes\n2|son|no",
        reading="""
        indicator | person | value     | observed
        medical   | 1      | insured   | 2020-07-01
        medical   | 2      | uninsured | 2020-07-01
        """,
    )
    judged = judge(held, RULES, DAY)
    assert judged.states()["medical"] == "pass"
    assert judged.standing[1]["persons"] == 1


@pytest.mark.parametrize("health", ["serious", "chronic_serious_disabled"])
def test_a_seriously_ill_member_is_a_risk(judge, health):
    held = register(person=f"id|relation|health\n3|head|{health}")
    finding = judge(held, RULES, DAY).findings[1, "serious_illness"]
    assert (finding["colour"], finding["person_ids"]) == ("yellow", [3])
    assert finding["reading_ids"] == []  # it rests on the register, not on a reading


def test_serious_illness_without_its_insurance_is_a_higher_risk(judge):
    held = register(person="relation|health|major_illness_insurance\nhead|serious|no")
    judged = judge(held, RULES, DAY)
    assert judged.findings[1, "serious_illness_without_insurance"]["colour"] == "orange"
    unknown = register(person="relation|health|major_illness_insurance\nhead|serious|")
    assert "serious_illness_without_insurance" not in judge(unknown, RULES, DAY).rules()


def test_a_disabled_member_with_nobody_able_to_work_is_a_risk(judge):
    person = "id|relation|health|labour\n1|head|disabled|lost\n2|wife|healthy|{}"
    alone = judge(register(household="id|members\n1|2", person=person.format("none")), RULES, DAY)
    assert alone.findings[1, "disabled_without_labour"]["person_ids"] == [1]
    helped = register(household="id|members\n1|2", person=person.format("ordinary"))
    assert "disabled_without_labour" not in judge(helped, RULES, DAY).rules()
