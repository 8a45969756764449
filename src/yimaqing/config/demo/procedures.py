"""Procedures of recognition in different steps, made through the actions by the demo's officers."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth import get_user_model
from django.db import connections

from yimaqing.config.demo.memory import Memory
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.recognition.actions import adopt_household
from yimaqing.domains.recognition.factories import Officers, make_procedure
from yimaqing.domains.recognition.machine import State
from yimaqing.kit.rowscope import scoped

#: Where each stands, how it came in, and how many days ago; the second and the last are late.
COURSE = (
    (State.CLUE, "department", 1, "医保名单：住院自付 23,600 元"),
    (State.VERIFYING, "self", 12, "丈夫务工受伤，家中没有收入"),
    (State.VERIFYING, "cadre", 1, "入户走访发现水井干涸"),
    (State.APPRAISING, "self", 3, "孩子上学开支大，玉米减产"),
    (State.ANNOUNCED, "cadre", 8, "户主患病，长期不能务工"),
    (State.TOWNSHIP, "self", 14, "养殖亏损，欠款到期"),
    (State.TOWNSHIP, "department", 20, "住建名单：住房鉴定为 C 级"),
    (State.COUNTY, "cadre", 22, "突发意外，医疗支出大"),
    (State.MONITORED, "self", 26, "主要劳力务工中断半年"),
)
# Not yet monitored, and without a procedure: run again, nobody is taken twice.
_FREE = """
SELECT h.id FROM registry_household h
 WHERE h.place_code = %s AND h.valid AND (h."group" = '') = %s AND h.register_class <> ''
   AND EXISTS (SELECT FROM registry_person p WHERE p.place_code = h.place_code
               AND p.household_id = h.id AND p.valid)
   AND NOT EXISTS (SELECT FROM recognition_procedure r WHERE r.household_id = h.id)
 ORDER BY h.id LIMIT %s
"""


def make_procedures(memory: Memory) -> str:
    """One household of the showcase village in each step, and one adopted from the list."""
    users = get_user_model().objects
    by = Officers(*(users.get(username=name) for name in ("cunli", "xiangzhen", "xianqu")))
    village = memory.truth()["showcase"]["village"]
    made = _count(village)
    todo = COURSE[made:]
    for household, (state, way, days, clue) in zip(
        _free(village, len(todo), monitored=False), todo, strict=False
    ):
        begun = memory.as_of - dt.timedelta(days=days)
        make_procedure(household_id=household, until=state, by=by, begun=begun, way=way, clue=clue)
    if made <= len(COURSE):
        for household in _free(village, 1, monitored=True):
            with scoped(scope_of(by.county)):
                adopt_household(
                    household_id=household,
                    risks=["illness"],
                    recognised_on=memory.as_of - dt.timedelta(days=300),
                    words="演示名单",
                    by=by.county,
                )
    return f"{_count(village)} 件 procedures"


def _free(village: str, most: int, *, monitored: bool) -> list[int]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_FREE, [village, not monitored, most])
        return [number for (number,) in cursor.fetchall()]


def _count(village: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM recognition_procedure WHERE place_code = %s", [village]
        )
        return int(cursor.fetchone()[0])
