"""Days as people write them: with signs between, eight digits, in Chinese, as Excel counts them."""

from __future__ import annotations

import datetime as dt
import re
from enum import Enum

EARLIEST = dt.date(1900, 1, 1)
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})"
    r"|年(\d{1,2})月(\d{1,2})[日号]|(\d{2})(\d{2}))" + _TIME
)
_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2})|/(\d{1,2})|\.(\d{1,2})|年(\d{1,2})月份?|(\d{2}))")
#: Days that Excel counts from 1899-12-30, between 1954 and 2064: five digits.
_SERIAL = re.compile(r"[2-5]\d{4}(?:\.0+)?")
_FIRST = dt.date(1899, 12, 30)
_DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
#: A number that may not be less is a year.
FIRST_YEAR = 1900
_YEAR = re.compile(r"(\d{4}|[〇零○Ｏ一二三四五六七八九]{4})(?:年度?)?")
_TENS = re.compile(r"([一二三])?十([一二三四五六七八九])?")
_CHINESE = re.compile(r"[〇零○一二三四五六七八九十]{1,4}(?=[年月日号])")


class Unsure(Enum):
    """A month without its day."""

    MONTH = "month"


def read_date(text: str) -> dt.date | Unsure | None:
    """The day that a cell (half width, trimmed) holds; MONTH when it names no day."""
    text = _CHINESE.sub(_counted, text).replace(" ", "") if "年" in text else text
    found = _DATE.fullmatch(text)
    if found:
        year, month, day = (int(part) for part in found.groups() if part)
        return _date(year, month, day)
    if _SERIAL.fullmatch(text):
        return _FIRST + dt.timedelta(days=int(float(text)))
    found = _MONTH.fullmatch(text)
    if found:
        year, month = (int(part) for part in found.groups() if part)
        return Unsure.MONTH if _date(year, month, 1) else None
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        read = dt.date(year, month, day)
    except ValueError:
        return None
    return read if read >= EARLIEST else None


def whole_day(text: str) -> dt.date | None:
    """The day; None for a month without one, too."""
    found = read_date(text)
    return found if isinstance(found, dt.date) else None


def year_alone(text: str) -> str:
    """2019 of 2019年, 2019年度, 二〇一九年; every other text as it is."""
    found = _YEAR.fullmatch("".join(text.split()))
    return found[1].translate(_DIGITS) if found else text


def _counted(found: re.Match[str]) -> str:
    """二〇一九 → 2019, 十二 → 12, 三十一 → 31."""
    text = found[0]
    tens = _TENS.fullmatch(text)
    if tens:
        lead, last = tens.groups()
        return (lead or "一").translate(_DIGITS) + (last or "〇").translate(_DIGITS)
    return text.translate(_DIGITS)
