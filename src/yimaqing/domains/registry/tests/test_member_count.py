"""The number of members that a household declares against those who are in the list.

王秀英's household in 白文村 declares two members; its list holds her, her son and another boy.
"""

from __future__ import annotations

import pytest

from yimaqing.domains.accounts.models import User
from yimaqing.domains.intake.actions import apply_checked
from yimaqing.domains.intake.running import run
from yimaqing.domains.registry.actions import correct_household
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    NUMBER,
    OTHER,
    PERSON,
    counts,
    make_places,
    send,
    words,
)
from yimaqing.domains.work.models import Todo
from yimaqing.kit.rowscope import Scope, scoped

SECOND_BOY = BOY | {"人编号": "8614112400012303", "证件号码": ""}
DIFFER = "registry.members_differ"


@pytest.fixture
def village(database):
    make_places()
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY)


@pytest.fixture
def three(village):
    """A third member has come: the to-do is open."""
    send("persons", PERSON, BOY, SECOND_BOY)
    assert open_todos() == [DIFFER]


def open_todos():
    found = Todo.objects.using("owner").filter(state="open").order_by("kind", "pk")
    return [todo.kind for todo in found]


def todo():
    return Todo.objects.using("owner").get(kind=DIFFER, state="open")


def declare(number, **options):
    return send("households", HOUSEHOLD | {"家庭人口数": str(number)}, **options)


def correct(number):
    user, _new = User.objects.using("owner").get_or_create(username="李明", display_name="李明")
    with scoped(Scope.everything()):
        household = Household.objects.get(household_number=NUMBER)
        correct_household(
            household=household, values={"member_count": number}, reason="入户核实", by=user
        )


def test_a_first_households_sheet_says_nothing_of_members(database):
    make_places()
    batch = send("households", HOUSEHOLD)
    assert (batch.warned, open_todos()) == (0, [])


def test_a_households_sheet_with_the_right_number_ends_the_todo(three):
    waiting = todo()
    batch = declare(3)
    waiting.refresh_from_db(using="owner")
    assert (batch.warned, waiting.state, waiting.reason) == (0, "done", batch.source)
    assert open_todos() == []


def test_a_households_sheet_with_a_wrong_number_opens_one_and_says_so(village):
    batch = declare(7)
    assert [w.split("｜")[1] for w in words(batch)] == [
        f"户编号 {NUMBER} 登记人口 7 人，成员表有 2 人"
    ]
    assert batch.warned == 1
    assert todo().detail == {
        "household_number": NUMBER,
        "members": 2,
        "declared": 7,
        "batch": batch.pk,
    }


@pytest.mark.parametrize("dry_run", [True, False])
def test_the_first_household_told_of_is_the_one_with_the_least_number(database, dry_run):
    make_places()
    later = HOUSEHOLD | {"户编号": OTHER, "户主证件号": "", "家庭人口数": "5"}
    send("households", later, HOUSEHOLD | {"家庭人口数": "5"})
    boy = BOY | {
        "人编号": "8614112400045601",
        "户编号": OTHER,
        "证件号码": "",
        "与户主关系": "户主",
    }
    batch = send("persons", boy, PERSON, dry_run=dry_run)
    told = [w for w in words(batch) if "登记人口" in w]
    assert [NUMBER in w for w in told] == [True, False]


@pytest.mark.parametrize("number", [2, 3, 7])
def test_a_check_of_a_households_sheet_tells_what_applying_it_tells(three, number):
    before = todo().detail
    checked = declare(number, dry_run=True)
    foreseen, counted, warned = words(checked), counts(checked), checked.warned
    assert todo().detail == before
    applied = run(apply_checked(batch=checked, by=None, using="owner").pk)
    assert (words(applied), counts(applied), applied.warned) == (foreseen, counted, warned)
    assert warned == (number == 7)


def test_an_unchanged_households_sheet_opens_nothing_again(three):
    Todo.objects.using("owner").filter(pk=todo().pk).update(state="done")
    assert (declare(2).warned, open_todos()) == (0, [])


def test_an_open_todo_says_the_numbers_of_today(three):
    declare(7)
    assert todo().detail["declared"] == 7
    send("persons", SECOND_BOY | {"人员状态": "自然减少"})
    assert (todo().detail["declared"], todo().detail["members"]) == (7, 2)
    correct(8)
    assert (todo().detail["declared"], todo().detail["members"]) == (8, 2)


def test_a_household_that_is_no_longer_valid_has_nothing_to_count(three):
    batch = send("households", HOUSEHOLD | {"家庭人口数": "7", "有效标志": "否"})
    assert (batch.warned, open_todos()) == (0, [])
    again = send("households", HOUSEHOLD | {"家庭人口数": "7", "有效标志": "是"})
    assert (again.warned, open_todos()) == (1, [DIFFER])


def test_households_without_members_are_left_to_the_persons_sheet(village):
    empty = HOUSEHOLD | {"户编号": OTHER, "户主姓名": "张兰", "户主证件号": "", "家庭人口数": "1"}
    send("households", empty)
    batch = send("households", empty | {"家庭人口数": "4"})
    assert (batch.updated, batch.warned, open_todos()) == (1, 0, [])


def test_a_correction_by_hand_opens_and_ends_the_todo(village):
    correct(5)
    assert todo().detail == {"household_number": NUMBER, "members": 2, "declared": 5}
    correct(2)
    assert open_todos() == []
