"""The register asked about itself: doubts open at once, are confirmed or mended, and close.

Cast: 王秀英's household in 白文村 (141124104201), with her son 王小明, twelve years old and
recorded as ordinary labour; 李明 works in that village, 赵强 next door.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.monitoring.actions import (
    ReasonMissing,
    check_household,
    confirm_doubts,
    reopen_doubts,
    run,
)
from yimaqing.domains.monitoring.models import Doubt
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.actions import record_reading
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Person
from yimaqing.kit.rowscope import Scope, scoped

BAIWEN, YAOTOU = "141124104201", "141124104202"
TWELVE = dt.date.today() - dt.timedelta(days=12 * 366)


def user(name, place_code=BAIWEN, role="village_worker"):
    one = User.objects.using("owner").create(username=name, display_name=name)
    Assignment.objects.using("owner").create(
        user_id=one.pk,
        role=role,
        place_code=place_code,
        place_level=5,
        starts_on=dt.date(2020, 1, 1),
    )
    return one


@pytest.fixture
def wang(database):
    for code, name in ((BAIWEN, "白文村"), (YAOTOU, "曜头村")):
        Place.objects.using("owner").create(code=code, name=name, level=5, kind="village")
    known = {"health": "healthy", "labour_skill": "ordinary", "ethnicity": "han"}
    household = make_household(
        main_cause="skill",
        recognised_year=2014,
        exit_year=2018,
        poverty_status="lifted_without_policy",
        members=[
            {"name": "王小明", "born_on": TWELVE, "student_status": "primary", **known},
        ],
    )
    Person.objects.using("owner").filter(household_id=household.pk).update(
        resident_medical=True, health="healthy", ethnicity="han"
    )
    Person.objects.using("owner").filter(household_id=household.pk, relation="head").update(
        sex="female", labour_skill="ordinary", student_status="non_student"
    )
    return household


def check(household):
    with scoped(Scope.everything()):
        check_household(household_id=household.pk, place_code=household.place_code)
    return held(household)


def held(household):
    """The open doubts: code → doubt."""
    mine = Doubt.objects.using("owner").filter(household_id=household.pk, closed_at=None)
    return {doubt.check_code: doubt for doubt in mine}


def son(household, **values):
    Person.objects.using("owner").filter(household_id=household.pk, name="王小明").update(**values)


def confirm(doubt, by, reason="已到户核实"):
    with scoped(Scope.everything(by.pk)):
        return confirm_doubts(ids=[doubt.pk], reason=reason, by=by)


def test_a_child_recorded_as_labour_is_doubted_at_once_and_no_longer_when_corrected(wang):
    found = check(wang)
    assert set(found) == {"child_with_labour"}
    boy = Person.objects.using("owner").get(name="王小明")
    assert found["child_with_labour"].facts == (
        f"{boy.pk:012d}:born_on={TWELVE},labour_skill=ordinary"
    )
    son(wang, labour_skill="none")
    assert check(wang) == {}


def test_asking_again_changes_nothing(wang):
    first = check(wang)["child_with_labour"]
    second = check(wang)["child_with_labour"]
    assert (first.pk, first.changed_at) == (second.pk, second.changed_at)


def test_a_stored_reading_asks_the_household_in_the_same_transaction(wang):
    li = user("李明")
    with scoped(Scope.everything(li.pk)):
        record_reading(
            household=wang,
            indicator="housing",
            value="D",
            by=li,
            source="入户查看",
            observed_at=dt.datetime.now(dt.UTC),
        )
    assert set(held(wang)) == {"child_with_labour", "lifted_dangerous_house"}


def test_a_confirmed_doubt_stays_quiet_until_the_fact_changes(wang):
    li = user("李明")
    assert confirm(check(wang)["child_with_labour"], li) == 1
    assert check(wang)["child_with_labour"].confirmed_at is not None
    run()
    assert held(wang)["child_with_labour"].confirmed_at is not None
    son(wang, labour_skill="weak")
    again = check(wang)["child_with_labour"]
    assert again.confirmed_at is None
    assert again.reason == "已到户核实"  # it still says who had confirmed it, and why
    entry = Entry.objects.using("owner").get(action="monitoring.doubt_confirmed")
    assert (entry.user_id, entry.household_id, entry.purpose) == (li.pk, wang.pk, "已到户核实")


def test_a_confirmation_can_be_taken_back(wang):
    li = user("李明")
    doubt = check(wang)["child_with_labour"]
    confirm(doubt, li)
    with scoped(Scope.everything(li.pk)):
        assert reopen_doubts(ids=[doubt.pk], reason="看错了", by=li) == 1
    assert held(wang)["child_with_labour"].confirmed_at is None


def test_confirming_needs_a_reason_and_the_right_over_the_household(wang):
    doubt = check(wang)["child_with_labour"]
    with pytest.raises(ReasonMissing):
        confirm(doubt, user("李明"), reason="  ")
    for outsider in (user("赵强", YAOTOU), user("孙丽", role="leader")):
        with pytest.raises(PermissionDenied):
            confirm(doubt, outsider)
    assert held(wang)["child_with_labour"].confirmed_at is None


def test_the_nightly_run_finds_changes_and_closes_what_nobody_stored_by_hand(wang):
    run()
    first = held(wang)["child_with_labour"]
    son(wang, labour_skill="skilled")
    run()
    second = held(wang)["child_with_labour"]
    assert first.pk == second.pk
    assert second.facts.endswith("labour_skill=skilled")
    son(wang, labour_skill="none")
    run()
    assert held(wang) == {}


def test_what_was_asked_at_once_and_by_night_is_the_same(wang):
    son(wang, student_status="non_student", health="", sex="female", resident_medical=False)
    run()
    by_night = {code: doubt.facts for code, doubt in held(wang).items()}
    Doubt.objects.using("owner").all().delete()
    at_once = {code: doubt.facts for code, doubt in check(wang).items()}
    assert by_night == at_once
    assert set(at_once) > {"out_of_school", "health_missing", "relation_against_sex"}


def test_an_older_snapshot_does_not_overrule_what_was_judged_since(wang):
    li = user("李明")
    check(wang)
    run()
    with scoped(Scope.everything(li.pk)):
        record_reading(
            household=wang,
            indicator="water",
            value="fail",
            by=li,
            source="入户查看",
            observed_at=dt.datetime.now(dt.UTC),
        )
    son(wang, labour_skill="none")  # unseen by the live path: only a later run may tell
    run()
    assert "lifted_unsafe_water" in held(wang)
