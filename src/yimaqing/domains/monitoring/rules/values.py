"""The values of a rule set that an officer may change, one by one, each with its bounds.

One list serves the form, the change itself, and what differs between two versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yimaqing.domains.monitoring.rules.ruleset import (
    COLOURS,
    Citation,
    Colour,
    IncomeLine,
    Indicator,
    Rule,
    Ruleset,
    Threshold,
)

#: The parts of the form, in their order.
SECTIONS = ("lines", "water", "indicators", "rules", "deadlines")
LINES = {"poverty": ("贫困线", "Poverty line"), "monitoring": ("监测线", "Monitoring line")}
SILENT = ""


@dataclass(frozen=True)
class Bounds:
    """From what to what a value may go, and in what it is counted."""

    low: float
    high: float
    unit_zh: str
    unit_en: str


@dataclass(frozen=True)
class Value:
    """One value: its name in the form, what it is called, and what it is now.

    ``kind`` is whole, decimal, flag (yes or no) or colour (a colour, or none).
    """

    name: str
    section: str
    kind: str
    zh: str
    en: str
    now: str
    bounds: Bounds | None = None
    citation: Citation | None = None


YUAN = Bounds(100, 100_000, "元/人·年", "yuan a person a year")
_DAYS = Bounds(1, 3660, "天", "days")
_YEARS = Bounds(0, 25, "周岁", "full years")
_NEWBORN = Bounds(0, 366, "天", "days")
_PERCENT = Bounds(1, 100, "%", "%")
_DAY_OF_MONTH = Bounds(1, 28, "日", "day of the month")
_WATER = {
    "water.quantity": Bounds(0, 10_000, "升/人·日", "litres a person a day"),
    "water.convenience": Bounds(0, 10_000, "分钟", "minutes"),
    "water.guarantee": Bounds(0, 366, "天/年", "days a year"),
}


def values_of(ruleset: Ruleset) -> list[Value]:
    """Every value that may be changed, by section."""
    found: list[Value] = [_of_line(one) for one in ruleset.income_lines]
    found += [_of_threshold(one) for one in ruleset.thresholds if not one.passes]
    for indicator in ruleset.indicators:
        found += _of_indicator(indicator)
    for rule in ruleset.rules:
        found += _of_rule(rule, ruleset)
    found += [_of_colour(one) for one in ruleset.scheme.colours]
    return found


def written(number: float) -> str:
    """A number as a person writes it: 35, 1.5."""
    return f"{number:.10g}"


def line_name(line: IncomeLine) -> str:
    """The name of a line's value."""
    return f"line.{line.kind}.{line.region}.{line.year}"


def threshold_name(threshold: Threshold) -> str:
    """The name of a threshold's value."""
    return f"threshold.{threshold.item}.{threshold.region}"


def _of_line(line: IncomeLine) -> Value:
    zh, en = LINES[line.kind]
    where_zh, where_en = (line.region, line.region) if line.region else ("全国", "whole country")
    return Value(
        name=line_name(line),
        section="lines",
        kind="decimal",
        zh=f"{line.year}年{zh}（{where_zh}）",
        en=f"{en} {line.year} ({where_en})",
        now=written(line.value_yuan),
        bounds=YUAN,
        citation=line.citation,
    )


def _of_threshold(one: Threshold) -> Value:
    limit = one.at_least if one.at_least is not None else one.at_most
    return Value(
        name=threshold_name(one),
        section="water",
        kind="decimal",
        zh=one.zh + (f"（{one.region}）" if one.region else ""),
        en=one.en + (f" ({one.region})" if one.region else ""),
        now=written(limit or 0),
        bounds=_WATER[one.item],
        citation=one.citation,
    )


def _of_indicator(one: Indicator) -> Iterator[Value]:
    def value(key: str, zh: str, en: str, bounds: Bounds) -> Value:
        return Value(
            name=f"indicator.{one.code}.{key}",
            section="indicators",
            kind="whole",
            zh=f"{one.zh}：{zh}",
            en=f"{one.en}: {en}",
            now=str(getattr(one, key)),
            bounds=bounds,
            citation=one.citation,
        )

    yield value("fresh_days", "读数在多少天内有效", "how long a reading counts", _DAYS)
    if one.code == "education":
        yield value("age_from", "从几周岁起", "from what age", _YEARS)
        yield value("age_to", "到几周岁止", "up to what age", _YEARS)
    if one.code == "medical":
        words = ("新生儿出生后多少天内可以未参保", "days after birth without insurance")
        yield value("newborn_days", *words, _NEWBORN)
        yield Value(
            name="indicator.medical.military_exempt",
            section="indicators",
            kind="flag",
            zh=f"{one.zh}：现役军人可以未参保",
            en=f"{one.en}: members in active service need none",
            now="yes" if one.military_exempt else "no",
            citation=one.citation,
        )


def _of_rule(rule: Rule, ruleset: Ruleset) -> Iterator[Value]:
    yield Value(
        name=f"colour_of.{rule.code}",
        section="rules",
        kind="colour",
        zh=rule.zh,
        en=rule.en,
        now=ruleset.scheme.colour_of(rule.code) or SILENT,
        citation=rule.citation,
    )
    if rule.fall:
        yield Value(
            name=f"rule.{rule.code}.fall",
            section="rules",
            kind="decimal",
            zh="收入比上一年下降多少算大幅缩减",
            en="How far income must fall within a year",
            now=written(rule.fall * 100),
            bounds=_PERCENT,
            citation=rule.citation,
        )


def _of_colour(colour: Colour) -> Value:
    return Value(
        name=f"deadline.{colour.code}",
        section="deadlines",
        kind="whole",
        zh=f"{colour.zh}：次月几日前处理",
        en=f"{colour.en}: to be acted on by this day of the next month",
        now=str(colour.act_by_day_of_next_month),
        bounds=_DAY_OF_MONTH,
        citation=colour.citation,
    )


def colours_of(ruleset: Ruleset) -> list[Colour]:
    """The colours of the scheme, the most severe first."""
    return sorted(ruleset.scheme.colours, key=lambda one: COLOURS.index(one.code))
