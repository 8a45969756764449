"""What a rule set is: indicators, thresholds, income lines, rules, and a colour scheme.

Values come from TOML (``rulesets/``, ``schemes/``) through ``reading.py``; each carries a
citation whose status says how sure it is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

#: The seven indicators, in the order in which they are shown.
INDICATORS = ("food", "clothing", "education", "medical", "housing", "water", "income")
WATER_ITEMS = ("water.quantity", "water.convenience", "water.guarantee", "water.quality")
#: Most to least severe.
COLOURS = ("red", "orange", "yellow")
STATUSES = ("cited", "unconfirmed", "proposal")


@dataclass(frozen=True)
class Citation:
    """Where a value comes from, and how sure it is (cited, unconfirmed, proposal)."""

    text: str
    url: str
    status: str


@dataclass(frozen=True)
class Indicator:
    """One of the seven: which words pass and fail, and for how many days a reading counts."""

    code: str
    zh: str
    en: str
    subject: str
    passes: tuple[str, ...]
    fails: tuple[str, ...]
    fresh_days: int
    standard_zh: str
    standard_en: str
    citation: Citation
    age_from: int = 0
    age_to: int = 0
    newborn_days: int = 0
    military_exempt: bool = False
    register_passes: tuple[str, ...] = ()
    register_fails: tuple[str, ...] = ()
    held_to: str = ""
    """Of income: the kind of line below which it fails."""


@dataclass(frozen=True)
class Group:
    """A group of households that are monitored: a word of the register, and what it means."""

    code: str
    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    citation: Citation
    column: str = "group"
    """The register's column that holds the word."""


@dataclass(frozen=True)
class Threshold:
    """When one part of drinking water passes, in a region (prefix of place codes; "" all)."""

    item: str
    region: str
    at_least: float | None
    at_most: float | None
    passes: tuple[str, ...]
    fails: tuple[str, ...]
    zh: str
    en: str
    citation: Citation


@dataclass(frozen=True)
class IncomeLine:
    """Yuan per person of the twelve months that end in ``year``, in a region."""

    kind: str
    region: str
    year: int
    value_yuan: float
    citation: Citation


@dataclass(frozen=True)
class Rule:
    """A situation that raises a warning. ``condition`` names the expression that finds it."""

    code: str
    indicator: str
    condition: str
    zh: str
    en: str
    citation: Citation
    fall: float = 0.0
    health: tuple[str, ...] = ()
    poverty_status: tuple[str, ...] = ()


@dataclass(frozen=True)
class Colour:
    """One colour of a scheme: what it means there, until when to act, who may close."""

    code: str
    zh: str
    en: str
    meaning_zh: str
    meaning_en: str
    act_by_day_of_next_month: int
    closed_by: str
    citation: Citation
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Scheme:
    """Which colour each rule has. A colour alone has no meaning."""

    code: str
    zh: str
    en: str
    citation: Citation
    colours: tuple[Colour, ...]
    silent: tuple[str, ...] = ()
    """Rules that find something but warn of nothing here."""

    def colour_of(self, rule_code: str) -> str | None:
        """The colour of a rule's findings; None when the scheme leaves the rule out."""
        return next((c.code for c in self.colours if rule_code in c.rules), None)

    def colour(self, code: str) -> Colour:
        """The colour with this code. Raises KeyError."""
        for one in self.colours:
            if one.code == code:
                return one
        raise KeyError(code)


@dataclass(frozen=True)
class Ruleset:
    """Everything that turns readings into findings on a day."""

    code: str
    version: str
    effective_from: dt.date
    effective_to: dt.date | None
    zh: str
    en: str
    note_zh: str
    note_en: str
    citation: Citation
    indicators: tuple[Indicator, ...]
    thresholds: tuple[Threshold, ...]
    income_lines: tuple[IncomeLine, ...]
    rules: tuple[Rule, ...]
    scheme: Scheme
    region: str = ""
    groups: tuple[Group, ...] = ()
    unable_to_work: tuple[str, ...] = ()
    reference_factor: float = 0.0
    reference_zh: str = ""
    reference_en: str = ""
    by_code: dict[str, Rule] = field(default_factory=dict, compare=False, hash=False)

    def __post_init__(self) -> None:
        self.by_code.update({rule.code: rule for rule in self.rules})

    @property
    def identity(self) -> str:
        """What findings and warnings name: no two rule sets that differ share it."""
        return f"{self.code}@{self.version}"

    def is_in_force(self, day: dt.date) -> bool:
        """Whether it judges on a day."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)

    def indicator(self, code: str) -> Indicator:
        """The indicator with this code. Raises KeyError."""
        for one in self.indicators:
            if one.code == code:
                return one
        raise KeyError(code)

    def lines(self, kind: str) -> tuple[IncomeLine, ...]:
        """The lines of a kind, the most particular region first."""
        chosen = [line for line in self.income_lines if line.kind == kind]
        return tuple(sorted(chosen, key=lambda line: (-len(line.region), line.year)))

    def line_for(self, kind: str, place_code: str, year: int) -> IncomeLine | None:
        """The line that holds at a place for a year; None when none is set."""
        for line in self.lines(kind):
            if line.year == year and place_code.startswith(line.region):
                return line
        return None

    def thresholds_of(self, item: str) -> tuple[Threshold, ...]:
        """Thresholds of a part of drinking water, the most particular region first."""
        chosen = [one for one in self.thresholds if one.item == item]
        return tuple(sorted(chosen, key=lambda one: -len(one.region)))

    def rules_with(self, condition: str) -> tuple[Rule, ...]:
        """The rules that use a condition."""
        return tuple(rule for rule in self.rules if rule.condition == condition)

    def with_lines(self, lines: tuple[IncomeLine, ...]) -> Ruleset:
        """The same rules with an installation's own lines; theirs come before ours."""
        own = {(line.kind, line.region, line.year) for line in lines}
        kept = [ln for ln in self.income_lines if (ln.kind, ln.region, ln.year) not in own]
        return replace(self, income_lines=(*lines, *kept), by_code={})

    def with_other_lines(self, lines: tuple[IncomeLine, ...]) -> Ruleset:
        """The same rules with an installation's own lines where these say nothing."""
        mine = {(line.kind, line.region, line.year) for line in self.income_lines}
        added = tuple(ln for ln in lines if (ln.kind, ln.region, ln.year) not in mine)
        return replace(self, income_lines=(*self.income_lines, *added), by_code={})
