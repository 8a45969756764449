"""From TOML files to a Ruleset, and the checks between their parts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from yimaqing.domains.monitoring.rules.conditions import CONDITIONS
from yimaqing.domains.monitoring.rules.reading import Document, Table, each, parse
from yimaqing.domains.monitoring.rules.ruleset import (
    COLOURS,
    INDICATORS,
    STATUSES,
    WATER_ITEMS,
    Citation,
    Colour,
    IncomeLine,
    Indicator,
    Rule,
    Ruleset,
    Scheme,
    Threshold,
)

_HERE = Path(__file__).resolve().parents[1]
_EVERY_PARAMETER = frozenset().union(*CONDITIONS.values())
RULESETS = _HERE / "rulesets"
SCHEMES = _HERE / "schemes"


def load_ruleset(path: Path, scheme: Scheme) -> Ruleset:
    """The rule set of a file, coloured by ``scheme``. Raises RulesetInvalid."""
    document = parse(path)
    head = document.table("ruleset")
    reference = document.table("reference", required=False)
    labour = document.table("labour")
    parts: dict[str, Any] = {
        "indicators": each(document, "indicator", _indicator),
        "thresholds": each(document, "threshold", _threshold),
        "income_lines": each(document, "income_line", _line),
        "rules": each(document, "rule", _rule),
    }
    values = _head(head) if head else {}
    values["unable_to_work"] = labour.texts("unable") if labour else ()
    if reference:
        values["reference_factor"] = reference.decimal("factor", low=1, high=10)
        values["reference_zh"] = reference.text("zh")
        values["reference_en"] = reference.text("en")
    _check_indicators(document, parts["indicators"])
    _check_rules(document, parts["rules"])
    _check_scheme(document, scheme, {rule.code for rule in parts["rules"]})
    document.finish()
    return Ruleset(scheme=scheme, **parts, **values)


def load_scheme(path: Path) -> Scheme:
    """The colour scheme of a file. Raises RulesetInvalid."""
    document = parse(path)
    head = document.table("scheme")
    colours = each(document, "colour", _colour)
    seen: set[str] = set()
    for table, colour in zip(document.tables("colour"), colours, strict=True):
        for code in colour.rules:
            if code in seen:
                table.fault("rules", f"规则 {code} 已有颜色", "一条规则只留一种颜色")
            seen.add(code)
    document.finish()
    assert head is not None  # noqa: S101 # finish() raised if it was missing
    return Scheme(head.text("code"), head.text("zh"), head.text("en"), _citation(head), colours)


def load_lines(path: Path) -> tuple[IncomeLine, ...]:
    """An installation's own income lines; each must name its document. Raises RulesetInvalid."""
    document = parse(path)
    lines: tuple[IncomeLine, ...] = each(document, "income_line", _line)
    if not lines:
        document.fault(0, "[[income_line]]", "没有一条收入线", "至少写一条 [[income_line]]")
    seen: set[tuple[str, str, int]] = set()
    for table, line in zip(document.tables("income_line"), lines, strict=True):
        if (line.kind, line.region, line.year) in seen:
            table.fault("year", "同一地区同一年度重复", "每个地区每年每类只留一条")
        seen.add((line.kind, line.region, line.year))
    document.finish()
    return lines


def shipped(as_of: dt.date, scheme_code: str = "danfeng-2020") -> Ruleset:
    """The newest shipped rule set in force on a day.

    Before the first one began there were no rules: LookupError.
    """
    scheme = load_scheme(SCHEMES / f"{scheme_code}.toml")
    candidates = [load_ruleset(path, scheme) for path in sorted(RULESETS.glob("*.toml"))]
    in_force = [
        one
        for one in candidates
        if one.effective_from <= as_of and (one.effective_to is None or as_of < one.effective_to)
    ]
    if not in_force:
        raise LookupError(f"no rule set is in force on {as_of}")
    return max(in_force, key=lambda one: one.effective_from)


def _head(table: Table) -> dict[str, Any]:
    values = {
        "code": table.text("code"),
        "version": table.text("version"),
        "effective_from": table.day("effective_from"),
        "effective_to": table.day("effective_to", None),
        "zh": table.text("zh"),
        "en": table.text("en"),
        "note_zh": table.text("note.zh", ""),
        "note_en": table.text("note.en", ""),
        "citation": _citation(table),
    }
    table.unasked()
    return values


def _citation(table: Table) -> Citation:
    return Citation(
        table.text("source"), table.text("url", ""), table.text("status", among=STATUSES)
    )


def _indicator(table: Table) -> Indicator:
    code = table.text("code", among=INDICATORS)
    of_person = table.text("subject", among=("household", "person")) == "person"
    education = code == "education"
    words: Any = () if code == "income" else None
    return Indicator(
        code=code,
        zh=table.text("zh"),
        en=table.text("en"),
        subject="person" if of_person else "household",
        passes=table.texts("pass") if words is None else table.texts("pass", words),
        fails=table.texts("fail") if words is None else table.texts("fail", words),
        fresh_days=table.whole("fresh_days", low=1, high=3660),
        standard_zh=table.text("standard.zh"),
        standard_en=table.text("standard.en"),
        citation=_citation(table),
        age_from=table.whole("age_from", low=0, high=25) if education else 0,
        age_to=table.whole("age_to", low=0, high=25) if education else 0,
        newborn_days=table.whole("newborn_days", 0, low=0, high=366),
        military_exempt=table.flag("military_exempt", default=False),
        register_passes=table.texts("register_pass", ()),
        register_fails=table.texts("register_fail", ()),
    )


def _threshold(table: Table) -> Threshold:
    item = table.text("item", among=WATER_ITEMS)
    quality = item == "water.quality"
    bounds = {
        name: table.decimal(name, low=0, high=10_000) if table.has(name) else None
        for name in ("at_least", "at_most")
    }
    if not quality and sum(bound is not None for bound in bounds.values()) != 1:
        table.fault("item", "应有且只有 at_least 或 at_most 之一", "例如 at_most = 20.0")
    return Threshold(
        item=item,
        region=_region(table),
        at_least=bounds["at_least"],
        at_most=bounds["at_most"],
        passes=table.texts("pass") if quality else (),
        fails=table.texts("fail") if quality else (),
        zh=table.text("zh"),
        en=table.text("en"),
        citation=_citation(table),
    )


def _line(table: Table) -> IncomeLine:
    return IncomeLine(
        kind=table.text("kind", among=("poverty", "monitoring")),
        region=_region(table),
        year=table.whole("year", low=2000, high=2100),
        value_yuan=table.decimal("value_yuan", low=100, high=100_000),
        citation=_citation(table),
    )


def _rule(table: Table) -> Rule:
    condition = table.text("condition", among=tuple(CONDITIONS))
    wanted = CONDITIONS.get(condition, _EVERY_PARAMETER)
    return Rule(
        code=table.text("code"),
        indicator=table.text("indicator", among=("", *INDICATORS)),
        condition=condition,
        zh=table.text("zh"),
        en=table.text("en"),
        citation=_citation(table),
        fall=table.decimal("fall", low=0.01, high=1) if "fall" in wanted else 0.0,
        health=table.texts("health") if "health" in wanted else (),
        poverty_status=table.texts("poverty_status") if "poverty_status" in wanted else (),
    )


def _colour(table: Table) -> Colour:
    return Colour(
        code=table.text("code", among=COLOURS),
        zh=table.text("zh"),
        en=table.text("en"),
        meaning_zh=table.text("meaning.zh"),
        meaning_en=table.text("meaning.en"),
        act_by_day_of_next_month=table.whole("act_by_day_of_next_month", low=1, high=28),
        closed_by=table.text("closed_by", among=("village", "township", "county")),
        citation=_citation(table),
        rules=table.texts("rules"),
    )


def _region(table: Table) -> str:
    region = table.text("region", "")
    if region and not (region.isdecimal() and len(region) in {2, 4, 6, 9, 12}):
        table.fault("region", f"“{region}”不是区划代码前缀", "用2、4、6、9或12位数字，全国写空")
    return region


def _check_indicators(document: Document, indicators: tuple[Indicator, ...]) -> None:
    codes = [one.code for one in indicators]
    for code in INDICATORS:
        if codes.count(code) != 1:
            document.fault(
                0, f"indicator {code}", f"出现 {codes.count(code)} 次", "七项指标各写一次"
            )
    for table, one in zip(document.tables("indicator"), indicators, strict=True):
        if set(one.passes) & set(one.fails):
            table.fault("fail", "同一个值既达标又不达标", "从 pass 或 fail 中删去一个")
        if one.code == "education" and one.age_from > one.age_to:
            table.fault("age_to", "年龄上限小于下限", "age_to 不小于 age_from")


def _check_rules(document: Document, rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for table, rule in zip(document.tables("rule"), rules, strict=True):
        if rule.code in seen:
            table.fault("code", f"规则代码 {rule.code} 重复", "每条规则用不同的代码")
        seen.add(rule.code)


def _check_scheme(document: Document, scheme: Scheme, codes: set[str]) -> None:
    coloured = {code for colour in scheme.colours for code in colour.rules}
    for code in sorted(codes - coloured):
        document.fault(0, f"rule {code}", f"配色方案 {scheme.code} 没有给它颜色", "在方案中加上")
    for code in sorted(coloured - codes):
        document.fault(
            0, f"rule {code}", f"配色方案 {scheme.code} 用到它，但规则集没有", "补上规则"
        )
