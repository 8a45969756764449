"""Working days, as the State Council announces them for each year."""

from __future__ import annotations

import datetime as dt
from functools import cache

from chinese_calendar import is_workday

_DAY = dt.timedelta(days=1)
_SATURDAY = 5


@cache
def announced(year: int) -> bool:
    """Whether the package knows the year's holidays; they are announced each November."""
    try:
        is_workday(dt.date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def works(day: dt.date) -> bool:
    """Whether offices work that day; in a year that is not announced: no weekend."""
    return bool(is_workday(day)) if announced(day.year) else day.weekday() < _SATURDAY


def after_working_days(start: dt.date, days: int) -> dt.date:
    """The last of ``days`` working days after ``start``, which does not count itself."""
    day = start
    while days:
        day += _DAY
        days -= works(day)
    return day


def after_days(start: dt.date, days: int) -> dt.date:
    """``days`` days after ``start``; where that is a day off, the working day that follows."""
    day = start + days * _DAY
    while not works(day):
        day += _DAY
    return day
