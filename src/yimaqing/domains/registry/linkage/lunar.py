"""A birthday told by the lunar calendar (农历) and entered as if it were a solar one."""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("lunar.toml")
_DAYS = {"L": 30, "s": 29}


@cache
def solar_days() -> dict[str, str]:
    """Solar date behind each (year-month-day) of the lunar calendar, both as YYYY-MM-DD.

    Of a month and its leap month the first: a date alone does not say which is meant. Days
    that the solar calendar lacks (30 February) are left out: nobody can have entered them.
    """
    days: dict[str, str] = {}
    for year, (first, leap, months) in _years().items():
        day = dt.date.fromisoformat(first)
        for number, kind in zip(_numbers(leap, len(months)), months, strict=True):
            for at in range(_DAYS[kind]):
                told = f"{year}-{number:02d}-{at + 1:02d}"
                if _is_day(told):
                    days.setdefault(told, (day + dt.timedelta(days=at)).isoformat())
            day += dt.timedelta(days=_DAYS[kind])
    return days


def _numbers(leap: int, count: int) -> list[int]:
    """1 to 12, the leap month's number twice."""
    numbers = list(range(1, 13))
    return sorted([*numbers, leap]) if count > len(numbers) else numbers


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


@cache
def _years() -> dict[str, tuple[str, int, str]]:
    years: dict[str, tuple[str, int, str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))[
        "years"
    ]
    return years
