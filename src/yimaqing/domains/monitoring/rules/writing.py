"""A rule set as TOML: what `read_ruleset` reads is what was written."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from yimaqing.domains.monitoring.rules.conditions import CONDITIONS
from yimaqing.domains.monitoring.rules.ruleset import (
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


def to_toml(ruleset: Ruleset) -> str:
    """The rule set with its colour scheme, whole."""
    parts: list[str] = [_table("[ruleset]", _head(ruleset)), _table("[scheme]", _scheme(ruleset))]
    parts += [_table("[[colour]]", _colour(one)) for one in ruleset.scheme.colours]
    parts += [_table("[[group]]", _group(one)) for one in ruleset.groups]
    parts += [_table("[[indicator]]", _indicator(one)) for one in ruleset.indicators]
    parts += [_table("[[threshold]]", _threshold(one)) for one in ruleset.thresholds]
    parts += [_table("[[income_line]]", _line(one)) for one in ruleset.income_lines]
    if ruleset.reference_factor:
        reference = {
            "factor": ruleset.reference_factor,
            "zh": ruleset.reference_zh,
            "en": ruleset.reference_en,
        }
        parts.append(_table("[reference]", reference))
    parts.append(_table("[labour]", {"unable": ruleset.unable_to_work}))
    parts += [_table("[[rule]]", _rule(one)) for one in ruleset.rules]
    return "\n".join(parts)


def _table(head: str, values: Mapping[str, Any]) -> str:
    lines = [f"{key} = {_value(value)}\n" for key, value in values.items() if value is not None]
    return f"{head}\n{''.join(lines)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for one character that TOML wants escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _cited(citation: Citation) -> dict[str, Any]:
    return {
        "source": citation.text,
        "url": citation.url or None,
        "status": citation.status,
    }


def _head(one: Ruleset) -> dict[str, Any]:
    return {
        "code": one.code,
        "version": one.version,
        "region": one.region or None,
        "effective_from": one.effective_from,
        "effective_to": one.effective_to,
        "zh": one.zh,
        "en": one.en,
        "note.zh": one.note_zh or None,
        "note.en": one.note_en or None,
        **_cited(one.citation),
    }


def _scheme(ruleset: Ruleset) -> dict[str, Any]:
    one: Scheme = ruleset.scheme
    named = {"code": one.code, "zh": one.zh, "en": one.en, "silent": one.silent or None}
    return named | _cited(one.citation)


def _colour(one: Colour) -> dict[str, Any]:
    return {
        "code": one.code,
        "zh": one.zh,
        "en": one.en,
        "meaning.zh": one.meaning_zh,
        "meaning.en": one.meaning_en,
        "act_by_day_of_next_month": one.act_by_day_of_next_month,
        "closed_by": one.closed_by,
        **_cited(one.citation),
        "rules": one.rules,
    }


def _group(one: Group) -> dict[str, Any]:
    return {
        "code": one.code,
        "column": one.column,
        "zh": one.zh,
        "en": one.en,
        "meaning.zh": one.meaning_zh,
        "meaning.en": one.meaning_en,
        **_cited(one.citation),
    }


def _indicator(one: Indicator) -> dict[str, Any]:
    return {
        "code": one.code,
        "zh": one.zh,
        "en": one.en,
        "subject": one.subject,
        "pass": one.passes or None,
        "fail": one.fails or None,
        "fresh_days": one.fresh_days,
        **dict(_particular(one)),
        "standard.zh": one.standard_zh,
        "standard.en": one.standard_en,
        **_cited(one.citation),
    }


def _particular(one: Indicator) -> Iterator[tuple[str, Any]]:
    """What only some indicators have."""
    if one.code == "education":
        yield from (("age_from", one.age_from), ("age_to", one.age_to))
    if one.code == "income":
        yield "held_to", one.held_to
    yield "newborn_days", one.newborn_days or None
    yield "military_exempt", one.military_exempt or None
    yield "register_pass", one.register_passes or None
    yield "register_fail", one.register_fails or None


def _threshold(one: Threshold) -> dict[str, Any]:
    return {
        "item": one.item,
        "region": one.region or None,
        "at_least": one.at_least,
        "at_most": one.at_most,
        "pass": one.passes or None,
        "fail": one.fails or None,
        "zh": one.zh,
        "en": one.en,
        **_cited(one.citation),
    }


def _line(one: IncomeLine) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "region": one.region or None,
        "year": one.year,
        "value_yuan": one.value_yuan,
        **_cited(one.citation),
    }


def _rule(one: Rule) -> dict[str, Any]:
    given = {name: getattr(one, name) for name in sorted(CONDITIONS[one.condition])}
    return {
        "code": one.code,
        "indicator": one.indicator,
        "condition": one.condition,
        **given,
        "zh": one.zh,
        "en": one.en,
        **_cited(one.citation),
    }
