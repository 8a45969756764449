"""Rule sets as text and back, other values in them, and what differs in words."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.monitoring.rules import all_shipped, read_ruleset, shipped, to_toml
from yimaqing.domains.monitoring.rules.changing import ValuesRefused, changed, line_of
from yimaqing.domains.monitoring.rules.differences import differences
from yimaqing.domains.monitoring.rules.loading import SCHEMES, load_scheme
from yimaqing.domains.monitoring.rules.ruleset import Citation
from yimaqing.domains.monitoring.rules.values import values_of

RULES = shipped(dt.date(2022, 8, 19))
BY = Citation("临县政办〔2022〕1号第三条（测试）", "", "cited")
LITRES = "threshold.water.quantity.1411"


@pytest.mark.parametrize("ruleset", all_shipped(), ids=lambda one: one.identity)
def test_what_is_written_is_what_is_read(ruleset):
    assert read_ruleset(to_toml(ruleset), "x") == ruleset


@given(st.text(min_size=1), st.integers(1, 3660))
def test_any_source_and_number_survive_writing(source, days):
    made = changed(
        RULES, {"indicator.food.fresh_days": str(days)}, Citation(source, "", "proposal")
    )
    read = read_ruleset(to_toml(made), "x")
    assert read == made
    assert read.indicator("food").fresh_days == days


def test_a_changed_value_cites_its_document_and_says_it_in_its_words():
    made = changed(RULES, {LITRES: "25"}, BY)
    [rule] = [one for one in made.thresholds if one.region == "1411"]
    assert (rule.at_least, rule.citation) == (25, BY)
    assert "水量不少于25升" in rule.zh
    assert "At least 25 litres" in rule.en
    [difference] = differences(RULES, made)
    assert (difference.before, difference.after) == (
        ("20 升/人·日", "20 litres a person a day"),
        ("25 升/人·日", "25 litres a person a day"),
    )


def test_the_age_of_school_changes_in_rule_and_words():
    made = changed(RULES, {"indicator.education.age_to": "16"}, BY)
    education = made.indicator("education")
    assert education.age_to == 16
    assert education.standard_zh.startswith("6至16周岁")
    assert education.citation.text.endswith(BY.text)


def test_a_new_line_stands_in_the_place_of_one_of_its_year():
    first = changed(RULES, {}, BY, line_of("monitoring", "141124", "2022", "6500"))
    second = changed(first, {}, BY, line_of("monitoring", "141124", "2022", "6800"))
    assert second.line_for("monitoring", "141124104201", 2022).value_yuan == 6800
    assert [d.after for d in differences(RULES, second)] == [
        ("6800 元/人·年", "6800 yuan a person a year")
    ]


def test_a_situation_gets_another_colour_or_none():
    asked = {"colour_of.income_cut": "yellow", "colour_of.reading_stale": ""}
    made = changed(RULES, asked, BY)
    assert made.scheme.colour_of("income_cut") == "yellow"
    assert made.scheme.silent == ("reading_stale",)
    assert read_ruleset(to_toml(made), "x") == made
    assert {d.after for d in differences(RULES, made)} == {
        ("黄色", "Yellow"),
        ("不预警", "no warning"),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (LITRES, "-1"),
        (LITRES, "二十"),
        (LITRES, "1e3"),
        ("indicator.food.fresh_days", "3.5"),
        ("indicator.food.fresh_days", "0"),
        ("indicator.education.age_to", "5"),
        ("colour_of.income_cut", "blue"),
        ("deadline.red", "31"),
        ("indicator.medical.military_exempt", "maybe"),
    ],
)
def test_a_value_that_cannot_be_is_named(name, value):
    with pytest.raises(ValuesRefused) as caught:
        changed(RULES, {name: value}, BY)
    assert list(caught.value.faults) == [name]


def test_every_value_can_be_sent_back_as_it_is():
    sent = {value.name: value.now for value in values_of(RULES)}
    assert changed(RULES, sent, BY) == RULES


def test_the_groups_and_the_line_differ_before_and_from_2021():
    before, after = all_shipped()
    told = {
        (d.zh, d.before and d.before[0], d.after and d.after[0]) for d in differences(before, after)
    }
    assert ("监测对象", None, "突发严重困难户") in told
    assert ("监测对象", "脱贫监测户", None) in told
    assert ("人均纯收入：对照", "贫困线", "监测线") in told
    assert after.income_lines == ()
    assert (before.effective_to, after.effective_from) == (dt.date(2021, 5, 1),) * 2


def test_each_scheme_colours_each_rule_of_each_set():
    for path in SCHEMES.glob("*.toml"):
        scheme = load_scheme(path)
        for ruleset in all_shipped():
            assert all(scheme.colour_of(rule.code) for rule in ruleset.rules)
