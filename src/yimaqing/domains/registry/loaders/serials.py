"""A department's own number of a row: it stands in clear, so that it must be nobody's number.

The number of a disability card, for one, begins with its holder's identity number.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _n

from yimaqing.kit.dataset import Column, Finding, Message
from yimaqing.kit.ids import id_birth_date, id_number_fault

if TYPE_CHECKING:
    import polars as pl

SERIAL = Column(
    "serial",
    _n("流水号"),
    pattern=r"[0-9A-Za-z-]{4,40}",
    example="YB20260000001",
    personal=True,
)
SERIAL_MESSAGES = {
    "serial_is_id": Message(
        _n("流水号里有证件号码"),
        _n("流水号填部门自己的编号，没有就留空；证件号码填在“证件号码”列"),
    ),
}
#: Wherever it begins: looked for ahead of each character.
_SHAPE = re.compile(r"(?=([1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx]))", re.ASCII)
#: A county, a day and a count make such a number in one of eleven cases; the day is recent then.
_RECENT_YEARS = 3


def not_personal(frame: pl.DataFrame) -> list[Finding]:
    """No serial holds an identity number."""
    told = zip(frame["serial"], frame["counted_until"], strict=True)
    held = {serial for serial, until in told if _holds_number(serial, until)}
    return [Finding("serial_is_id", "serial", frame["serial"].is_in(held).fill_null(value=False))]


def _holds_number(serial: str | None, until: dt.date | None) -> bool:
    numbers = [found.upper() for found in _SHAPE.findall(serial or "")]
    born = [id_birth_date(number) for number in numbers if id_number_fault(number) is None]
    latest = until.year - _RECENT_YEARS if until else dt.MAXYEAR
    return any(day is not None and day.year <= latest for day in born)
