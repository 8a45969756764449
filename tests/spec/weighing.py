"""What the reference judges by: a household's readings, how fresh they are, what they fire."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.spec.tables import Register, Row
from yimaqing.domains.monitoring.rules import Ruleset
from yimaqing.domains.monitoring.rules.ruleset import Threshold

_EIGHT_HOURS = dt.timedelta(hours=8)


@dataclass
class Evidence:
    readings: set[int] = field(default_factory=set)
    persons: set[int] = field(default_factory=set)
    days: list[dt.date] = field(default_factory=list)
    value: float | None = None
    limit: float | None = None


class Weighing:
    """One household with all that is known of it on a day."""

    def __init__(self, household: Row, held: Register, ruleset: Ruleset, day: dt.date) -> None:
        self.row, self.ruleset, self.day = household, ruleset, day
        number = household["id"]
        end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time()) - _EIGHT_HOURS
        self.members = [p for p in held.person if p["household_id"] == number and p["valid"]]
        self.readings = [
            r for r in held.reading if r["household_id"] == number and r["observed_at"] < end
        ]
        self.of_members: dict[int, list[Row]] = {p["id"]: [] for p in self.members}
        for reading in held.reading:
            if reading["person_id"] in self.of_members and reading["observed_at"] < end:
                self.of_members[reading["person_id"]].append(reading)
        self.state: dict[str, str] = {}
        self.stale: set[str] = set()
        self.fired: dict[str, Evidence] = {}
        self.contradictions = 0

    def _said(self, code: str, reading: Row | None) -> str:
        """pass, fail, stale (passed, but too long ago) or unknown."""
        if reading is None:
            return "unknown"
        rule = self.ruleset.indicator(code)
        if reading["value_text"] in rule.fails:
            return "fail"
        if reading["value_text"] in rule.passes:
            return "pass" if self._is_fresh(code, reading) else "stale"
        return "unknown"

    def _said_of_part(self, item: str, reading: Row | None) -> str:
        if reading is None:
            return "unknown"
        threshold = next(
            (
                one
                for one in self.ruleset.thresholds_of(item)
                if reading["place_code"].startswith(one.region)
            ),
            None,
        )
        met = _meets(threshold, reading) if threshold else None
        if met is None:
            return "unknown"
        if not met:
            return "fail"
        return "pass" if self._is_fresh("water", reading) else "stale"

    def _is_fresh(self, code: str, reading: Row) -> bool:
        days = self.ruleset.indicator(code).fresh_days
        return day_of(reading) >= self.day - dt.timedelta(days=days)

    def _line(self, kind: str, reading: Row) -> float | None:
        line = self.ruleset.line_for(kind, self.row["place_code"], day_of(reading).year)
        return line.value_yuan if line else None

    def _is_stale(self, code: str, reading: Row | None) -> None:
        self.stale.add(code)
        self._late(code, reading)

    def _late(self, code: str, reading: Row | None) -> None:
        for rule in self.ruleset.rules_with("reading_stale"):
            self._fire(rule.code, [reading])

    def _fire_indicator(self, code: str, readings: Sequence[Row | None]) -> None:
        for rule in self.ruleset.rules_with("indicator_fails"):
            if rule.indicator == code:
                self._fire(rule.code, readings)

    def _fire(self, code: str, readings: Iterable[Row | None]) -> Evidence:
        found = self.fired.setdefault(code, Evidence())
        for reading in readings:
            assert reading is not None
            found.readings.add(reading["id"])
            found.days.append(day_of(reading))
        return found

    def _colour(self) -> str | None:
        held = {self.ruleset.scheme.colour_of(code) for code in self.fired}
        return next((colour for colour in ("red", "orange", "yellow") if colour in held), None)


def latest_of(readings: Iterable[Row]) -> Row | None:
    return max(readings, key=lambda r: (r["observed_at"], r["id"]), default=None)


def of_all(reading: Row) -> bool:
    return reading["person_id"] is None


def day_of(reading: Row) -> dt.date:
    moment: dt.datetime = reading["observed_at"]
    return (moment + _EIGHT_HOURS).date()


def age_on(born_on: dt.date, day: dt.date) -> int:
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _meets(threshold: Threshold, reading: Row) -> bool | None:
    if threshold.passes:
        word: Any = reading["value_text"]
        return True if word in threshold.passes else False if word in threshold.fails else None
    value = reading["value_number"]
    if value is None:
        return None
    if threshold.at_least is not None:
        return bool(value >= threshold.at_least)
    assert threshold.at_most is not None
    return bool(value <= threshold.at_most)
