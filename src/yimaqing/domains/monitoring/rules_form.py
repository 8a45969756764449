"""The form in which an officer changes the values of a draft."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from yimaqing.domains.monitoring.rules import Ruleset
from yimaqing.domains.monitoring.rules.changing import NewLine, ValuesRefused, line_of
from yimaqing.domains.monitoring.rules.loading import SCHEMES, load_scheme
from yimaqing.domains.monitoring.rules.ruleset import Citation
from yimaqing.domains.monitoring.rules.values import (
    SECTIONS,
    Bounds,
    Value,
    colours_of,
    values_of,
    written,
)
from yimaqing.domains.monitoring.versions import regions_named, with_names

SECTION_WORDS = {
    "lines": _l("收入线"),
    "water": _l("饮水安全四项"),
    "indicators": _l("时效和年龄"),
    "rules": _l("情形和等级"),
    "deadlines": _l("处理期限"),
}


@dataclass(frozen=True)
class Field:
    """A value as a control: what it is called, what it says, what was wrong with it."""

    value: Value
    label: str
    unit: str
    shown: str
    fault: str


@dataclass(frozen=True)
class Sent:
    """What the form sent, read."""

    values: dict[str, str]
    citation: Citation
    effective_from: dt.date
    line: NewLine | None
    scheme: str


def english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


def sections(
    ruleset: Ruleset, sent: Mapping[str, str], faults: Mapping[str, Bounds | None]
) -> list[tuple[str, str, list[Field]]]:
    """The controls by section, with what was sent in place of what is kept."""
    fields: dict[str, list[Field]] = {name: [] for name in SECTIONS}
    where = regions_named(ruleset)
    for value in values_of(ruleset):
        bounds = value.bounds
        unit = (bounds.unit_en if english() else bounds.unit_zh) if bounds else ""
        fields[value.section].append(
            Field(
                value=value,
                label=with_names(value.en if english() else value.zh, where),
                unit=unit,
                shown=sent.get(value.name, value.now),
                fault=fault_of(value.name, faults),
            )
        )
    return [(name, str(SECTION_WORDS[name]), held) for name, held in fields.items()]


def fault_of(name: str, faults: Mapping[str, Bounds | None]) -> str:
    """What is wrong with a value and what would be right; empty when nothing is."""
    if name not in faults:
        return ""
    bounds = faults[name]
    if bounds is None:
        return _("请从所给的值中选一个。")
    return _("请填 %(low)s 到 %(high)s 之间的数。") % {
        "low": written(bounds.low),
        "high": written(bounds.high),
    }


def choices(ruleset: Ruleset) -> dict[str, list[tuple[str, str]]]:
    """What the selects offer: colours of the scheme, and the schemes."""
    colours = [(one.code, one.en if english() else one.zh) for one in colours_of(ruleset)]
    known = {ruleset.scheme.code: ruleset.scheme}
    for path in sorted(SCHEMES.glob("*.toml")):
        known.setdefault(path.stem, load_scheme(path))
    schemes = [(code, one.en if english() else one.zh) for code, one in known.items()]
    return {"colours": [*colours, ("", _("不预警"))], "schemes": schemes}


def read(sent: Mapping[str, Any], region: str) -> Sent:
    """What the form sent. Raise ValuesRefused for a new line or a day that cannot be."""
    year, value = str(sent.get("new.year", "")).strip(), str(sent.get("new.value", "")).strip()
    line = None
    if year or value:
        line = line_of(str(sent.get("new.kind", "")), region, year, value)
    try:
        day = dt.date.fromisoformat(str(sent.get("effective_from", "")))
    except ValueError as error:
        raise ValuesRefused({"effective_from": None}) from error
    status = "cited" if sent.get("sureness") == "cited" else "proposal"
    return Sent(
        values={name: str(value) for name, value in sent.items()},
        citation=Citation(str(sent.get("source", "")).strip()[:500], "", status),
        effective_from=day,
        line=line,
        scheme=str(sent.get("scheme", "")),
    )
