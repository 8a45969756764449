"""A rule set with other values: what an officer wrote, checked, each with its document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

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
from yimaqing.domains.monitoring.rules.values import (
    SILENT,
    YUAN,
    Bounds,
    Value,
    line_name,
    threshold_name,
    values_of,
    written,
)

_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?")
_SURENESS = ("cited", "unconfirmed", "proposal")


class ValuesRefused(ValueError):
    """What was written cannot be a value: name → bounds (None: not one of the choices)."""

    def __init__(self, faults: Mapping[str, Bounds | None]) -> None:
        super().__init__(", ".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class NewLine:
    """An income line that is not there yet."""

    kind: str
    region: str
    year: int
    value_yuan: float


def changed(
    ruleset: Ruleset, asked: Mapping[str, str], citation: Citation, line: NewLine | None = None
) -> Ruleset:
    """The rule set with the values of ``asked`` that differ; these cite ``citation``.

    Raise ValuesRefused, with every value that cannot be, and change nothing.
    """
    given = {
        value.name: asked[value.name].strip()
        for value in values_of(ruleset)
        if value.name in asked and not _same(value, asked[value.name].strip())
    }
    _check(ruleset, given)
    lines = tuple(_line(one, given, citation) for one in ruleset.income_lines)
    if line:
        lines = (*(one for one in lines if not _is_at(one, line)), _made(line, citation))
    made = replace(
        ruleset,
        income_lines=lines,
        thresholds=tuple(_threshold(one, given, citation) for one in ruleset.thresholds),
        indicators=tuple(_indicator(one, given, citation) for one in ruleset.indicators),
        rules=tuple(_rule(one, given, citation) for one in ruleset.rules),
        by_code={},
    )
    return _coloured(made, given, citation)


def _same(value: Value, asked: str) -> bool:
    if value.kind in {"whole", "decimal"} and _NUMBER.fullmatch(asked):
        return float(asked) == float(value.now)
    return asked == value.now


def _check(ruleset: Ruleset, given: Mapping[str, str]) -> None:
    faults: dict[str, Bounds | None] = {}
    for value in values_of(ruleset):
        if value.name in given and not _is_possible(value, given[value.name]):
            faults[value.name] = value.bounds
    education = ruleset.indicator("education")
    ages = [
        given.get(f"indicator.education.{key}", str(getattr(education, key)))
        for key in ("age_from", "age_to")
    ]
    if not faults and int(ages[0]) > int(ages[1]):
        faults["indicator.education.age_to"] = Bounds(int(ages[0]), 25, "周岁", "full years")
    if faults:
        raise ValuesRefused(faults)


def _is_possible(value: Value, asked: str) -> bool:
    if value.kind == "flag":
        return asked in {"yes", "no"}
    if value.kind == "colour":
        return asked in {SILENT, *COLOURS}
    if value.bounds is None or not _NUMBER.fullmatch(asked):
        return False
    whole = value.kind != "whole" or asked.isdecimal()
    return whole and value.bounds.low <= float(asked) <= value.bounds.high


def line_of(kind: str, region: str, year: str, value: str) -> NewLine:
    """A new line as it was written. Raise ValuesRefused."""
    faults: dict[str, Bounds | None] = {}
    if kind not in {"poverty", "monitoring"}:
        faults["new.kind"] = None
    if not (year.isdecimal() and 2000 <= int(year) <= 2100):
        faults["new.year"] = Bounds(2000, 2100, "年", "year")
    if not (_NUMBER.fullmatch(value) and YUAN.low <= float(value) <= YUAN.high):
        faults["new.value"] = YUAN
    if faults:
        raise ValuesRefused(faults)
    return NewLine(kind, region, int(year), float(value))


def _is_at(held: IncomeLine, line: NewLine) -> bool:
    return (held.kind, held.region, held.year) == (line.kind, line.region, line.year)


def _made(line: NewLine, citation: Citation) -> IncomeLine:
    return IncomeLine(line.kind, line.region, line.year, line.value_yuan, citation)


def _line(one: IncomeLine, given: Mapping[str, str], citation: Citation) -> IncomeLine:
    asked = given.get(line_name(one))
    return replace(one, value_yuan=float(asked), citation=citation) if asked else one


def _threshold(one: Threshold, given: Mapping[str, str], citation: Citation) -> Threshold:
    asked = given.get(threshold_name(one))
    if not asked:
        return one
    key = "at_least" if one.at_least is not None else "at_most"
    before, after = written(getattr(one, key)), written(float(asked))
    limits: dict[str, Any] = {key: float(asked)}
    words: dict[str, Any] = {
        name: _reworded(getattr(one, name), before, after) for name in ("zh", "en")
    }
    return replace(one, citation=citation, **limits, **words)


def _indicator(one: Indicator, given: Mapping[str, str], citation: Citation) -> Indicator:
    changes: dict[str, Any] = {}
    reworded = one
    for key in ("fresh_days", "age_from", "age_to", "newborn_days"):
        asked = given.get(f"indicator.{one.code}.{key}")
        if asked is None:
            continue
        changes[key] = int(asked)
        if key.startswith("age"):
            before = str(getattr(one, key))
            reworded = replace(
                reworded,
                standard_zh=_reworded(reworded.standard_zh, before, asked),
                standard_en=_reworded(reworded.standard_en, before, asked),
            )
    flag = given.get(f"indicator.{one.code}.military_exempt")
    if flag is not None:
        changes["military_exempt"] = flag == "yes"
    if not changes:
        return one
    return replace(reworded, citation=_added(one.citation, citation), **changes)


def _rule(one: Rule, given: Mapping[str, str], citation: Citation) -> Rule:
    asked = given.get(f"rule.{one.code}.fall")
    if not asked:
        return one
    share = written(float(asked))
    return replace(
        one,
        fall=float(asked) / 100,
        zh=f"收入大幅缩减（比上一年下降{share}%以上）",
        en=f"Income fell sharply (by {share}% or more within a year)",
        citation=_added(one.citation, citation),
    )


def _coloured(ruleset: Ruleset, given: Mapping[str, str], citation: Citation) -> Ruleset:
    """With the colours and the deadlines that were asked for."""
    scheme = ruleset.scheme
    moved = {
        rule.code: given[f"colour_of.{rule.code}"]
        for rule in ruleset.rules
        if f"colour_of.{rule.code}" in given
    }

    def with_rules(colour: Colour) -> Colour:
        kept = tuple(code for code in colour.rules if code not in moved)
        added = tuple(code for code, wanted in moved.items() if wanted == colour.code)
        days = given.get(f"deadline.{colour.code}")
        if not (days or added or len(kept) < len(colour.rules)):
            return colour
        return replace(
            colour,
            rules=(*kept, *added),
            act_by_day_of_next_month=int(days) if days else colour.act_by_day_of_next_month,
            citation=_added(colour.citation, citation),
        )

    silent = (
        *(code for code in scheme.silent if code not in moved),
        *(code for code, wanted in moved.items() if wanted == SILENT),
    )
    colours = tuple(map(with_rules, scheme.colours))
    return replace(ruleset, scheme=replace(scheme, colours=colours, silent=silent), by_code={})


def _added(held: Citation, new: Citation) -> Citation:
    """The source of what stays, beside that of what changed; as sure as the less sure one."""
    status = max(held.status, new.status, key=_SURENESS.index)
    return replace(held, text=f"{held.text}；{new.text}", status=status)


def _reworded(text: str, before: str, after: str) -> str:
    """The text with another number in it; what it says is what is judged by."""
    said = re.sub(rf"(?<![\d.]){re.escape(before)}(?![\d.])", after, text, count=1)
    return said if said != text else f"{text}（{after}）"
