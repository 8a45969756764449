"""The text that is made public in the village, and what must never stand in it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

#: Identity numbers, accounts and mobile numbers; an office's short number or a date is none.
_LONG_NUMBER = re.compile(r"(?:\d[ \-]?){10,}[\dXx]")
HOTLINE = "12317"


@dataclass(frozen=True)
class Public:
    """All that a notice is made from: no number, account, health or income is among it."""

    village: str
    head: str
    group: str
    posted_on: dt.date
    until: dt.date
    posted_at: str
    is_removal: bool


def day_in_words(day: dt.date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def notice(of: Public) -> str:
    """The notice, in Chinese: it hangs in the village."""
    first = (
        "经入户核实、民主评议，拟将下列监测户标注为风险消除"
        if of.is_removal
        else "经入户核实、民主评议，拟将下列农户纳入防止返贫监测对象"
    )
    return "\n".join(
        [
            f"{first}，现予公示，接受监督。",
            f"户主：{of.head}",
            f"监测对象类别：{of.group}",
            f"公示时间：{day_in_words(of.posted_on)}至{day_in_words(of.until)}",
            f"公示地点：{of.posted_at}",
            f"公示期内如有异议，请向村民委员会反映，或拨打监督电话 {HOTLINE}。",
            of.village,
        ]
    )


def faults_of(text: str, banned: tuple[str, ...]) -> list[str]:
    """What of a text must not be made public: long numbers, words of somebody's health."""
    found = [match.group().strip() for match in _LONG_NUMBER.finditer(text)]
    return found + [word for word in banned if word in text]
