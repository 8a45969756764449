"""What keeps a record that a batch made or changed: each reason, met by itself and then gone.

Cast: 赵强 of 临县 sends lists; 王秀英's household and her son 李小军 in 白文村.
"""

import datetime as dt

import pytest
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.intake.undo.requests import undo_batch
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.loaders.undoing.parts import MESSAGES
from yimaqing.domains.registry.models import Household, Person, Reading
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    BOY,
    HOUSEHOLD,
    INCOME,
    NUMBER,
    OTHER,
    PERSON,
    SON,
    YAOTOU,
    id_number,
    make_places,
    send,
)
from yimaqing.domains.work.actions import close_todo
from yimaqing.domains.work.factories import make_todo
from yimaqing.kit.rowscope import scoped

#: Reasons that test_undo.py tells the story of.
TOLD = {"undo_changed", "undo_out_of_scope"}
NEW = id_number("20100601", 13)
ELSEWHERE = HOUSEHOLD | {"户编号": OTHER, "村编号": YAOTOU, "户主证件号": id_number(order=4)}


def undo(batch):
    asked = undo_batch(batch=batch, reason="送错了文件", by=None, dry_run=False, using="owner")
    return run_undo(asked.pk)


def household(number=NUMBER):
    return Household.objects.using("owner").get(household_number=number)


def son():
    return Person.objects.using("owner").get(person_number=BOY["人编号"])


def members():
    batch = send("households", HOUSEHOLD)
    send("persons", PERSON)
    return batch


def facts():
    batch = send("households", HOUSEHOLD)
    send("incomes", INCOME)
    return batch


def code():
    batch = send("households", HOUSEHOLD)
    make_code("household", BAIWEN, household().pk)
    return batch


def todo():
    batch = send("households", HOUSEHOLD)
    make_todo(kind="monitoring.visit", household_id=household().pk)
    return batch


def work():
    batch = send("households", HOUSEHOLD)
    made = make_todo(kind="monitoring.visit", household_id=household().pk)
    worker = make_user("village_worker", BAIWEN)
    with scoped(scope_of(worker)):
        close_todo(todo=made, reason="已入户", by=worker)
    return batch


def helper():
    batch = send("households", HOUSEHOLD)
    make_user("helper", household_ids=[household().pk])
    return batch


def facts_of_a_person():
    send("households", HOUSEHOLD)
    batch = send("persons", PERSON, BOY)
    Reading.objects.using("owner").create(
        place_code=BAIWEN,
        household_id=household().pk,
        person_id=son().pk,
        indicator="education",
        value_text="enrolled",
        observed_at=timezone.now() - dt.timedelta(days=1),
        source="入户走访",
    )
    return batch


def number_taken():
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY)
    batch = send("persons", BOY | {"证件号码": NEW})
    send("persons", BOY | {"人编号": "8614112400012303", "姓名": "李小明"})
    return batch


def home_gone():
    first = send("households", HOUSEHOLD)
    send("households", ELSEWHERE)
    boys = send("persons", BOY)
    batch = send("persons", BOY | {"户编号": OTHER})
    assert (boys.created, batch.updated) == (1, 1)
    assert undo(first).removed == 1
    return batch


def place_gone():
    send("households", HOUSEHOLD)
    batch = send("households", HOUSEHOLD | {"村编号": YAOTOU})
    assert household().place_code == YAOTOU
    Place.objects.using("owner").filter(code=BAIWEN).update(valid_to=dt.date(2020, 8, 1))
    return batch


STORIES = {
    "undo_has_members": members,
    "undo_has_facts": facts,
    "undo_has_code": code,
    "undo_has_todo": todo,
    "undo_has_work": work,
    "undo_has_helper": helper,
    "undo_person_has_facts": facts_of_a_person,
    "undo_number_taken": number_taken,
    "undo_home_gone": home_gone,
    "undo_place_gone": place_gone,
}


@pytest.mark.parametrize("reason", STORIES)
def test_what_keeps_a_record_is_said_and_the_record_stays(database, reason):
    make_places()
    batch = STORIES[reason]()
    numbers = set(Household.objects.using("owner").values_list("household_number", flat=True))
    done = undo(batch)
    assert done.kept == 1
    assert reason in {one.code for one in done.left.using("owner")}
    assert numbers == set(
        Household.objects.using("owner").values_list("household_number", flat=True)
    )


def test_a_number_that_another_has_by_now_stays_the_later_one(database):
    make_places()
    undo(number_taken())
    held = Person.objects.using("owner").filter(id_number_index=son().id_number_index)
    assert [one.person_number for one in held] == [BOY["人编号"]]
    assert NEW != SON


def test_every_reason_has_its_story():
    assert set(MESSAGES) == set(STORIES) | TOLD
