"""The rulebook as examples: tables in, what is judged out. Each runs on every engine."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.spec.tables import register
from yimaqing.domains.monitoring.rules import shipped
from yimaqing.domains.monitoring.rules.ruleset import Citation, IncomeLine

DAY = dt.date(2020, 8, 19)
RULES = shipped(DAY)


def test_a_household_without_readings_is_unknown_and_raises_no_warning(judge):
    judged = judge(register(person="relation\nhead"), RULES, DAY)
    assert set(judged.states().values()) == {"unknown", "pass"}
    assert judged.states()["education"] == "pass"  # nobody of school age
    assert judged.standing[1]["missing_count"] == 6
    assert judged.standing[1]["colour"] is None
    assert not judged.findings


def test_seven_passing_readings_make_a_household_without_colour(judge):
    held = register(
        person="relation\nhead",
        reading="""
        indicator | person | value   | observed
        food      |        | pass    | 2020-07-01
        clothing  |        | pass    | 2020-07-01
        medical   | 1      | insured | 2020-07-01
        housing   |        | B       | 2020-07-01
        water     |        | pass    | 2020-07-01
        income    |        | 6000    | 2020-06-30
        """,
    )
    judged = judge(held, RULES, DAY)
    assert set(judged.states().values()) == {"pass"}
    assert judged.standing[1]["colour"] is None


@pytest.mark.parametrize(
    ("indicator", "value", "state"),
    [
        ("food", "pass", "pass"),
        ("food", "fail", "fail"),
        ("clothing", "fail", "fail"),
        ("housing", "A", "pass"),
        ("housing", "B", "pass"),
        ("housing", "C", "fail"),
        ("housing", "D", "fail"),
        ("housing", "rebuilt", "pass"),
        ("housing", "moved", "pass"),
        ("housing", "safe_elsewhere", "pass"),
        ("housing", "unheard of", "unknown"),
        ("water", "pass", "pass"),
        ("water", "fail", "fail"),
    ],
)
def test_a_word_passes_or_fails(judge, indicator, value, state):
    held = register(reading=f"indicator|value|observed\n{indicator}|{value}|2020-07-01")
    assert judge(held, RULES, DAY).states()[indicator] == state


def test_a_failing_guarantee_is_red_and_names_its_reading(judge):
    held = register(reading="id|indicator|value|observed\n77|housing|D|2020-07-01")
    finding = judge(held, RULES, DAY).findings[1, "housing_unsafe"]
    assert (finding["scheme"], finding["colour"]) == ("danfeng-2020", "red")
    assert finding["reading_ids"] == [77]
    assert finding["since_day"] == (dt.date(2020, 7, 1) - dt.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("readings", "state"),
    [
        ("1|food|fail|2020-07-01\n2|food|pass|2020-07-02", "pass"),
        ("1|food|fail|2020-07-02\n2|food|pass|2020-07-01", "fail"),
        ("1|food|fail|2020-07-02 09:00:00\n2|food|pass|2020-07-02 08:59:59", "fail"),
        ("8|food|fail|2020-07-02\n9|food|pass|2020-07-02", "pass"),
        ("9|food|fail|2020-07-02\n8|food|pass|2020-07-02", "fail"),
    ],
    ids=["later", "earlier", "by a second", "tie, higher id", "tie, lower id"],
)
def test_the_latest_reading_counts_and_ties_go_to_the_one_stored_later(judge, readings, state):
    held = register(reading=f"id|indicator|value|observed\n{readings}")
    assert judge(held, RULES, DAY).states()["food"] == state


def test_readings_after_the_day_do_not_count_yet(judge):
    readings = """
        indicator | value | observed
        food      | pass  | 2020-07-01
        food      | fail  | 2020-08-20 00:00:00
        water     | fail  | 2020-08-19 23:59:59
        """
    states = judge(register(reading=readings), RULES, DAY).states()
    assert (states["food"], states["water"]) == ("pass", "fail")


def test_what_passed_goes_stale_and_what_failed_does_not_heal_with_time(judge):
    readings = """
        id | indicator | value | observed
        1  | food      | pass  | 2019-08-20
        2  | clothing  | pass  | 2019-08-18
        3  | housing   | D     | 2015-01-01
        """
    judged = judge(register(reading=readings), RULES, DAY)
    states = judged.states()
    assert (states["food"], states["clothing"], states["housing"]) == ("pass", "unknown", "fail")
    assert judged.standing[1]["stale_count"] == 1
    assert judged.findings[1, "reading_stale"]["reading_ids"] == [2]
    assert judged.findings[1, "reading_stale"]["colour"] == "yellow"


@pytest.mark.parametrize(
    ("place", "litres", "state"),
    [
        ("141124104201", 20, "pass"),  # Lüliang is short of water
        ("141124104201", 19, "fail"),
        ("330102001001", 34, "fail"),
        ("330102001001", 35, "pass"),
    ],
)
def test_the_threshold_of_water_is_the_regions(judge, place, litres, state):
    held = register(
        household=f"id|place\n1|{place}",
        reading=f"""
        indicator         | place   | value    | observed
        water.quantity    | {place} | {litres} | 2020-07-01
        water.convenience | {place} | 0        | 2020-07-01
        water.guarantee   | {place} | 36       | 2020-07-01
        water.quality     | {place} | pass     | 2020-07-01
        """,
    )
    assert judge(held, RULES, DAY).states()["water"] == state


def test_three_parts_of_water_are_not_enough_but_one_failing_part_is(judge):
    three = "indicator|value|observed\nwater.quantity|30|2020-07-01\n"
    three += "water.convenience|10|2020-07-01\nwater.guarantee|10|2020-07-01"
    assert judge(register(reading=three), RULES, DAY).states()["water"] == "unknown"
    failing = three.replace("guarantee|10", "guarantee|37")
    assert judge(register(reading=failing), RULES, DAY).states()["water"] == "fail"


def test_four_parts_of_water_go_stale_together_and_the_late_ones_are_named(judge):
    held = register(
        reading="""
        id | indicator         | value | observed
        1  | water.quantity    | 30    | 2020-07-01
        2  | water.convenience | 10    | 2019-01-01
        3  | water.guarantee   | 10    | 2020-07-01
        4  | water.quality     | pass  | 2019-01-01
        """
    )
    judged = judge(held, RULES, DAY)
    assert judged.states()["water"] == "unknown"
    assert judged.standing[1]["stale_count"] == 1
    assert judged.findings[1, "reading_stale"]["reading_ids"] == [2, 4]


@pytest.mark.parametrize(
    ("yuan", "observed", "state", "limit"),
    [
        (3999.99, "2020-06-30", "fail", 4000),
        (4000, "2020-06-30", "pass", None),
        (3218, "2019-12-31", "pass", None),
        (3217, "2019-12-31", "fail", 3218),
        (9000, "2019-05-01", "unknown", None),  # out of date
        (100, "2018-12-31", "unknown", None),  # no line is set for 2018
    ],
)
def test_income_is_held_against_the_line_of_its_year(judge, yuan, observed, state, limit):
    held = register(reading=f"indicator|value|observed\nincome|{yuan}|{observed}")
    judged = judge(held, RULES, DAY)
    assert judged.states()["income"] == state
    if limit:
        finding = judged.findings[1, "income_below_line"]
        assert (finding["colour"], finding["limit_yuan"]) == ("orange", limit)
        assert finding["value_yuan"] == pytest.approx(yuan)


@pytest.mark.parametrize(("yuan", "state"), [(6999, "fail"), (7000, "pass")])
def test_from_2021_income_is_held_against_the_range_of_the_province(judge, yuan, state):
    day, cited = dt.date(2022, 8, 19), Citation("a document", "", "cited")
    held = register(reading=f"indicator|value|observed\nincome|{yuan}|2022-06-30")
    assert judge(held, shipped(day), day).states()["income"] == "unknown"  # none is shipped
    line = IncomeLine("monitoring", "14", 2022, 7000.0, cited)
    judged = judge(held, shipped(day).with_lines((line,)), day)
    assert judged.states()["income"] == state
    if state == "fail":
        assert judged.findings[1, "income_below_line"]["limit_yuan"] == 7000


def test_an_income_that_fell_by_three_tenths_is_a_risk(judge):
    readings = "indicator|value|observed\nincome|{}|2020-06-30\nincome|10000|2019-06-30"
    fell = judge(register(reading=readings.format(7000)), RULES, DAY)
    held = judge(register(reading=readings.format(7001)), RULES, DAY)
    assert "income_cut" in fell.rules()
    assert "income_cut" not in held.rules()
    finding = fell.findings[1, "income_cut"]
    assert (finding["value_yuan"], finding["limit_yuan"]) == (7000, 10_000)


def test_what_the_register_and_a_reading_say_may_contradict(judge):
    held = register(
        household="id|members\n1|4",  # five declared, two there
        person="""
        id | relation | born       | status  | resident_medical
        1  | head     | 1980-01-01 |         | yes
        2  | son      | 2010-01-01 | primary | yes
        """,
        reading="""
        indicator      | person | value     | observed
        education      | 2      | out       | 2020-07-01
        medical        | 1      | uninsured | 2020-07-01
        water          |        | pass      | 2020-07-01
        water.quantity |        | 3         | 2020-07-01
        """,
    )
    judged = judge(held, RULES, DAY)
    assert judged.standing[1]["contradiction_count"] == 4
    assert "facts_contradict" in judged.rules()
    assert judged.states()["water"] == "fail"  # what was measured outranks the summary


def test_the_gravest_colour_is_the_households(judge):
    held = register(
        person="relation|health\nhead|serious",
        reading="indicator|value|observed\nincome|3000|2020-06-30\nfood|fail|2020-07-01",
    )
    judged = judge(held, RULES, DAY)
    assert {f["colour"] for f in judged.findings.values()} == {"red", "orange", "yellow"}
    assert judged.standing[1]["colour"] == "red"


def test_households_that_left_the_register_are_not_judged(judge):
    held = register(
        household="id|valid\n1|yes\n2|no",
        reading="household|indicator|value|observed\n2|food|fail|2020-07-01",
    )
    judged = judge(held, RULES, DAY)
    assert set(judged.standing) == {1}
    assert not judged.findings


def test_a_standing_says_where_the_household_is(judge):
    row = judge(register(), RULES, DAY).standing[1]
    codes = (row["county_code"], row["township_code"], row["village_code"])
    assert codes == ("141124", "141124104", "141124104201")
    assert (row["scheme"], row["as_of"]) == ("danfeng-2020", DAY)
