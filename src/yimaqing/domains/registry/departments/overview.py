"""Departments' lists at a glance: what came last, what waits, what is late and since when."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.places.queries import valid_places
from yimaqing.domains.registry.departments.declared import lists
from yimaqing.domains.registry.departments.kinds import DepartmentList, Rhythm
from yimaqing.domains.registry.departments.rules import (
    UNITS,
    late_since,
    period_in_words,
    rhythms,
)
from yimaqing.kit.rowscope import Scope, for_a_moment

_COUNTY_LEVEL, _COUNTY = 3, 6

# Until when the last list of each county counts. A row stands where its household lives; those
# few that were found in another county do not matter for a newest day.
_LAST = """
SELECT l.name, c.code, x.until FROM unnest(%(names)s::text[]) l (name)
  CROSS JOIN unnest(%(counties)s::text[]) c (code) CROSS JOIN LATERAL (
    SELECT max(t.counted_until) AS until FROM registry_listedperson t
     WHERE t.list_name = l.name AND t.place_code >= left(c.code, 6)
       AND t.place_code < left(c.code, 6) || ':') x
 WHERE x.until IS NOT NULL ORDER BY l.name, c.code
"""
_COUNTS = """
SELECT count(*), count(*) FILTER (WHERE state IN ('matched', 'chosen')),
       count(*) FILTER (WHERE state = 'new'), count(*) FILTER (WHERE state = 'waiting')
  FROM registry_listedperson
 WHERE list_name = %(name)s AND counted_until >= date_trunc(%(unit)s, %(last)s::date)
"""


@dataclass(frozen=True)
class Late:
    """A county's list that should have come: which county, since when, what came last."""

    county: str
    since: dt.date
    last: dt.date


@dataclass
class Overview:
    """One list within the reader's area; figures are of its last period."""

    one: DepartmentList
    rhythm: Rhythm
    last: dt.date | None = None
    rows: int = 0
    found: int = 0
    new: int = 0
    waiting: int = 0
    late: list[Late] = field(default_factory=list)

    @property
    def period(self) -> str:
        """The last period in words."""
        return period_in_words(self.rhythm.every, self.last) if self.last else ""

    @property
    def late_since(self) -> dt.date | None:
        """The first day on which some county's list was late."""
        return min((one.since for one in self.late), default=None)

    @property
    def pace(self) -> str:
        """每月，期末后 5 天内: the rhythm in words."""
        paces = {
            "month": _("每月，月末后 %(days)s 天内"),
            "quarter": _("每季，季末后 %(days)s 天内"),
            "year": _("每年，年末后 %(days)s 天内"),
            "event": _("发生后报"),
        }
        return paces[self.rhythm.every] % {"days": self.rhythm.due_days}


def overviews(scope: Scope) -> list[Overview]:
    """Every list, in the order of the declarations; figures are of what the scope lets be seen.

    Whether a list has come is asked of the reader's whole counties: a village that nobody of the
    list lives in has not been forgotten. Nothing but days is read beyond the scope.
    """
    last = _last(_counties(scope))
    late = _late(last, timezone.localdate())
    found = []
    for name, one in lists().items():
        newest = max((day for listed, _county, day in last if listed == name), default=None)
        view = Overview(one, rhythms()[name], newest, late=late[name])
        if newest:
            told: dict[str, Any] = {"name": name, "last": newest}
            told["unit"] = UNITS[view.rhythm.every]
            with connection.cursor() as cursor:
                cursor.execute(_COUNTS, told)
                view.rows, view.found, view.new, view.waiting = cursor.fetchone()
        found.append(view)
    return found


def late_lists(*, today: dt.date | None = None) -> defaultdict[str, list[Late]]:
    """By list, the counties whose next one is late. A list that never came is not expected."""
    return _late(_last(_counties(Scope.everything())), today or timezone.localdate())


Last = tuple[str, str, dt.date]


def _late(last: list[Last], today: dt.date) -> defaultdict[str, list[Late]]:
    found: defaultdict[str, list[Late]] = defaultdict(list)
    for name, county, until in last:
        since = late_since(rhythms()[name], until, today)
        if since is not None:
            found[name].append(Late(county, since, until))
    return found


def _counties(scope: Scope) -> list[str]:
    """Counties that some of the scope lies in."""
    ranges = [*scope.ranges, *([scope.household_hull] if scope.household_hull else [])]
    codes = valid_places().filter(level=_COUNTY_LEVEL).order_by("code")
    return [
        code
        for code in codes.values_list("code", flat=True)
        if any(low < f"{code[:_COUNTY]}:" and high > code[:_COUNTY] for low, high in ranges)
    ]


def _last(counties: list[str]) -> list[Last]:
    with for_a_moment(Scope.everything()), connection.cursor() as cursor:
        cursor.execute(_LAST, {"names": list(lists()), "counties": counties})
        return list(cursor.fetchall())
