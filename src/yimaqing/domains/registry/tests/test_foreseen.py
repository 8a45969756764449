"""A check says about members what applying the same sheet would say."""

from __future__ import annotations

import pytest

from yimaqing.domains.intake.actions import apply_checked
from yimaqing.domains.intake.running import run
from yimaqing.domains.registry.models import Person
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    OTHER,
    PERSON,
    counts,
    faults,
    make_places,
    send,
    words,
)
from yimaqing.domains.work.models import Todo

ZHANG = PERSON | {"户编号": OTHER, "人编号": f"{OTHER}01", "姓名": "张兰", "证件号码": ""}
DAUGHTER = ZHANG | {"人编号": f"{OTHER}02", "姓名": "张梅", "与户主关系": "之女"}


@pytest.fixture
def village(database):
    make_places()
    other = {"户编号": OTHER, "户主姓名": "张兰", "户主证件号": "", "家庭人口数": "1"}
    send("households", HOUSEHOLD, HOUSEHOLD | other)


def told(batch):
    """Codes and sentences about members, without those about single rows."""
    numbers = {str(row) for row, _column, _code in faults(batch) if row}
    return sorted(line for line in words(batch) if line.split(" ")[0] not in numbers)


def check_and_apply(*rows):
    """The remarks of a check and, afterwards, of the same sheet applied."""
    checked = send("persons", *rows, dry_run=True)
    foreseen, counted, warned = told(checked), counts(checked), checked.warned
    applied = run(apply_checked(batch=checked, by=None, using="owner").pk)
    assert counts(applied) == counted
    assert told(applied) == foreseen
    assert applied.warned == warned
    return [code for row, _column, code in faults(applied) if not row]


def test_a_missing_head_a_wrong_number_and_an_empty_household_are_told_before(village):
    before = Todo.objects.using("owner").count()
    checked = send("persons", BOY, dry_run=True)
    assert [code for _, _, code in faults(checked)] == [
        "no_members",
        "head_missing",
        "members_differ",
    ]
    assert (checked.rejected, checked.warned) == (0, 3)
    assert not Person.objects.using("owner").exists()
    assert Todo.objects.using("owner").count() == before


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([PERSON, BOY, ZHANG], []),
        ([BOY], ["no_members", "head_missing", "members_differ"]),
        ([PERSON, BOY | {"与户主关系": "户主"}, ZHANG], ["members_differ"]),
        ([PERSON, BOY, ZHANG, DAUGHTER], ["members_differ"]),
    ],
    ids=["all is well", "no head", "a second head is refused", "one more than declared"],
)
def test_a_check_tells_of_new_members_what_applying_tells(village, rows, codes):
    assert check_and_apply(*rows) == codes


@pytest.mark.parametrize(
    "row",
    [
        BOY | {"人员状态": "自然减少"},
        PERSON | {"与户主关系": "配偶"},
        BOY | {"与户主关系": "户主"},
        BOY | {"户编号": OTHER},
        {k: v for k, v in BOY.items() if k != "人员状态"} | {"姓名": "李建军"},
        BOY,
    ],
    ids=["gone", "no head", "two heads", "moved", "renamed", "the same"],
)
def test_a_check_tells_of_members_who_are_there_what_applying_tells(village, row):
    send("persons", PERSON, BOY, ZHANG)
    check_and_apply(row)


def test_a_member_who_is_out_stays_out_where_the_sheet_does_not_say(village):
    send("persons", PERSON, BOY | {"人员状态": "自然减少"}, ZHANG)
    silent = {k: v for k, v in BOY.items() if k != "人员状态"}
    assert check_and_apply(silent | {"姓名": "李建军"}) == ["members_differ"]
