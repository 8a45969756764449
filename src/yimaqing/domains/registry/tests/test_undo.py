"""A batch that should not have been sent is taken back whole.

Cast: 赵强 of 临县 sends lists; 李明 corrects a file by hand in between; 王秀英's household in 白文村.
"""

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from bench.register_digest import digest
from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.intake.models import Kept, Undo
from yimaqing.domains.intake.undo.requests import undo_batch
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.registry.actions import correct_household, rotate_keys
from yimaqing.domains.registry.loaders.undoing import DERIVED, HOLDING
from yimaqing.domains.registry.models import Household, Person, Reading
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    BOY,
    GOOD,
    HOUSEHOLD,
    INCOME,
    NUMBER,
    OTHER,
    PERSON,
    YAOTOU,
    id_number,
    make_places,
    send,
)
from yimaqing.kit.crypto import keyring, new_key
from yimaqing.kit.rowscope import scoped

WITHOUT_HISTORY = {"registry_change", "work_todo"}


@pytest.fixture
def county(database):
    make_places()


def undo(batch, dry_run=False, by=None):
    asked = undo_batch(batch=batch, reason="送错了文件", by=by, dry_run=dry_run, using="owner")
    return run_undo(asked.pk)


def register():
    connection = connections["owner"]
    connection.ensure_connection()
    found = digest(connection.connection)
    return {name: held for name, held in found.items() if name not in WITHOUT_HISTORY}


def left(undone):
    return [
        (one.code, one.key, one.was, one.now) for one in undone.left.using("owner").order_by("pk")
    ]


def household(number=NUMBER):
    return Household.objects.using("owner").get(household_number=number)


def test_what_a_batch_created_is_gone(county):
    before = register()
    batch = send("households", HOUSEHOLD)
    done = undo(batch)
    assert (done.state, done.removed, done.restored, done.kept) == ("undone", 1, 0, 0)
    assert register() == before


@pytest.mark.parametrize("name", [n for n in GOOD if n not in ("households", "persons")])
def test_every_dataset_is_taken_back(county, name):
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY)
    before = register()
    batch = send(name, GOOD[name])
    assert batch.created == 1
    assert register() != before
    done = undo(batch)
    assert (done.state, done.removed, done.kept) == ("undone", 1, 0)
    assert register() == before


def test_persons_go_with_their_readings_names_and_head(county):
    send("households", HOUSEHOLD)
    before = register()
    batch = send("persons", PERSON, BOY)
    assert household().head_person_id
    done = undo(batch)
    assert done.notes == {"readings": 3}
    assert register() == before
    assert household().head_person_id is None


def test_changed_values_are_as_before_the_sealed_ones_too(county):
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY)
    before = register()
    phone = bytes(household().phone_sealed)
    batch = send(
        "households",
        HOUSEHOLD | {"联系电话": "15400000009", "户主姓名": "王秀芳", "其他致贫原因": "因残"},
    )
    assert batch.updated == 1
    assert Kept.objects.using("owner").get().sealed.keys() == {"phone_sealed", "phone_index"}
    done = undo(batch)
    assert (done.restored, done.kept) == (1, 0)
    assert register() == before
    assert bytes(household().phone_sealed) == phone
    assert not Kept.objects.using("owner").exists()


def test_a_person_who_was_moved_goes_back_with_number_and_readings(county):
    other = HOUSEHOLD | {"户编号": OTHER, "村编号": YAOTOU, "户主证件号": id_number(order=4)}
    send("households", HOUSEHOLD, other)
    send("persons", PERSON, BOY)
    before = register()
    batch = send("persons", BOY | {"户编号": OTHER, "姓名": "李小君"})
    assert batch.updated == 1
    assert undo(batch).restored == 1
    assert register() == before
    son = Person.objects.using("owner").get(person_number=BOY["人编号"])
    assert {r.household_id for r in Reading.objects.using("owner").filter(person_id=son.pk)} == {
        household().pk
    }


def test_a_trial_says_what_would_happen_and_does_nothing(county):
    batch = send("households", HOUSEHOLD)
    before = register()
    tried = undo(batch, dry_run=True)
    assert (tried.state, tried.removed) == ("checked", 1)
    assert register() == before


def test_what_an_officer_changed_since_is_listed_and_kept(county):
    send("households", HOUSEHOLD)
    batch = send("households", HOUSEHOLD | {"住址": "村东", "开户银行": "农商行", "组": "二组"})
    ming = make_user("township_officer", "141124104000")
    with scoped(scope_of(ming)):
        correct_household(
            household=household(), values={"address": "村西"}, reason="入户核实", by=ming
        )
    done = undo(batch)
    assert (done.restored, done.kept) == (1, 1)
    assert left(done) == [("undo_changed", "address", "村东", "村西")]
    held = household()
    assert (held.address, held.bank_name, held.team) == ("村西", "", "")
    assert held.source == "入户核实"


def test_a_household_with_somebody_elses_records_stays_and_says_why(county):
    batch = send("households", HOUSEHOLD)
    persons = send("persons", PERSON)
    done = undo(batch)
    assert (done.removed, done.kept) == (0, 1)
    assert [one[0] for one in left(done)] == ["undo_has_members"]
    undo(persons)
    assert undo(batch).removed == 1
    assert not Household.objects.using("owner").exists()


def test_a_later_batch_gives_back_what_was_before_the_one_undone_first(county):
    send("households", HOUSEHOLD | {"住址": "甲"})
    second = send("households", HOUSEHOLD | {"住址": "乙"})
    third = send("households", HOUSEHOLD | {"住址": "丙"})
    done = undo(second)
    assert left(done) == [("undo_changed", "address", "乙", "丙")]
    assert done.later == [third.pk]
    undo(third)
    assert household().address == "甲"


def test_undone_and_sent_again_is_as_after_the_first_time(county):
    send("households", HOUSEHOLD)
    send("persons", PERSON)
    batch = send("persons", PERSON | {"健康状况": "残疾"}, BOY)
    after = register()
    undo(batch)
    assert register() != after
    send("persons", PERSON | {"健康状况": "残疾"}, BOY)
    assert register() == after


def test_an_undo_reaches_no_further_than_the_area_of_who_asks(county):
    batch = send("households", HOUSEHOLD)
    far = make_user("township_officer", "141102001000")
    done = undo(batch, by=far)
    assert (done.removed, done.kept) == (0, 1)
    assert left(done)[0][0] == "undo_out_of_scope"
    assert household().place_code == BAIWEN


def test_batches_before_old_values_were_kept_say_so(county):
    send("households", HOUSEHOLD)
    batch = send("households", HOUSEHOLD | {"住址": "乙"})
    batch.keeps = False
    batch.save(using="owner")
    done = undo(batch)
    assert (done.state, done.failure["code"]) == ("refused", "undo_nothing_kept")
    assert household().address == "乙"


def test_a_second_undo_finds_nothing_left_to_do(county):
    send("households", HOUSEHOLD)
    batch = send("incomes", INCOME)
    assert undo(batch).removed == 1
    assert undo(batch).removed == 0
    assert Undo.objects.using("owner").count() == 2


def test_every_table_of_a_file_either_keeps_a_household_or_goes_along(county):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'registry_household'::regclass"
        )
        found = {name for (name,) in cursor.fetchall()}
    holding = {table for tables in HOLDING.values() for table in tables} | {"codes_code"}
    assert found - holding - DERIVED == set()


def test_old_values_follow_a_change_of_keys_and_come_back(county):
    send("households", HOUSEHOLD)
    batch = send("households", HOUSEHOLD | {"联系电话": "15400000009"})
    newest = f"2:{new_key()}"
    with override_settings(DATA_KEYS=f"{newest},{settings.DATA_KEYS}"):
        rotated = {one.column: one.values for one in rotate_keys(retire_old=True)}
    assert rotated["intake_kept.sealed"] == 1
    with override_settings(DATA_KEYS=newest):
        assert undo(batch).restored == 1
        ring, held = keyring(newest), household()
        purpose = b"registry_household.phone"
        assert ring.open(held.phone_sealed, purpose=purpose) == HOUSEHOLD["联系电话"]
        assert bytes(held.phone_index) == ring.index(HOUSEHOLD["联系电话"], purpose=purpose)


def test_a_helper_named_by_a_list_that_is_undone_sees_the_household_no_longer(county):
    send("households", HOUSEHOLD)
    helper = make_user("helper", household_ids=[], username="zhaoqiang")
    batch = send("pairings", GOOD["pairings"] | {"登录名": "zhaoqiang"})
    assert scope_of(helper).household_ids == (household().pk,)
    undo(batch)
    assert scope_of(helper).household_ids == ()
