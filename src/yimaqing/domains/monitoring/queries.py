"""Reading warnings and what the rules say of a household."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from yimaqing.domains.monitoring.compiled import one_household_sql
from yimaqing.domains.monitoring.models import Run, Warning
from yimaqing.domains.monitoring.rulebook import in_force
from yimaqing.domains.monitoring.rules import Clock, Ruleset
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS
from yimaqing.domains.registry.queries import birth_days_of, readings_of
from yimaqing.kit.ids import subtree_bounds

PAGE = 50


@dataclass(frozen=True)
class Fact:
    """Newest readings of one day and source: of an indicator, or of its parts."""

    observed_on: dt.date
    source: str
    values: list[tuple[Any, list[Any]]]
    """Each value's reading, and those of all members of whom the same was read."""


@dataclass(frozen=True)
class Tile:
    """One indicator of a household: pass, fail, unknown or none, and the standard it is held to.

    ``none``: it applies to nobody here. The rules count such a household as passing.
    """

    code: str
    label: str
    state: str
    standard: str
    colour: str | None
    facts: tuple[Fact, ...] = ()
    history: tuple[Any, ...] = ()
    """Every reading of it, newest first."""
    passes: tuple[str, ...] = ()
    """Words that pass: who is read so need not be named one by one."""

    @property
    def has_older(self) -> bool:
        """Whether readings stand behind the newest ones."""
        return len(self.history) > sum(
            len(alike) for fact in self.facts for _r, alike in fact.values
        )


def open_warnings(
    *,
    place_code: str = "",
    level: int = 0,
    colour: str = "",
    indicator: str = "",
    after: tuple[int, int] | None = None,
    size: int = PAGE,
) -> QuerySet[Warning]:
    """Open warnings within scope, most severe first, then the oldest.

    ``after`` is (colour_rank, id) of the last one of the page before.
    """
    found = _open(place_code, level, colour, indicator)
    if after:
        found = found.extra(where=["(colour_rank, id) > (%s, %s)"], params=list(after))
    return found.order_by("colour_rank", "id")[:size]


def state_of_warnings(
    *, place_code: str = "", level: int = 0, colour: str = "", indicator: str = ""
) -> str:
    """A word that changes whenever one of these warnings is raised, changed or closed."""
    found = _open(place_code, level, colour, indicator)
    told = found.aggregate(count=Count("pk"), last=Max("changed_at"))
    last = told["last"]
    return f"{told['count']}-{int(last.timestamp() * 1_000_000) if last else 0}"


def _open(place_code: str, level: int, colour: str, indicator: str) -> QuerySet[Warning]:
    found = Warning.objects.filter(closed_at=None)
    if place_code:
        low, high = subtree_bounds(place_code, level)
        found = found.filter(place_code__gte=low, place_code__lt=high)
    if colour:
        found = found.filter(colour=colour)
    if indicator:
        found = found.filter(indicator=indicator)
    return found


def warnings_of(household_id: int, place_code: str) -> tuple[list[Warning], list[Warning]]:
    """Open warnings of a household, most severe first; and the closed ones, newest first."""
    every = Warning.objects.filter(place_code=place_code, household_id=household_id)
    return (
        list(every.filter(closed_at=None).order_by("colour_rank", "id")),
        list(every.exclude(closed_at=None).order_by("-closed_at")[:PAGE]),
    )


def tiles_of(
    household_id: int, place_code: str, *, english: bool = False, day: dt.date | None = None
) -> list[Tile]:
    """The seven indicators of a household as of a day, judged now by the same rules."""
    today = day or timezone.localdate()
    ruleset = in_force(today, place_code)
    states = _standing(ruleset, today, household_id, place_code)
    if states.get("education_state") == "pass" and _has_no_pupils(
        ruleset, today, birth_days_of(household_id, place_code)
    ):
        states["education_state"] = "none"
    fails = {
        w.indicator: w.colour
        for w in Warning.objects.filter(
            place_code=place_code, household_id=household_id, closed_at=None
        ).order_by("-colour_rank")
    }
    readings: dict[str, list[Any]] = defaultdict(list)
    for reading in readings_of(household_id, place_code, day=today):
        readings[reading.indicator.partition(".")[0]].append(reading)
    return [
        Tile(
            code=one.code,
            label=one.en if english else one.zh,
            state=states.get(f"{one.code}_state", "unknown"),
            standard=one.standard_en if english else one.standard_zh,
            colour=fails.get(one.code) if states.get(f"{one.code}_state") == "fail" else None,
            facts=_newest(readings[one.code]),
            history=tuple(readings[one.code]),
            passes=one.passes,
        )
        for one in (ruleset.indicator(code) for code in INDICATORS)
    ]


def _has_no_pupils(ruleset: Ruleset, day: dt.date, born: Sequence[dt.date | None]) -> bool:
    """Whether each member's age is known and nobody is of the age of compulsory education."""
    ages, clock = ruleset.indicator("education"), Clock(day)
    oldest, youngest = clock.born_after(ages.age_to + 1), clock.born_after(ages.age_from)
    return bool(born) and all(one is not None and not oldest <= one < youngest for one in born)


def _newest(readings: Iterable[Any]) -> tuple[Fact, ...]:
    """The newest reading of each part and member; members of whom the same was read together."""
    newest: dict[tuple[str, int | None], Any] = {}
    for reading in readings:
        newest.setdefault((reading.indicator, reading.person_id), reading)
    alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for reading in newest.values():
        on = timezone.localdate(reading.observed_at)
        value = (reading.indicator, reading.value_text, reading.value_number)
        alike[on, reading.source, *value].append(reading)
    facts: dict[tuple[dt.date, str], Fact] = {}
    for (on, source, *_value), held in alike.items():
        fact = facts.setdefault((on, source), Fact(on, source, []))
        fact.values.append((held[0], held))
    return tuple(facts.values())


def _standing(ruleset: Ruleset, day: dt.date, household_id: int, place_code: str) -> dict[str, Any]:
    _findings, sql = one_household_sql(ruleset, Clock(day))
    with connection.cursor() as cursor:
        cursor.execute(sql, {"household": household_id, "place": place_code})
        row = cursor.fetchone()
        names = [column.name for column in cursor.description]
    return dict(zip(names, row, strict=True)) if row else {}


def latest_run() -> Run | None:
    """The newest evaluation as of any day."""
    return Run.objects.order_by("-finished_at").first()
