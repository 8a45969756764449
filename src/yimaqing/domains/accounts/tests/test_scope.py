"""Who sees what, where: several assignments, dates, named households, columns, permissions."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import (
    ALL,
    columns_for,
    home_place,
    may,
    permissions_of,
    purposes,
    require,
    scope_of,
)
from yimaqing.domains.accounts.roles import ROLES
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Household
from yimaqing.kit.rowscope import scoped

LINXIAN = "141124000000"
BAIWEN = "141124104000"
VILLAGE = "141124104201"
NEXT_VILLAGE = "141124104202"
LISHI = "141102000000"
LISHI_VILLAGE = "141102001001"


def _seen(user):
    with scoped(scope_of(user)):
        return set(Household.objects.values_list("pk", flat=True))


def test_the_twelve_roles_of_the_house():
    assert set(ROLES) == {
        "village_worker",
        "grid_worker",
        "building_leader",
        "helper",
        "interviewer",
        "property_company",
        "township_officer",
        "county_officer",
        "department_officer",
        "leader",
        "auditor",
        "administrator",
    }


def test_several_assignments_add_up(database):
    user = make_user("village_worker", VILLAGE)
    make_assignment(user, "leader", LISHI)
    here = make_household(place_code=VILLAGE)
    make_household(place_code=NEXT_VILLAGE)
    there = make_household(place_code=LISHI_VILLAGE)
    assert _seen(user) == {here.pk, there.pk}


def test_a_wider_assignment_swallows_a_narrower_one(database):
    user = make_user("village_worker", VILLAGE)
    make_assignment(user, "township_officer", BAIWEN)
    assert scope_of(user).ranges == (("141124104", "141124105"),)


def test_named_households_are_seen_and_their_neighbours_are_not(database):
    mine = make_household(place_code=VILLAGE)
    make_household(place_code=VILLAGE)
    far = make_household(place_code=LISHI_VILLAGE)
    user = make_user("helper", household_ids=[mine.pk, far.pk])
    assert _seen(user) == {mine.pk, far.pk}


def test_an_assignment_to_households_that_are_gone_shows_nothing(database):
    make_household(place_code=VILLAGE)
    assert _seen(make_user("helper", household_ids=[999_999])) == set()


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(-2, None, True), (0, None, True), (1, None, False), (-9, 1, True), (-9, 0, False)],
)
def test_an_assignment_holds_from_its_first_day_until_its_last(database, starts, ends, holds):
    today = timezone.localdate()
    user = make_user()
    make_assignment(
        user,
        "village_worker",
        VILLAGE,
        starts_on=today + dt.timedelta(days=starts),
        ends_on=None if ends is None else today + dt.timedelta(days=ends),
    )
    assert bool(scope_of(user).ranges) is holds
    assert bool(permissions_of(user)) is holds


def test_an_inactive_user_sees_and_may_nothing(database):
    user = make_user("county_officer", LINXIAN)
    User.objects.filter(pk=user.pk).update(is_active=False)
    user = User.objects.get(pk=user.pk)
    assert scope_of(user).ranges == ()
    assert not may(user, "registry.read", VILLAGE)
    assert permissions_of(user) == frozenset()
    assert "members" not in columns_for(user, VILLAGE)


def test_a_role_that_was_taken_out_of_the_code_gives_nothing(database):
    user = make_user()
    make_assignment(user, "emperor", LINXIAN)
    assert scope_of(user).ranges == ()


def test_a_permission_holds_only_where_its_role_is_held(database):
    user = make_user("village_worker", VILLAGE)
    make_assignment(user, "leader", LINXIAN)
    assert may(user, "registry.read", NEXT_VILLAGE)
    assert may(user, "registry.unmask", VILLAGE)
    assert not may(user, "registry.unmask", NEXT_VILLAGE)
    assert require(user, "cockpit.view").ranges == (("141124", "141125"),)


def test_a_helper_may_for_his_households_and_not_for_their_village(database):
    mine = make_household(place_code=VILLAGE)
    other = make_household(place_code=VILLAGE)
    user = make_user("helper", household_ids=[mine.pk])
    assert may(user, "registry.unmask", VILLAGE, mine.pk)
    assert not may(user, "registry.unmask", VILLAGE, other.pk)
    assert not may(user, "registry.unmask", VILLAGE)


def test_requiring_what_nobody_gave_is_refused(database):
    with pytest.raises(PermissionDenied):
        require(make_user("village_worker", VILLAGE), "accounts.manage")
    with pytest.raises(PermissionDenied):
        require(object(), "registry.read")


def test_a_worker_sees_every_column_and_a_department_its_own(database):
    worker = make_user("village_worker", VILLAGE)
    officer = make_user("department_officer", LINXIAN, department="water")
    assert columns_for(worker, VILLAGE) is ALL
    assert "anything at all" in columns_for(worker, VILLAGE)
    assert columns_for(officer, VILLAGE) == {"members", "address", "water_safe", "water_difficult"}
    assert columns_for(officer, LISHI_VILLAGE) == frozenset()


def test_columns_of_two_departments_add_up_where_both_reach(database):
    officer = make_user("department_officer", LINXIAN, department="water")
    make_assignment(officer, "department_officer", BAIWEN, department="finance")
    assert "payments" in columns_for(officer, VILLAGE)
    assert "payments" not in columns_for(officer, "141124101201")


def test_columns_by_named_household(database):
    mine = make_household(place_code=VILLAGE)
    interviewer = make_user("interviewer", household_ids=[mine.pk])
    assert columns_for(interviewer, VILLAGE, mine.pk) == {"members", "address"}
    assert columns_for(interviewer, VILLAGE, mine.pk + 1) == frozenset()


def test_who_manages_the_system_sees_no_file(database):
    assert columns_for(make_user("administrator", LINXIAN), VILLAGE) == frozenset()


def test_the_home_is_the_widest_place(database):
    user = make_user("village_worker", VILLAGE)
    make_assignment(user, "leader", LINXIAN)
    assert home_place(user) == LINXIAN
    assert home_place(make_user()) == ""


def test_purposes_end_with_one_that_must_be_written_out():
    assert [slug for slug, _ in purposes()] == [
        "visit",
        "comparison",
        "payment",
        "petition",
        "other",
    ]
