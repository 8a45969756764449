"""By when a to-do is to be done: rules as data, see deadlines.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from yimaqing.domains.work.workdays import after_days, after_working_days, announced

FILE = Path(__file__).with_name("deadlines.toml")
ANY = "*"
_UNITS = {"working": after_working_days, "calendar": after_days}
_MOST_DAYS = 366
_FIELDS = {"kind", "days", "unit", "region", "from", "until", "basis", "basis_en"}


class BadDeadlines(ValueError):
    """The file does not say what it must; the message names the rule and what is wrong."""


@dataclass(frozen=True)
class Due:
    """A day, and whether it may move: some year on the way has no announced holidays yet."""

    on: dt.date
    provisional: bool


def reckon(unit: str, start: dt.date, days: int) -> Due:
    """The last of ``days`` days after ``start``, ``working`` or ``calendar``: a working day."""
    on = _UNITS[unit](start, days)
    years = range(start.year, on.year + 1)
    return Due(on, provisional=not all(announced(year) for year in years))


@dataclass(frozen=True)
class Rule:
    """So many days for a kind of to-do in a region, opened from a day on and before another."""

    kind: str
    days: int
    unit: str
    region: str
    begins: dt.date
    ends: dt.date | None
    basis: str
    basis_en: str

    @property
    def why(self) -> str:
        """Where the number comes from, in the reader's language."""
        return self.basis_en if (get_language() or "").startswith("en") else self.basis

    @property
    def rank(self) -> tuple[int, bool, dt.date]:
        """The greatest of those that fit holds."""
        return len(self.region), self.kind != ANY, self.begins

    def fits(self, kind: str, place_code: str, opened: dt.date) -> bool:
        """Whether it speaks of such a to-do."""
        running = self.begins <= opened and (self.ends is None or opened < self.ends)
        return running and self.kind in {kind, ANY} and place_code.startswith(self.region)

    def due(self, opened: dt.date) -> Due:
        """The last day for what was opened on ``opened``."""
        return reckon(self.unit, opened, self.days)


@dataclass(frozen=True)
class Deadlines:
    """The rules, the greatest first, and the limits."""

    rules: tuple[Rule, ...]
    most_backs: int
    reopen_within_days: int
    soon_working_days: int

    def rule(self, kind: str, place_code: str, opened: dt.date) -> Rule | None:
        """The rule for a to-do; None where no rule speaks of it."""
        fitting = (one for one in self.rules if one.fits(kind, place_code, opened))
        return next(fitting, None)

    def due(self, kind: str, place_code: str, opened: dt.date | None = None) -> Due | None:
        """When a to-do that was opened on a day (today) is due; None where no rule says."""
        day = opened or timezone.localdate()
        found = self.rule(kind, place_code, day)
        return found.due(day) if found else None

    def soon(self, today: dt.date) -> dt.date:
        """The last day that counts as soon."""
        return after_working_days(today, self.soon_working_days)


@cache
def deadlines() -> Deadlines:
    """What the product's own file says."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> Deadlines:
    """The rules of a file's text; raise BadDeadlines."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDeadlines(str(error)) from error
    rules = [_rule(number, one) for number, one in enumerate(found.get("rule", []), 1)]
    named = [(one.kind, one.region, one.begins) for one in rules]
    for number, name in enumerate(named):
        if name in named[:number]:
            raise BadDeadlines(f"rule {number + 1}: {name} stands there twice")
    limits = found.get("limits", {})
    return Deadlines(
        tuple(sorted(rules, key=lambda one: one.rank, reverse=True)),
        most_backs=_number("limits", limits, "most_backs"),
        reopen_within_days=_number("limits", limits, "reopen_within_days"),
        soon_working_days=_number("limits", limits, "soon_working_days"),
    )


def _rule(number: int, one: dict[str, Any]) -> Rule:
    where = f"rule {number}"
    if unknown := sorted(set(one) - _FIELDS):
        raise BadDeadlines(f"{where}: unknown {', '.join(unknown)}")
    if one.get("unit") not in _UNITS:
        raise BadDeadlines(f"{where}: unit is one of {', '.join(_UNITS)}")
    begins, ends = one.get("from"), one.get("until")
    if type(begins) is not dt.date or type(ends) not in {dt.date, type(None)}:
        raise BadDeadlines(f"{where}: from and until are days, as 2026-01-31")
    if ends is not None and ends <= begins:
        raise BadDeadlines(f"{where}: until lies after from")
    return Rule(
        kind=_text(where, one, "kind"),
        days=_number(where, one, "days"),
        unit=one["unit"],
        region=_region(where, one),
        begins=begins,
        ends=ends,
        basis=_text(where, one, "basis"),
        basis_en=_text(where, one, "basis_en"),
    )


def _text(where: str, one: dict[str, Any], name: str) -> str:
    value = one.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadDeadlines(f"{where}: {name} is missing")
    return value


def _region(where: str, one: dict[str, Any]) -> str:
    value = one.get("region")
    if not isinstance(value, str) or (value and not (value.isascii() and value.isdigit())):
        raise BadDeadlines(f"{where}: region is the first digits of place codes, or empty")
    return value


def _number(where: str, one: dict[str, Any], name: str) -> int:
    value = one.get(name)
    if type(value) is not int or not 0 < value <= _MOST_DAYS:
        raise BadDeadlines(f"{where}: {name} is a whole number from 1 to {_MOST_DAYS}")
    return value
