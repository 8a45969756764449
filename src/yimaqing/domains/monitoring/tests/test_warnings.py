"""A fact says so, and the warning is there: at once, and again when all is judged.

Cast: 王秀英's household in 白文村 (141124104201); 李明 works in that village, 赵强 next door.
"""

import datetime as dt
import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest
from django.test import Client
from django.utils import timezone, translation

from yimaqing.analytics import lake
from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.monitoring.actions import evaluate_household, run, run_past
from yimaqing.domains.monitoring.events import warnings_raised
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.monitoring.urls import nav
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.actions import record_reading
from yimaqing.domains.registry.factories import add_person, add_reading, make_household
from yimaqing.domains.registry.models import Household, Reading
from yimaqing.kit.rowscope import Scope, scoped

BAIWEN, YAOTOU = "141124104201", "141124104202"
GOOD = {"food": "pass", "clothing": "pass", "housing": "A", "water": "pass", "medical": "insured"}


def user(name, place_code=BAIWEN, level=5, role="village_worker"):
    one = User.objects.using("owner").create(username=name, display_name=name)
    Assignment.objects.using("owner").create(
        user_id=one.pk,
        role=role,
        place_code=place_code,
        place_level=level,
        starts_on=dt.date(2020, 1, 1),
    )
    return one


@pytest.fixture
def wang(database):
    for code, name in ((BAIWEN, "白文村"), (YAOTOU, "曜头村")):
        Place.objects.using("owner").create(code=code, name=name, level=5, kind="village")
    return make_household(readings=GOOD)


def store(household, indicator, value, by):
    with scoped(Scope.everything(by.pk)):
        return record_reading(
            household=household,
            indicator=indicator,
            value=value,
            by=by,
            source="入户查看",
            observed_at=timezone.now(),
        )


def open_rules(household):
    return set(
        Warning.objects.using("owner")
        .filter(household_id=household.pk, closed_at=None)
        .values_list("rule_code", "colour")
    )


def test_a_dangerous_house_is_red_at_once_and_closed_when_it_is_rebuilt(wang):
    li = user("李明")
    reading = store(wang, "housing", "D", li)
    assert ("housing_unsafe", "red") in open_rules(wang)
    held = Warning.objects.using("owner").get(rule_code="housing_unsafe")
    assert held.reading_ids == [reading.pk]
    assert held.scheme == "danfeng-2020"
    assert held.act_by > timezone.localdate()
    time.sleep(1.1)  # a reading's key counts in seconds
    store(wang, "housing", "rebuilt", li)
    assert ("housing_unsafe", "red") not in open_rules(wang)
    held.refresh_from_db(using="owner")
    assert held.closed_at is not None


def test_forty_one_days_without_water_is_more_than_the_standard_allows(wang):
    store(wang, "water.guarantee", "36", user("李明"))
    assert ("water_unsafe", "red") not in open_rules(wang)
    store(wang, "water.guarantee", "41", User.objects.using("owner").get())
    assert ("water_unsafe", "red") in open_rules(wang)


def test_a_reading_and_its_warning_are_stored_together_or_not_at_all(wang):
    li = user("李明")

    def refuse(**_):
        raise RuntimeError("somebody downstream fails")

    warnings_raised.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            store(wang, "housing", "D", li)
    finally:
        warnings_raised.disconnect(refuse)
    assert not Reading.objects.using("owner").filter(value_text="D").exists()
    assert not Warning.objects.using("owner").exists()


def test_judging_twice_changes_nothing(wang):
    store(wang, "housing", "D", user("李明"))
    before = list(Warning.objects.using("owner").order_by("pk").values())
    with scoped(Scope.everything()):
        evaluate_household(household_id=wang.pk, place_code=wang.place_code)
    assert list(Warning.objects.using("owner").order_by("pk").values()) == before


def households_of_every_kind():
    child = {"name": "王小明", "relation": "son", "born_on": dt.date(2016, 5, 1)}
    old = timezone.now() - dt.timedelta(days=800)
    make_household(readings=GOOD)
    make_household(readings={"housing": "C", "water": "fail"})
    make_household(readings={**GOOD, "water.quantity": 12.0})
    make_household(readings=GOOD, members=[child])
    make_household(readings=GOOD, members=[{**child, "readings": {"education": "out"}}])
    make_household(readings=GOOD, members=[{"name": "王建国", "health": "serious"}])
    make_household(readings=GOOD, observed_at=old)
    make_household(place_code=YAOTOU, readings={"income": 900.0}, poverty_status="returned")
    make_household(valid=False, readings={"housing": "D"})


def everything():
    fields = (
        "household_id",
        "rule_code",
        "indicator",
        "scheme",
        "colour",
        "reading_ids",
        "person_ids",
        "value_yuan",
        "limit_yuan",
        "since",
        "act_by",
    )
    return sorted(
        map(repr, Warning.objects.using("owner").filter(closed_at=None).values_list(*fields))
    )


def test_the_batch_and_the_single_household_agree(database):
    households_of_every_kind()
    done = run()
    assert done.households == 8
    by_batch = everything()
    assert len(by_batch) == done.raised > 8
    Warning.objects.using("owner").all().delete()
    for household in Household.objects.using("owner").all():
        with scoped(Scope.everything()):
            evaluate_household(household_id=household.pk, place_code=household.place_code)
    assert everything() == by_batch
    again = run()
    assert (again.raised, again.changed, again.closed) == (0, 0, 0)


def test_a_run_over_older_data_leaves_a_newer_judgement_alone(wang, monkeypatch):
    """A reading that comes between snapshot and warnings is not taken back."""
    li = user("李明")
    finish = lake.finish

    def a_reading_comes_meanwhile(snapshot):
        store(wang, "housing", "D", li)
        return finish(snapshot)

    monkeypatch.setattr(lake, "finish", a_reading_comes_meanwhile)
    run()
    assert ("housing_unsafe", "red") in open_rules(wang)


def test_a_past_day_is_judged_without_touching_the_warnings(wang, database):
    add_reading(wang, "housing", "D")
    past = timezone.localdate() - dt.timedelta(days=60)
    (judged,) = run_past([past])
    assert (judged.as_of, judged.raised) == (past, 0)
    assert lake.latest_snapshot(database.home / "lake") is None
    assert not Warning.objects.using("owner").exists()
    assert run().raised >= 1


def test_a_killed_run_leaves_nothing_that_counts(database):
    households_of_every_kind()
    code = "from yimaqing.config.cli import main; main()"
    command = [sys.executable, "-c", code, "monitoring", "run"]
    for wait in (1.5, 3.0, 4.0):
        child = subprocess.Popen(command, env=database.environment)
        time.sleep(wait)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    raised = Warning.objects.using("owner").count()
    done = run()
    assert done.raised + raised == Warning.objects.using("owner").filter(closed_at=None).count()
    assert lake.snapshots(database.home / "lake")[0].name == done.snapshot


def test_the_worker_sees_why_and_the_neighbour_sees_nothing(wang):
    store(wang, "housing", "D", user("李明"))
    add_person(wang, name="王建国", relation="spouse")
    li, zhao = Client(), Client()
    li.force_login(User.objects.using("owner").get(username="李明"))
    zhao.force_login(user("赵强", YAOTOU))
    page = li.get("/warnings/?colour=red").content.decode()
    assert "住在危房" in page
    assert "D 级整栋危险" in page
    assert "入户查看" in page
    assert "王秀英" not in page
    assert "住在危房" not in zhao.get("/warnings/").content.decode()
    file = li.get(f"/households/{wang.pk}/?from=warning").content.decode()
    assert "住在危房" in file
    assert "情况不明" in file
    assert "danfeng-2020" in file


def test_the_rule_book_says_what_is_not_set(database):
    reader = Client()
    reader.force_login(user("李明"))
    page = reader.get("/warnings/rules/").content.decode()
    assert "没有公开值" in page
    assert "待确认" in page
    assert "本系统建议" in page


def test_pages_of_the_list_hold_each_warning_once(database):
    Place.objects.using("owner").create(code=BAIWEN, name="白文村", level=5, kind="village")
    for _ in range(60):
        make_household(readings={**GOOD, "housing": "D"})
    run()
    reader = Client()
    reader.force_login(user("李明"))
    seen, address = [], "/warnings/?colour=red"
    while address:
        context = reader.get(address).context
        seen += [line.warning.pk for line in context["lines"]]
        address = "/warnings/" + context["next_href"] if context["next_href"] else ""
    assert len(seen) == len(set(seen)) == 60


def test_two_judgements_of_one_household_wait_for_each_other(wang, database):
    """The second sees the first one's reading: the household's row is locked meanwhile."""
    li = user("李明")
    with psycopg.connect(database.url()) as other:
        with scoped(Scope.everything(li.pk)):
            record_reading(
                household=wang,
                indicator="housing",
                value="D",
                by=li,
                source="入户查看",
                observed_at=timezone.now(),
            )
            other.execute("SET lock_timeout = '300ms'")
            for name, value in Scope.everything().settings().items():
                other.execute("SELECT set_config(%s, %s, true)", [name, value])
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("SELECT FROM registry_household WHERE id = %s FOR UPDATE", [wang.pk])


def test_the_menu_names_the_list_in_english_as_many():
    with translation.override("en"):
        assert [str(name) for _address, name, _allowed in nav] == ["Warnings"]
