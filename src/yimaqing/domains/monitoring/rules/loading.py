"""From TOML files to a Ruleset, and the checks between their parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from yimaqing.domains.monitoring.rules.agreement import (
    check_indicators,
    check_lines,
    check_rules,
    check_scheme,
    check_sections,
    check_thresholds,
)
from yimaqing.domains.monitoring.rules.conditions import CONDITIONS, INDICATORS_OF
from yimaqing.domains.monitoring.rules.reading import Document, Table, each, parse, parse_text
from yimaqing.domains.monitoring.rules.ruleset import (
    COLOURS,
    INDICATORS,
    STATUSES,
    WATER_ITEMS,
    Citation,
    Colour,
    Group,
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
DEFAULT_SCHEME = "danfeng-2020"
GROUP_COLUMNS = ("group", "poverty_status")
LINE_KINDS = ("poverty", "monitoring")


def load_ruleset(path: Path, scheme: Scheme | None = None) -> Ruleset:
    """The rule set of a file, coloured by ``scheme``. Raises RulesetInvalid.

    Without one it is coloured by its own ``[scheme]``, else by the shipped one that it names.
    """
    return _ruleset(parse(path), scheme)


def read_ruleset(text: str, name: str) -> Ruleset:
    """The rule set of a text, coloured by its own or a shipped scheme. Raises RulesetInvalid."""
    return _ruleset(parse_text(text, name), None)


def _ruleset(document: Document, scheme: Scheme | None) -> Ruleset:
    head = document.table("ruleset")
    reference = document.table("reference", required=False)
    labour = document.table("labour")
    parts: dict[str, Any] = {
        "groups": each(document, "group", _group),
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
    chosen = scheme or _scheme_of(document, head)
    check_indicators(document, parts["indicators"])
    check_thresholds(document, parts["thresholds"])
    check_lines(document, parts["income_lines"])
    check_rules(document, parts["rules"])
    if chosen:
        check_scheme(document, chosen, {rule.code for rule in parts["rules"]})
    check_sections(document)
    document.finish()
    assert chosen is not None  # noqa: S101 # finish() raised if it was missing
    return Ruleset(scheme=_of_these_rules(chosen, parts["rules"]), **parts, **values)


def _scheme_of(document: Document, head: Table | None) -> Scheme | None:
    """The scheme that stands in the document, else the shipped one that it names."""
    if document.table("scheme", required=False):
        return _scheme(document)
    wanted = head.text("scheme", DEFAULT_SCHEME) if head else DEFAULT_SCHEME
    path = SCHEMES / f"{wanted}.toml"
    if path.parent != SCHEMES or not path.is_file():
        if head:
            known = ", ".join(sorted(one.stem for one in SCHEMES.glob("*.toml")))
            reason, remedy = "没有名为 {scheme} 的配色方案", "用其中之一：{known}"
            head.fault("scheme", reason, remedy, scheme=wanted, known=known)
        return None
    return load_scheme(path)


def _of_these_rules(scheme: Scheme, rules: tuple[Rule, ...]) -> Scheme:
    """The scheme without the rules that a rule set does not have."""
    codes = {rule.code for rule in rules}

    def kept(named: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(code for code in named if code in codes)

    colours = tuple(replace(colour, rules=kept(colour.rules)) for colour in scheme.colours)
    return replace(scheme, colours=colours, silent=kept(scheme.silent))


def load_scheme(path: Path) -> Scheme:
    """The colour scheme of a file. Raises RulesetInvalid."""
    document = parse(path)
    scheme = _scheme(document)
    document.finish()
    assert scheme is not None  # noqa: S101 # finish() raised if it was missing
    return scheme


def _scheme(document: Document) -> Scheme | None:
    head = document.table("scheme")
    colours: tuple[Colour, ...] = each(document, "colour", _colour)
    seen: set[str] = set()
    for table, colour in zip(document.tables("colour"), colours, strict=True):
        for code in colour.rules:
            if code in seen:
                table.fault("rules", "规则 {code} 已有颜色", "一条规则只留一种颜色", code=code)
            seen.add(code)
    for code in COLOURS:
        count = sum(colour.code == code for colour in colours)
        if count != 1:
            document.fault(0, f"colour {code}", "出现 {count} 次", "三种颜色各写一次", count=count)
    if head is None:
        return None
    scheme = Scheme(
        code=head.text("code"),
        zh=head.text("zh"),
        en=head.text("en"),
        citation=_citation(head),
        colours=colours,
        silent=head.texts("silent", ()),
    )
    head.unasked()
    return scheme


def load_lines(path: Path) -> tuple[IncomeLine, ...]:
    """An installation's own income lines; each must name its document. Raises RulesetInvalid."""
    document = parse(path)
    lines: tuple[IncomeLine, ...] = each(document, "income_line", _line)
    if not lines:
        document.fault(0, "[[income_line]]", "没有一条收入线", "至少写一条 [[income_line]]")
    check_lines(document, lines)
    document.finish()
    return lines


def _head(table: Table) -> dict[str, Any]:
    values = {
        "code": table.text("code"),
        "version": table.text("version"),
        "effective_from": table.day("effective_from"),
        "effective_to": table.day("effective_to", None),
        "region": _region(table),
        "zh": table.text("zh"),
        "en": table.text("en"),
        "note_zh": table.text("note.zh", ""),
        "note_en": table.text("note.en", ""),
        "citation": _citation(table),
    }
    if values["effective_to"] and values["effective_to"] <= values["effective_from"]:
        remedy = "effective_to 晚于 effective_from，或删去"
        table.fault("effective_to", "失效日期不晚于生效日期", remedy)
    table.text("scheme", "")
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
        held_to=table.text("held_to", LINE_KINDS[0], among=LINE_KINDS) if code == "income" else "",
    )


def _group(table: Table) -> Group:
    return Group(
        code=table.text("code"),
        zh=table.text("zh"),
        en=table.text("en"),
        meaning_zh=table.text("meaning.zh"),
        meaning_en=table.text("meaning.en"),
        citation=_citation(table),
        column=table.text("column", GROUP_COLUMNS[0], among=GROUP_COLUMNS),
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
        kind=table.text("kind", among=LINE_KINDS),
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
        indicator=table.text("indicator", among=INDICATORS_OF.get(condition, ("", *INDICATORS))),
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
        remedy = "用2、4、6、9或12位数字，全国写空"
        table.fault("region", "“{value}”不是区划代码前缀", remedy, value=region)
    return region
