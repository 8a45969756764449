"""Whether the parts of a rules file agree with each other."""

from __future__ import annotations

from yimaqing.domains.monitoring.rules.reading import Document
from yimaqing.domains.monitoring.rules.ruleset import (
    INDICATORS,
    WATER_ITEMS,
    IncomeLine,
    Indicator,
    Rule,
    Scheme,
    Threshold,
)

SECTIONS = frozenset(
    {"ruleset", "scheme", "colour", "group", "indicator", "threshold", "income_line"}
    | {"reference", "labour", "rule"}
)
MOST_RULES = 46  # beside the flags of a member in 63 bits


def check_indicators(document: Document, indicators: tuple[Indicator, ...]) -> None:
    """Each of the seven once, and no word that says both."""
    codes = [one.code for one in indicators]
    for code in INDICATORS:
        count = codes.count(code)
        if count != 1:
            document.fault(
                0, f"indicator {code}", "出现 {count} 次", "七项指标各写一次", count=count
            )
    for table, one in zip(document.tables("indicator"), indicators, strict=True):
        if set(one.passes) & set(one.fails):
            table.fault("fail", "同一个值既达标又不达标", "从 pass 或 fail 中删去一个")
        if one.code == "education" and one.age_from > one.age_to:
            table.fault("age_to", "年龄上限小于下限", "age_to 不小于 age_from")


def check_thresholds(document: Document, thresholds: tuple[Threshold, ...]) -> None:
    """Each part of drinking water held to something, and in no region to two values."""
    for item in WATER_ITEMS:
        if all(one.item != item for one in thresholds):
            document.fault(0, f"threshold {item}", "这一项没有标准", "加上一条 [[threshold]]")
    seen: set[tuple[str, str]] = set()
    for table, one in zip(document.tables("threshold"), thresholds, strict=True):
        if (one.item, one.region) in seen:
            table.fault("item", "同一地区同一项重复", "每个地区每项只留一条")
        seen.add((one.item, one.region))


def check_lines(document: Document, lines: tuple[IncomeLine, ...]) -> None:
    """Of a kind, region and year one line."""
    seen: set[tuple[str, str, int]] = set()
    for table, line in zip(document.tables("income_line"), lines, strict=True):
        if (line.kind, line.region, line.year) in seen:
            table.fault("year", "同一地区同一年度重复", "每个地区每年每类只留一条")
        seen.add((line.kind, line.region, line.year))


def check_rules(document: Document, rules: tuple[Rule, ...]) -> None:
    """Codes that differ, and no more rules than fit into a number."""
    seen: set[str] = set()
    for table, rule in zip(document.tables("rule"), rules, strict=True):
        if rule.code in seen:
            table.fault("code", "规则代码 {code} 重复", "每条规则用不同的代码", code=rule.code)
        seen.add(rule.code)
    if len(rules) > MOST_RULES:
        many = {"count": len(rules), "most": MOST_RULES}
        document.fault(0, "[[rule]]", "规则共 {count} 条，超过 {most} 条", "删去不用的规则", **many)


def check_scheme(document: Document, scheme: Scheme, codes: set[str]) -> None:
    """A rule without colour would be lost in silence; a scheme may serve several rule sets."""
    coloured = {code for colour in scheme.colours for code in colour.rules}
    for code in sorted(codes - coloured - set(scheme.silent)):
        reason = "配色方案 {scheme} 没有给它颜色"
        document.fault(0, f"rule {code}", reason, "在方案中加上", scheme=scheme.code)


def check_sections(document: Document) -> None:
    """A section with a misspelt name would be passed over in silence."""
    for name in sorted(set(document.content) - SECTIONS):
        known = ", ".join(sorted(SECTIONS))
        document.fault(0, f"[{name}]", "不认识的键", "删去或改为其中之一：{known}", known=known)
