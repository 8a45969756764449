"""Files of one upload wait for one another: persons for the roll that brings their households.

李明 sends for 白文镇 what the villages sent him, in whatever order he picked the files.
"""

import pytest
from django.db import connections
from django.test import Client
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake import running
from yimaqing.domains.intake.discarding import discard
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.tasks import continue_left, discard_batch, run_batch
from yimaqing.domains.intake.tests.test_mapping import chosen, newest, upload
from yimaqing.domains.intake.together import needs
from yimaqing.domains.registry.models import Household, Person
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    LIVING,
    PERSON,
    make_places,
    sheet,
)

PERSONS = ("成员.csv", sheet(PERSON, BOY))
ROLL = ("户.csv", sheet(HOUSEHOLD))
LIVINGS = ("住房.csv", sheet(LIVING))


@pytest.fixture
def li(database):
    make_places()
    client = Client()
    client.force_login(make_user("township_officer", "141124104000", username="li"))
    with translation.override("zh-hans"):
        yield client


def jobs(status="todo"):
    held = ProcrastinateJob.objects.using("owner").filter(task_name=run_batch.name, status=status)
    return [job.args["batch_id"] for job in held.order_by("pk")]


def work(most=30):
    """Do what is queued, one job after the other as one worker does, until nothing is left."""
    for _ in range(most):
        job = ProcrastinateJob.objects.using("owner").filter(
            task_name=run_batch.name, status="todo"
        )
        first = job.order_by("pk").first()
        if first is None:
            return
        _ended(first, "succeeded")
        run_batch(first.args["batch_id"])
    raise AssertionError(f"jobs without an end: {jobs()}")


def _ended(job, status):
    """The job library's tables change by its own functions alone; a test writes one word."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job.pk])


def sent(client, *files, **fields):
    upload(client, *files, **{"dataset": "auto"} | fields)
    return list(Batch.objects.using("owner").order_by("-pk")[: len(files)])[::-1]


def state(batch):
    return Batch.objects.using("owner").get(pk=batch.pk).state


def waits_for(batch):
    return Batch.objects.using("owner").get(pk=batch.pk).waits_for


def test_the_order_in_which_files_are_picked_does_not_matter(li):
    living, persons, roll = sent(li, LIVINGS, PERSONS, ROLL)
    work()
    assert [state(one) for one in (living, persons, roll)] == ["applied"] * 3
    assert Person.objects.using("owner").count() == 2
    rejected = Batch.objects.using("owner").filter(rejected__gt=0)
    assert not rejected.exists(), "each found what the others brought"


def test_a_list_says_in_words_what_it_waits_for_and_goes_on_when_that_is_let_in(li):
    persons, roll = sent(li, PERSONS, ROLL, mode="check")
    work()
    assert (state(persons), state(roll)) == ("received", "checked")
    page = li.get(f"/imports/{persons.pk}/").content.decode()
    assert f'<a href="/imports/{roll.pk}/">批次 {roll.pk}（户.csv）' in page
    assert "已检查，未入库" in page
    assert f"等批次 {roll.pk}" in li.get("/imports/").content.decode()
    assert (
        f"同时送来的批次 {persons.pk}（成员.csv）"
        in li.get(f"/imports/{roll.pk}/").content.decode()
    )
    li.post(f"/imports/{roll.pk}/apply/")
    work()
    assert (state(roll), state(persons)) == ("applied", "checked")


def test_it_waits_while_the_columns_of_the_roll_are_asked_about(li):
    strange = sheet(HOUSEHOLD).replace("家庭人口数".encode(), "口径说明".encode())
    persons, roll = sent(li, PERSONS, ("户.csv", strange))
    work()
    assert (state(persons), state(roll)) == ("received", "columns")
    assert waits_for(persons) == roll.pk
    form = chosen(li.get(f"/imports/{roll.pk}/columns/").content.decode())
    at = next(n for n, key in enumerate(HOUSEHOLD) if key == "家庭人口数")
    li.post(f"/imports/{roll.pk}/columns/", form | {f"target-{at}": "member_count"})
    work()
    assert (state(roll), state(persons)) == ("applied", "applied")


def test_what_is_given_up_holds_nobody_up(li):
    persons, roll = sent(li, PERSONS, ROLL, mode="check")
    work()
    by = Batch.objects.using("owner").get(pk=roll.pk).user_id
    discard_batch(roll.pk, by)
    work()
    asked = (state(roll), state(persons))
    assert asked == ("unusable", "columns"), "the persons' sheet is asked about their households"
    again, other = sent(li, PERSONS, ROLL, mode="check")
    work()
    discard(batch=other, by=None)  # at the terminal, which queues nothing
    assert jobs() == []
    continue_left(timestamp=0)
    work()
    assert state(again) == "columns"


def test_a_check_whose_columns_were_settled_anew_holds_nobody_up(li):
    persons, roll = sent(li, PERSONS, ROLL, mode="check")
    work()
    li.post(f"/imports/{roll.pk}/columns/again/")
    work()
    again = newest()
    li.post(
        f"/imports/{again.pk}/columns/",
        chosen(li.get(f"/imports/{again.pk}/columns/").content.decode()),
    )
    work()
    assert (state(roll), state(again), state(persons)) == ("checked", "checked", "received")
    assert waits_for(persons) == again.pk, "the earlier check counts no more"
    li.post(f"/imports/{again.pk}/apply/")
    work()
    assert (state(again), state(persons)) == ("applied", "checked")


def test_an_earlier_check_is_waited_for_once_the_later_one_is_given_up(li):
    persons, roll = sent(li, PERSONS, ROLL, mode="check")
    work()
    li.post(f"/imports/{roll.pk}/columns/again/")
    work()
    discard_batch(newest().pk, newest().user_id)
    work()
    assert (state(persons), waits_for(persons)) == ("received", roll.pk)
    li.post(f"/imports/{roll.pk}/apply/")
    work()
    assert state(persons) == "checked"


def test_when_the_first_is_let_in_the_page_names_the_next_that_is_waited_for(li):
    other = ("户二.csv", sheet(HOUSEHOLD | {"户编号": "86141124000789", "户主证件号": ""}))
    persons, roll, second = sent(li, PERSONS, ROLL, other, mode="check")
    work()
    assert waits_for(persons) == roll.pk
    li.post(f"/imports/{roll.pk}/apply/")
    work()
    assert (state(persons), waits_for(persons)) == ("received", second.pk)
    page = li.get(f"/imports/{persons.pk}/").content.decode()
    assert f'<a href="/imports/{second.pk}/">批次 {second.pk}（户二.csv）' in page


def test_a_file_that_cannot_be_read_holds_nobody_up(li):
    persons, broken = sent(li, PERSONS, ("户.xlsx", b"PK\x03\x04 not a zip"))
    work()
    assert (state(persons), state(broken)) == ("columns", "unusable")


def test_a_roll_that_brings_nothing_new_holds_nobody_up(li):
    sent(li, ROLL)
    work()
    persons, roll = sent(li, PERSONS, ROLL, mode="check")
    work()
    assert (state(roll), state(persons)) == ("checked", "checked")


def test_an_error_of_the_program_at_the_roll_holds_nobody_up(li, monkeypatch):
    persons, roll = sent(li, PERSONS, ROLL)
    assert run_batch(persons.pk) == "received"
    finish = running._finish

    def breaks(planner, progress):
        if planner.batch.pk == roll.pk:
            raise RuntimeError("as no one expected")
        finish(planner, progress)

    for job in ProcrastinateJob.objects.using("owner").filter(status="todo"):
        _ended(job, "succeeded")
    monkeypatch.setattr(running, "_finish", breaks)
    with pytest.raises(running.BatchBroken):
        run_batch(roll.pk)
    work()
    assert (state(roll), state(persons)) == ("unusable", "columns")


def test_a_roll_whose_worker_died_is_taken_to_its_end_before_the_others(li, monkeypatch):
    persons, roll = sent(li, PERSONS, ROLL)
    assert run_batch(persons.pk) == "received"

    def dies(planner, progress):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(running, "_finish", dies)
        with pytest.raises(KeyboardInterrupt):
            run_batch(roll.pk)
    assert state(roll) == "applying"
    for _ in range(8):
        assert run_batch(persons.pk) == "received", "to wait is no try that failed"
    work()
    assert (state(roll), state(persons)) == ("applied", "applied")
    assert Household.objects.using("owner").count() == 1


def test_files_that_need_nothing_of_one_another_do_not_wait(li):
    sent(li, ROLL, PERSONS)
    work()
    payments, living = sent(li, ("住房一.csv", sheet(LIVING)), LIVINGS, mode="check")
    work()
    assert (state(payments), state(living)) == ("checked", "checked")
    assert (waits_for(payments), waits_for(living)) == (None, None)


def test_a_single_file_waits_for_nobody(li):
    sent(li, ROLL, mode="check")
    work()
    [persons] = sent(li, PERSONS)
    work()
    assert state(persons) == "columns", "and is asked about its households, as ever"


def test_rolls_that_bring_their_own_households_are_all_asked_about_at_once(li):
    rolls = [
        (
            f"{n}.csv",
            sheet(PERSON | {"户编号": f"8614112400070{n}", "人编号": f"861411240007000{n}"}),
        )
        for n in range(4)
    ]
    first, *others = sent(li, *rolls)
    work()
    assert [state(one) for one in (first, *others)] == ["columns"] * 4
    waiting = Batch.objects.using("owner").filter(dataset="persons", state="received")
    pairs = {(one.stored_as, one.waits_for) for one in waiting}
    assert pairs == {(one.stored_as, one.pk) for one in (first, *others)}


def test_what_needs_what_is_told_by_where_its_rows_are_looked_up():
    assert needs("households") == frozenset()
    assert needs("persons") == {"households"}
    assert needs("readings") == {"households", "persons"}
    assert needs("medical_bills") == {"persons"}
