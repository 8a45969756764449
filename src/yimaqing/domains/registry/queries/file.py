"""The household's file, read for a page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from yimaqing.domains.registry.indicators import SEVEN
from yimaqing.domains.registry.models import (
    Change,
    Household,
    ListedPerson,
    LivingCondition,
    Measure,
    Pairing,
    Payment,
    Person,
    Reading,
    YearlyIncome,
)

# Head first, then spouse, then by age: as a household booklet lists its members.
MEMBER_ORDER = {"head": 0, "spouse": 1}
LIMIT = 200


@dataclass(frozen=True)
class HouseholdFile:
    """Everything that the registry holds of one household, sections newest first."""

    household: Household
    members: list[Person]
    incomes: list[YearlyIncome]
    living: list[LivingCondition]
    measures: list[Measure]
    payments: list[Payment]
    pairings: list[Pairing]
    readings: list[Reading]
    listed: list[ListedPerson]

    @property
    def house(self) -> LivingCondition | None:
        """The newest year's living conditions."""
        return self.living[0] if self.living else None

    @property
    def working_away(self) -> int:
        """Members who work away from the township."""
        return sum(bool(m.work_area and m.work_months) for m in self.members)


def openable_household(household_id: int) -> Household | None:
    """The household, when it lies within the scope of the request."""
    return Household.objects.filter(pk=household_id).first()


def household_file(household: Household) -> HouseholdFile:
    """Read the file: one query a section, whatever the household's size."""
    of = {"place_code": household.place_code, "household_id": household.pk}
    members = sorted(
        Person.objects.filter(**of, valid=True),
        key=lambda p: (MEMBER_ORDER.get(p.relation, 2), str(p.born_on or ""), p.pk),
    )
    today = timezone.localdate()
    return HouseholdFile(
        household=household,
        members=members,
        incomes=list(YearlyIncome.objects.filter(**of).order_by("-year")),
        living=list(LivingCondition.objects.filter(**of).order_by("-year")),
        measures=list(Measure.objects.filter(**of).order_by("-year", "number")[:LIMIT]),
        payments=list(Payment.objects.filter(**of).order_by("-paid_on", "serial")[:LIMIT]),
        pairings=list(
            Pairing.objects.filter(**of)
            .filter(Q(ends_on=None) | Q(ends_on__gt=today))
            .order_by("rank", "-starts_on")
        ),
        readings=readings_of(household.pk, household.place_code),
        listed=list(ListedPerson.objects.filter(**of).order_by("-counted_until", "serial")[:LIMIT]),
    )


def readings_of(household_id: int, place_code: str, *, day: dt.date | None = None) -> list[Reading]:
    """A household's readings up to ``day`` (today), newest first."""
    of = {"place_code": place_code, "household_id": household_id, "observed_at__lt": after_day(day)}
    return list(Reading.objects.filter(**of).order_by("-observed_at", "-id")[:LIMIT])


def after_day(day: dt.date | None) -> dt.datetime:
    """When ``day`` (today) is over: a reading of a later day is not known yet."""
    following = (day or timezone.localdate()) + dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(following, dt.time()))


def birth_days_of(household_id: int, place_code: str) -> list[dt.date | None]:
    """When each valid member was born; None where it is not known."""
    of = {"place_code": place_code, "household_id": household_id}
    return list(Person.objects.filter(**of, valid=True).values_list("born_on", flat=True))


def results_of(household: Household, *, day: dt.date | None = None) -> list[dict[str, Any]]:
    """Results: the first against the latest reading of each household indicator up to ``day``.

    Derived, so that nobody types what the readings say already. Keys: indicator, first,
    first_at, latest, latest_at (values as text or number); only where there are two.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indicator,"
            " (array_agg(coalesce(nullif(value_text, ''), value_number::text)"
            "   ORDER BY observed_at, id))[1],"
            " min(observed_at),"
            " (array_agg(coalesce(nullif(value_text, ''), value_number::text)"
            "   ORDER BY observed_at DESC, id DESC))[1],"
            " max(observed_at)"
            " FROM registry_reading"
            " WHERE place_code = %s AND household_id = %s AND person_id IS NULL"
            " AND observed_at < %s GROUP BY indicator HAVING count(*) > 1",
            [household.place_code, household.pk, after_day(day)],
        )
        rows = cursor.fetchall()
    keys = ("indicator", "first", "first_at", "latest", "latest_at")
    found = [dict(zip(keys, row, strict=True)) for row in rows]
    order = {code: i for i, code in enumerate(SEVEN)}
    return sorted(found, key=lambda r: (order.get(r["indicator"].split(".")[0], 9), r["indicator"]))


def timeline_of(household: Household, size: int = 60) -> list[dict[str, Any]]:
    """Changes and readings of the household in one line, newest first; ``at`` is aware.

    What was registered of a kind on a day is one entry with its ``count``.
    """
    of = {"place_code": household.place_code, "household_id": household.pk}
    changes: list[dict[str, Any]] = [
        {
            "at": c.at,
            "kind": c.kind,
            "subject": c.subject_kind,
            "source": c.source,
            "before": c.before or {},
        }
        for c in Change.objects.filter(**of).order_by("-id")[:size]
    ]
    readings: list[dict[str, Any]] = [
        {"at": r.observed_at, "kind": "reading", "reading": r, "source": r.source}
        for r in Reading.objects.filter(**of).order_by("-observed_at", "-id")[:size]
    ]
    events = sorted(changes + readings, key=lambda e: e["at"], reverse=True)[:size]
    return _together(events)


def _together(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was registered of a kind on a day as one with its ``count``: five payments.

    A correction and a reading say something of their own, and stay.
    """
    kept: list[dict[str, Any]] = []
    alike: dict[tuple[Any, ...], dict[str, Any]] = {}
    for event in events:
        event["count"] = 1
        if event["kind"] != "created":
            kept.append(event)
            continue
        key = (timezone.localdate(event["at"]), event["subject"], event["source"])
        if key in alike:
            alike[key]["count"] += 1
        else:
            kept.append(alike.setdefault(key, event))
    return kept
