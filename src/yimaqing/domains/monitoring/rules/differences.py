"""What differs between two versions of the rules, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from yimaqing.domains.monitoring.rules.ruleset import Citation, Ruleset
from yimaqing.domains.monitoring.rules.values import SILENT, Value, values_of


@dataclass(frozen=True)
class Difference:
    """One thing that differs: what, before and after, in both languages; None: was not there."""

    zh: str
    en: str
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    citation: Citation | None = None


def differences(before: Ruleset, after: Ruleset) -> list[Difference]:
    """All that differs, in the order in which rules are shown."""
    return [*_heads(before, after), *_values(before, after), *_words(before, after)]


def _heads(before: Ruleset, after: Ruleset) -> Iterator[Difference]:
    if before.scheme.code != after.scheme.code:
        old, new = before.scheme, after.scheme
        yield Difference(
            "配色方案", "Colour scheme", (old.zh, old.en), (new.zh, new.en), new.citation
        )
    for kind, old_ones, new_ones in (
        (("监测对象", "Group"), before.groups, after.groups),
        (("情形", "Situation"), before.rules, after.rules),
    ):
        olds, news = ({one.code: one for one in ones} for ones in (old_ones, new_ones))
        for code, one in olds.items():
            if code not in news:
                yield Difference(*kind, (one.zh, one.en), None)
        for code, one in news.items():
            if code not in olds:
                yield Difference(*kind, None, (one.zh, one.en), one.citation)


def _values(before: Ruleset, after: Ruleset) -> Iterator[Difference]:
    olds = {value.name: value for value in values_of(before)}
    news = {value.name: value for value in values_of(after)}
    # A situation that came or went is told already, with its colour.
    rules = {rule.code for rule in before.rules} & {rule.code for rule in after.rules}
    for name, value in (olds | news).items():
        kind, _dot, code = name.partition(".")
        if kind in {"colour_of", "rule"} and code.split(".")[0] not in rules:
            continue
        old, new = olds.get(name), news.get(name)
        if old is None or new is None or old.now != new.now:
            yield Difference(
                value.zh,
                value.en,
                said(old, before) if old else None,
                said(new, after) if new else None,
                new.citation if new else None,
            )


def _words(before: Ruleset, after: Ruleset) -> Iterator[Difference]:
    """The words of readings that pass or fail."""
    for one in after.indicators:
        held = before.indicator(one.code)
        for key, zh, en in (("passes", "达标的读数", "passes"), ("fails", "未达标的读数", "fails")):
            old, new = getattr(held, key), getattr(one, key)
            if set(old) != set(new):
                texts = ("、".join(old), ", ".join(old)), ("、".join(new), ", ".join(new))
                yield Difference(f"{one.zh}：{zh}", f"{one.en}: {en}", *texts, one.citation)
        if held.held_to != one.held_to:
            old_line, new_line = (
                ("贫困线", "poverty line") if kind == "poverty" else ("监测线", "monitoring line")
                for kind in (held.held_to, one.held_to)
            )
            yield Difference(f"{one.zh}：对照", f"{one.en}: held to", old_line, new_line)


def said(value: Value, ruleset: Ruleset) -> tuple[str, str]:
    """A value as it is written for a reader, in both languages."""
    if value.kind == "flag":
        return ("是", "yes") if value.now == "yes" else ("否", "no")
    if value.kind == "colour":
        if value.now == SILENT:
            return "不预警", "no warning"
        colour = ruleset.scheme.colour(value.now)
        return colour.zh, colour.en
    unit_zh, unit_en = (value.bounds.unit_zh, value.bounds.unit_en) if value.bounds else ("", "")
    joined = "" if unit_zh == "%" else " "
    return f"{value.now}{joined}{unit_zh}", f"{value.now}{joined}{unit_en}"
