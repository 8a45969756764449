"""A rules file with a fault is refused whole, and every fault says where and what to do."""

from __future__ import annotations

import datetime as dt

import pytest
from click.testing import CliRunner

from yimaqing.domains.monitoring.rules import (
    RulesetInvalid,
    load_lines,
    load_ruleset,
    load_scheme,
    shipped,
)
from yimaqing.domains.monitoring.rules.loading import RULESETS, SCHEMES
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS
from yimaqing.domains.monitoring.rules_commands import rules as rules_command

NATIONAL = RULESETS / "national-2020.toml"
SCHEME = load_scheme(SCHEMES / "danfeng-2020.toml")


def changed(tmp_path, old, new):
    text = NATIONAL.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "changed.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def line_of(path, text):
    return next(n for n, ln in enumerate(path.read_text().splitlines(), 1) if text in ln)


def faults(path):
    with pytest.raises(RulesetInvalid) as caught:
        load_ruleset(path, SCHEME)
    return caught.value.faults


def test_the_shipped_rules_cite_every_value():
    ruleset = load_ruleset(NATIONAL, SCHEME)
    assert tuple(one.code for one in ruleset.indicators) == INDICATORS
    for part in (ruleset.indicators, ruleset.thresholds, ruleset.income_lines, ruleset.rules):
        assert all(one.citation.text for one in part)
    assert all(one.citation.status != "cited" for one in ruleset.income_lines)


def test_no_monitoring_line_is_shipped_because_none_is_public():
    assert shipped(dt.date(2020, 8, 19)).lines("monitoring") == ()


def test_every_rule_has_a_colour_and_red_is_for_guarantees():
    ruleset = shipped(dt.date(2020, 8, 19))
    assert all(ruleset.scheme.colour_of(rule.code) for rule in ruleset.rules)
    red = {rule.indicator for rule in ruleset.rules if SCHEME.colour_of(rule.code) == "red"}
    assert red == set(INDICATORS) - {"income"}


def test_before_the_document_there_were_no_rules():
    with pytest.raises(LookupError):
        shipped(dt.date(2020, 3, 19))
    assert shipped(dt.date(2020, 3, 20)).code == "national-2020"


@pytest.mark.parametrize(
    ("old", "new", "key", "reason"),
    [
        ("fresh_days = 730", 'fresh_days = "两年"', "indicator[5].fresh_days", "应为整数"),
        ("fresh_days = 730", "fresh_days = 0", "indicator[5].fresh_days", "超出范围"),
        ("fresh_days = 730", "fresh_dais = 730", "indicator[5].fresh_dais", "不认识的键"),
        ('condition = "income_cut"', 'condition = "income_cat"', "rule[9].condition", "不在可用值"),
        ('status = "unconfirmed"', 'status = "sure"', "threshold[2].status", "不在可用值"),
        ('region = "1411"', 'region = "吕梁"', "threshold[2].region", "不是区划代码"),
        ("at_most = 20.0", "", "threshold[3].item", "at_least 或 at_most"),
        ('fail = ["C", "D"]', 'fail = ["B", "C", "D"]', "indicator[5].fail", "既达标又不达标"),
        ('code = "clothing_fails"', 'code = "food_fails"', "rule[2].code", "重复"),
        ('indicator = "housing"', 'indicator = ""', "rule[5].indicator", "不在可用值"),
        ('indicator = "education"', 'indicator = "medical"', "rule[3].indicator", "不在可用值"),
        ('region = "1411"', "", "threshold[2].item", "同一项重复"),
        ('item = "water.guarantee"', 'item = "water.quantity"', "threshold[4].item", "同一项重复"),
        ("year = 2020", "year = 2019", "income_line[2].year", "同一年度重复"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path, old, new, key, reason):
    path = changed(tmp_path, old, new)
    found = {fault.key: fault for fault in faults(path)}
    assert reason in found[key].reason
    assert found[key].remedy
    if new:
        assert found[key].line == line_of(NATIONAL, old)


def test_what_is_no_table_or_is_missing_is_told_once(tmp_path):
    path = changed(tmp_path, "[ruleset]", 'rule = ["food"]\n[ruleset]')
    text = path.read_text(encoding="utf-8").partition("[[rule]]")[0]
    path.write_text(text.replace('item = "water.guarantee"', 'item = "water.quality"'), "utf-8")
    told = [(fault.key, fault.reason) for fault in faults(path)]
    assert ("[[rule]]", "应为表数组") in told
    assert ("threshold water.guarantee", "这一项没有标准") in told
    assert len(told) == len(set(told))


def test_all_faults_are_told_at_once(tmp_path):
    path = changed(tmp_path, "fresh_days = 730", "fresh_days = -1")
    path.write_text(path.read_text().replace("factor = 1.5", 'factor = "x"'), encoding="utf-8")
    assert {fault.key for fault in faults(path)} == {
        "indicator[5].fresh_days",
        "reference[1].factor",
    }


def test_a_rule_that_is_missing_from_the_scheme_is_a_fault(tmp_path):
    path = changed(tmp_path, 'code = "income_cut"', 'code = "income_halved"')
    [fault] = faults(path)
    assert fault.key == "rule income_halved"
    assert "gives it no colour" in fault.english


def test_broken_toml_names_the_line(tmp_path):
    path = changed(tmp_path, 'code = "food"', "code = ")
    [fault] = faults(path)
    assert fault.line == line_of(NATIONAL, 'code = "food"')


def test_own_lines_come_before_ours_and_a_county_before_its_province(tmp_path):
    path = tmp_path / "lines.toml"
    path.write_text(
        """
        [[income_line]]
        kind = "monitoring"
        region = "14"
        year = 2020
        value_yuan = 5000
        source = "省文件（测试）"
        status = "cited"
        [[income_line]]
        kind = "monitoring"
        region = "141124"
        year = 2020
        value_yuan = 5200
        source = "县文件（测试）"
        status = "cited"
        """,
        encoding="utf-8",
    )
    ruleset = shipped(dt.date(2020, 8, 19)).with_lines(load_lines(path))
    assert ruleset.line_for("monitoring", "141124104201", 2020).value_yuan == 5200
    assert ruleset.line_for("monitoring", "141102001001", 2020).value_yuan == 5000
    assert ruleset.line_for("monitoring", "330102001001", 2020) is None
    assert ruleset.line_for("poverty", "141124104201", 2020).value_yuan == 4000


def test_a_line_without_its_document_is_refused(tmp_path):
    path = tmp_path / "lines.toml"
    path.write_text(
        '[[income_line]]\nkind = "monitoring"\nyear = 2020\nvalue_yuan = 5000\nstatus = "cited"\n',
        encoding="utf-8",
    )
    with pytest.raises(RulesetInvalid, match="source"):
        load_lines(path)


def test_the_command_prints_the_faults_and_fails(tmp_path):
    path = changed(tmp_path, "fresh_days = 730", "fresh_days = 0")
    refused = CliRunner().invoke(rules_command, ["check", str(path)])
    assert refused.exit_code == 1
    assert f"第 {line_of(path, 'fresh_days = 0')} 行" in refused.output
    accepted = CliRunner().invoke(rules_command, ["check", str(NATIONAL)])
    assert accepted.exit_code == 0
