"""Rhythms and triggers of the lists, read from rules.toml; and the periods that follow."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from yimaqing.domains.registry.departments.kinds import DepartmentList, Example, Rhythm, Trigger

FILE = Path(__file__).with_name("rules.toml")
MONTH, QUARTER, YEAR, EVENT = "month", "quarter", "year", "event"
#: What SQL cuts a day to; an event is a period of its own.
UNITS = {MONTH: "month", QUARTER: "quarter", YEAR: "year", EVENT: "day"}
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
_ONCE = {"period", "year", "new"}
_DAY = dt.timedelta(days=1)


class BadRules(ValueError):
    """The file does not say what it must; the message names the list and what is wrong."""


@cache
def rhythms() -> dict[str, Rhythm]:
    """The rhythm of each list, by its name."""
    return read(FILE.read_text(encoding="utf-8"))


def read(text: str) -> dict[str, Rhythm]:
    """The rhythms of a file's text; raise BadRules."""
    found = tomllib.loads(text)
    return {name: _rhythm(name, one) for name, one in found.items()}


def _rhythm(name: str, one: dict[str, Any]) -> Rhythm:
    if one.get("every") not in UNITS:
        raise BadRules(f"{name}: every is one of {', '.join(UNITS)}")
    told = one.get("trigger", {})
    try:
        trigger = Trigger(**{**told, "values": tuple(told.get("values", ()))})
        examples = tuple(Example(**told) for told in one.get("examples", ()))
        rhythm = Rhythm(**{**one, "trigger": trigger, "examples": examples})
    except TypeError as error:
        raise BadRules(f"{name}: {error}") from error
    if trigger.once not in _ONCE or trigger.among not in {"", "archived"}:
        raise BadRules(f"{name}: once is one of {', '.join(sorted(_ONCE))}; among is archived")
    if bool(trigger.fact) != bool(trigger.values):
        raise BadRules(f"{name}: fact and values go together")
    return rhythm


def check(known: dict[str, DepartmentList], ruled: dict[str, Rhythm]) -> None:
    """Every list has its rules, and rules name what the list says; raise BadRules."""
    if different := sorted(set(known) ^ set(ruled)):
        raise BadRules(f"lists without rules, or rules without lists: {', '.join(different)}")
    for name, rhythm in ruled.items():
        trigger = rhythm.trigger
        if trigger.by_line and not known[name].amount:
            raise BadRules(f"{name}: has no amount")
        table = known[name].fact(trigger.fact).table if trigger.fact else None
        if trigger.fact and (table is None or not set(trigger.values) <= set(table.shown)):
            raise BadRules(f"{name}: {trigger.fact} is never {', '.join(trigger.values)}")


def begins(every: str, day: dt.date) -> dt.date:
    """The first day of the period that a day lies in."""
    if every == EVENT:
        return day
    months = _MONTHS[every]
    return dt.date(day.year, (day.month - 1) // months * months + 1, 1)


def ends(every: str, first: dt.date) -> dt.date:
    """The last day of the period that begins on a day."""
    if every == EVENT:
        return first
    at = first.year * 12 + first.month - 1 + _MONTHS[every]
    return dt.date(at // 12, at % 12 + 1, 1) - _DAY


def due_on(rhythm: Rhythm, first: dt.date) -> dt.date:
    """By when the list of a period shall have come."""
    return ends(rhythm.every, first) + dt.timedelta(days=rhythm.due_days)


def late_since(rhythm: Rhythm, last: dt.date | None, today: dt.date) -> dt.date | None:
    """The first day on which the next list was late; None while it is not.

    ``last`` is until when the last one counted. What never came is not expected.
    """
    if last is None or rhythm.every == EVENT:
        return None
    following = ends(rhythm.every, begins(rhythm.every, last)) + _DAY
    since = due_on(rhythm, following) + _DAY
    return since if today >= since else None


def period_in_words(every: str, day: dt.date) -> str:
    """2026年10月, 2026年第3季度, 2026年: the period that a day lies in."""
    told = {"year": day.year, "month": day.month, "quarter": (day.month - 1) // 3 + 1}
    if every == MONTH:
        return _("%(year)s年%(month)s月") % told
    if every == QUARTER:
        return _("%(year)s年第%(quarter)s季度") % told
    return _("%(year)s年") % told if every == YEAR else day.isoformat()
