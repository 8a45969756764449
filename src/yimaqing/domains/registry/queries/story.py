"""The story of a household: what each year brought, and what is new since somebody's last visit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from yimaqing.domains.registry.indicators import SEVEN
from yimaqing.domains.registry.models import Change, Household, Measure, Reading, YearlyIncome
from yimaqing.domains.registry.queries.file import LIMIT, HouseholdFile
from yimaqing.kit.cards import StoryEvent

#: Who looks again within this time is still at the same visit.
VISIT = dt.timedelta(minutes=30)
#: What a visit's news name one by one.
SHOWN = 6


@dataclass
class Paid:
    """What one fund paid in a year."""

    fund: str
    times: int = 0
    fen: int = 0


@dataclass
class Seen:
    """What was seen of one indicator: of the household step by step, or of members alike.

    ``steps`` are the readings that differ, oldest first; of members they are the newest one,
    and ``persons`` are all of whom the same was seen.
    """

    indicator: str
    steps: list[Reading]
    persons: list[int] = field(default_factory=list)

    @property
    def last(self) -> Reading:
        """The newest reading."""
        return self.steps[-1]


@dataclass
class Year:
    """One year of the household, each part newest or largest first.

    ``rise_fen``: per-capita income against the year before; None where either is unknown.
    ``readings`` are those that say something else than the one before of the same subject,
    by indicator; ``again`` is how many others only confirmed it. ``registered`` counts rows.
    """

    year: int
    income: YearlyIncome | None = None
    rise_fen: int | None = None
    measures: list[Measure] = field(default_factory=list)
    paid: list[Paid] = field(default_factory=list)
    readings: list[Seen] = field(default_factory=list)
    again: int = 0
    warnings: list[StoryEvent] = field(default_factory=list)
    corrections: list[Change] = field(default_factory=list)
    registered: dict[str, int] = field(default_factory=dict)

    @property
    def paid_fen(self) -> int:
        """Everything paid in the year."""
        return sum(one.fen for one in self.paid)


@dataclass(frozen=True)
class News:
    """What came into the file since an instant: counts, and the first of each."""

    since: dt.datetime
    readings: list[Seen]
    corrections: list[Change]
    registered: dict[str, int]
    warnings: list[StoryEvent]

    @property
    def nothing(self) -> bool:
        """Whether the file is as it was."""
        return not (self.readings or self.corrections or self.registered or self.warnings)


def changes_of(household: Household, former: tuple[list[int], list[int]]) -> list[Change]:
    """History of the household and of what was merged into it, newest first."""
    households, persons = former
    own = Q(place_code=household.place_code, household_id=household.pk)
    merged = Q(household_id__in=households)
    merged |= Q(subject_kind="person", subject_id__in=persons)
    found = Change.objects.filter(own | merged if households or persons else own)
    return list(found.order_by("-id")[:LIMIT])


def story_of(
    held: HouseholdFile, changes: Iterable[Change], warnings: Iterable[StoryEvent]
) -> list[Year]:
    """The years of a household, newest first, out of what was read already: no query."""
    years: dict[int, Year] = {}

    def of(year: int) -> Year:
        return years.setdefault(year, Year(year))

    _incomes(held, of)
    for measure in held.measures:
        of(measure.year).measures.append(measure)
    paid: dict[int, dict[str, Paid]] = defaultdict(dict)
    for payment in held.payments:
        of(payment.paid_on.year)
        one = paid[payment.paid_on.year].setdefault(payment.fund, Paid(payment.fund))
        one.times, one.fen = one.times + 1, one.fen + payment.amount_fen
    for year, funds in paid.items():
        of(year).paid = sorted(funds.values(), key=lambda p: -p.fen)
    _readings(held.readings, of)
    for warning in warnings:
        of(warning.on.year).warnings.append(warning)
    for change in changes:
        _change(of(timezone.localdate(change.at).year), change)
    return [years[year] for year in sorted(years, reverse=True)]


def news_of(
    since: dt.datetime | None,
    held: HouseholdFile,
    changes: Iterable[Change],
    warnings: Iterable[StoryEvent],
) -> News | None:
    """What is new since an instant, out of what was read already; None without one."""
    if since is None:
        return None
    later = Year(since.year)
    for change in changes:
        if change.at > since:
            _change(later, change)
    day = timezone.localdate(since)
    return News(
        since,
        seen_of([one for one in reversed(held.readings) if one.changed_at > since])[:SHOWN],
        later.corrections[:SHOWN],
        later.registered,
        [one for one in warnings if one.on > day or (one.ended and one.ended > day)][:SHOWN],
    )


def _incomes(held: HouseholdFile, of: Callable[[int], Year]) -> None:
    by_year = {income.year: income for income in held.incomes}
    for year, income in by_year.items():
        shown = of(year)
        shown.income = income
        if before := by_year.get(year - 1):
            shown.rise_fen = income.per_capita_fen - before.per_capita_fen


def _readings(readings: list[Reading], of: Callable[[int], Year]) -> None:
    last: dict[tuple[str, int | None], tuple[str, float | None]] = {}
    new: dict[int, list[Reading]] = defaultdict(list)
    for one in reversed(readings):  # oldest first
        subject, value = (one.indicator, one.person_id), _value(one)
        year = timezone.localdate(one.observed_at).year
        if last.get(subject) == value:
            of(year).again += 1
        else:
            new[year].append(one)
        last[subject] = value
    for year, found in new.items():
        of(year).readings = seen_of(found)


def seen_of(readings: Iterable[Reading]) -> list[Seen]:
    """Readings, oldest first, by indicator in the order of the seven; members by what was seen."""
    seen: dict[tuple[object, ...], Seen] = {}
    for one in readings:
        if one.person_id is None:
            steps = seen.setdefault((one.indicator,), Seen(one.indicator, [])).steps
            if steps and _value(steps[-1]) == _value(one):
                steps.pop()
            steps.append(one)
            continue
        alike = seen.setdefault((one.indicator, one.value_text), Seen(one.indicator, []))
        alike.steps = [one]
        alike.persons.append(one.person_id)
    order = {code: at for at, code in enumerate(SEVEN)}
    return sorted(seen.values(), key=lambda s: order.get(s.indicator.split(".")[0], len(order)))


def _value(reading: Reading) -> tuple[str, float | None]:
    return reading.value_text, reading.value_number


def _change(year: Year, change: Change) -> None:
    """A correction says something of its own; what was registered is counted by kind."""
    if change.kind == "created":
        kind = change.subject_kind
        year.registered[kind] = year.registered.get(kind, 0) + 1
    else:
        year.corrections.append(change)
