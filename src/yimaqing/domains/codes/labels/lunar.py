"""The traditional day under a date of the wall calendar: lunar day, solar term, festival."""

from __future__ import annotations

import datetime as dt
import tomllib
from bisect import bisect_right
from functools import cache
from pathlib import Path

import chinese_calendar

_FILE = Path(__file__).with_name("lunar.toml")
_MONTHS = "正二三四五六七八九十冬腊"
_TENS, _ONES = "初十廿三", "十一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_ANIMALS = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
_LONG, _SHORT = 30, 29
#: (month, day) of the lunar year, and of the solar one.
_LUNAR = {
    (1, 1): "春节",
    (1, 15): "元宵",
    (5, 5): "端午",
    (7, 7): "七夕",
    (8, 15): "中秋",
    (9, 9): "重阳",
    (12, 8): "腊八",
}
_SOLAR = {
    (1, 1): "元旦",
    (3, 8): "妇女节",
    (5, 1): "劳动节",
    (6, 1): "儿童节",
    (7, 1): "建党节",
    (8, 1): "建军节",
    (9, 10): "教师节",
    (10, 1): "国庆节",
}

Month = tuple[dt.date, int, bool, bool]
"""First day, number, whether it is a leap month, whether it is the year's last."""


def is_known(year: int) -> bool:
    """Whether every day of a solar year has its lunar day in the table."""
    years = _years()
    return str(year) in years and str(year - 1) in years


def name_of_year(year: int) -> str:
    """农历丁未羊年: the lunar year that begins in a solar one."""
    at = year - 4
    return f"农历{_STEMS[at % 10]}{_BRANCHES[at % 12]}{_ANIMALS[at % 12]}年"


def day_name(day: dt.date) -> tuple[str, bool]:
    """What stands under a date, and whether it is a festival or a solar term; of known years."""
    first, month, is_leap, is_last = _month_of(day)
    number = (day - first).days + 1
    eve = is_last and _month_of(day + dt.timedelta(days=1))[0] != first
    festival = "" if is_leap else _LUNAR.get((month, number), "")
    special = "除夕" if eve else festival or _SOLAR.get((day.month, day.day), "")
    special = special or _terms(day.year).get(day, "")
    if special:
        return special, True
    if number == 1:
        return f"{'闰' if is_leap else ''}{_MONTHS[month - 1]}月", False
    return _number(number), False


def _number(number: int) -> str:
    """初一 to 三十; 二十 and 三十 are not 廿十 and 三十十."""
    if number in {20, 30}:
        return "二十" if number == 20 else "三十"
    tens, ones = divmod(number, 10)
    return "初十" if number == 10 else _TENS[tens] + _ONES[ones]


def _month_of(day: dt.date) -> Month:
    months = _months()
    return months[bisect_right(months, day, key=lambda month: month[0]) - 1]


@cache
def _years() -> dict[str, tuple[str, int, str]]:
    with _FILE.open("rb") as opened:
        held: dict[str, tuple[str, int, str]] = tomllib.load(opened)["years"]
    return held


@cache
def _months() -> list[Month]:
    """Every month of the table in order, and the first day behind it."""
    found: list[Month] = []
    day = dt.date.min
    for first, leap, lengths in _years().values():
        day, number = dt.date.fromisoformat(first), 0
        for at, length in enumerate(lengths):
            is_leap = bool(leap) and at == leap
            number += not is_leap
            found.append((day, number, is_leap, at == len(lengths) - 1))
            day += dt.timedelta(days=_LONG if length == "L" else _SHORT)
    return [*found, (day, 1, False, False)]


@cache
def _terms(year: int) -> dict[dt.date, str]:
    terms = chinese_calendar.get_solar_terms(dt.date(year, 1, 1), dt.date(year, 12, 31))
    return dict(terms)
