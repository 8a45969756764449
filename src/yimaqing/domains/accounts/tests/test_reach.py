"""Who answers for helpers, who are named households instead of a place.

Cast: the administrator of 临县 appoints 赵强 to help households of 白文村; the administrator of
离石区, next door, has no business with him; the prefecture's has.
"""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from yimaqing.domains.accounts import actions
from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import AssignedHousehold
from yimaqing.domains.places.actions import recode
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

PREFECTURE, LINXIAN, LISHI = "141100000000", "141124000000", "141102000000"
VILLAGE, NEW_LINXIAN = "141124104201", "141184000000"
PLACES = [
    (PREFECTURE, "吕梁市", 2, "prefecture"),
    (LINXIAN, "临县", 3, "county"),
    (LISHI, "离石区", 3, "county"),
    (VILLAGE, "白文村", 5, "village"),
]
GOOD = "eine ganz neue 1"


@pytest.fixture
def county(database):
    Place.objects.using("owner").bulk_create(
        Place(code=code, name=name, level=level, kind=kind) for code, name, level, kind in PLACES
    )
    return make_user("administrator", LINXIAN)


@pytest.fixture
def neighbour(county):
    return make_user("administrator", LISHI)


def helper(by, households=()):
    user = actions.create_user(username="zhao", display_name="赵强", password=GOOD, by=by)
    actions.assign(user=user, role="helper", household_ids=households, by=by)
    return user


def refused(user, by):
    """Whatever ``by`` tries on the user's account is refused."""
    for deed in (
        lambda: actions.set_password(user=user, password=GOOD, by=by),
        lambda: actions.unlock(user=user, by=by),
        lambda: actions.deactivate(user=user, reason="x", by=by),
        lambda: actions.end_assignment(assignment=user.assignments.get(), reason="x", by=by),
    ):
        with pytest.raises(actions.OutOfReach):
            deed()
    return True


@pytest.mark.parametrize(
    "period",
    [
        {},
        {"starts_on": timezone.localdate() + dt.timedelta(days=1)},
        {"ends_on": timezone.localdate()},
    ],
)
def test_a_helper_is_out_of_reach_whenever_his_households_are_named(county, neighbour, period):
    zhao = helper(county, [make_household(place_code=VILLAGE).pk])
    AssignedHousehold.every.update(**period)
    assert refused(zhao, neighbour)
    actions.set_password(user=zhao, password=GOOD, by=county)


def test_a_helper_without_households_yet_is_his_appointers(county, neighbour):
    zhao = helper(county)
    assert refused(zhao, neighbour)
    actions.unlock(user=zhao, by=county)
    actions.unlock(user=zhao, by=make_user("administrator", PREFECTURE))


def test_one_appointed_on_the_command_line_is_for_who_manages_the_whole_installation(county):
    zhao = make_user(display_name="赵强")
    actions.assign(user=zhao, role="helper", by=None, actor="system:user")
    assert refused(zhao, county)
    actions.unlock(user=zhao, by=make_user("administrator", PREFECTURE))


def test_the_page_of_users_shows_helpers_to_who_answers_for_them(county, neighbour):
    zhao = helper(county, [make_household(place_code=VILLAGE).pk])
    mine, theirs = Client(), Client()
    mine.force_login(county)
    theirs.force_login(neighbour)
    assert "赵强" in mine.get("/users/").content.decode()
    assert "赵强" not in theirs.get("/users/").content.decode()
    assert theirs.get(f"/users/{zhao.pk}/").status_code == 404
    done = mine.post(f"/users/{zhao.pk}/act/", {"deed": "reset"})
    assert "一次性" in done.content.decode()


def test_a_county_that_got_a_new_code_still_answers_for_its_helpers(county, neighbour):
    zhao = helper(county)
    Place.objects.using("owner").create(code=NEW_LINXIAN, name="临市", level=3, kind="county")
    recode(LINXIAN, NEW_LINXIAN, on=timezone.localdate(), reason="撤县设市")
    assert refused(zhao, neighbour)
    actions.unlock(user=zhao, by=county)


def test_who_never_held_an_assignment_is_for_who_created_him_and_for_those_above(county, neighbour):
    """Any administrator could set his password, log in as him, and wait for his assignment."""
    zhao = actions.create_user(username="zhao", display_name="赵强", password=GOOD, by=county)
    for deed in (
        lambda: actions.set_password(user=zhao, password=GOOD, by=neighbour),
        lambda: actions.unlock(user=zhao, by=neighbour),
        lambda: actions.deactivate(user=zhao, reason="x", by=neighbour),
        lambda: actions.assign(user=zhao, role="leader", place_code=LISHI, by=neighbour),
    ):
        with pytest.raises(actions.OutOfReach):
            deed()
    actions.set_password(user=zhao, password=GOOD, by=county)
    actions.unlock(user=zhao, by=make_user("administrator", PREFECTURE))
    mine, theirs = Client(), Client()
    mine.force_login(county)
    theirs.force_login(neighbour)
    assert mine.get(f"/users/{zhao.pk}/").status_code == 200
    assert theirs.get(f"/users/{zhao.pk}/").status_code == 404


def test_one_without_assignment_from_the_command_line_is_for_the_whole_installation(county):
    zhao = make_user(display_name="赵强")
    with pytest.raises(actions.OutOfReach):
        actions.unlock(user=zhao, by=county)
    actions.unlock(user=zhao, by=make_user("administrator", PREFECTURE))


def test_who_has_left_his_post_is_listed_once(county):
    zhao = helper(county)
    for assignment in (zhao.assignments.get(), actions.assign(user=zhao, role="helper", by=county)):
        actions.end_assignment(assignment=assignment, by=county, reason="离任")
    client = Client()
    client.force_login(county)
    assert client.get("/users/").content.decode().count(f'href="/users/{zhao.pk}/"') == 1


def test_a_neighbour_cannot_take_over_who_has_left_his_post(county, neighbour):
    """He could set a password, and wait until the county appoints its officer again."""
    zhao = actions.create_user(username="zhao", display_name="赵强", password=GOOD, by=county)
    post = {"user": zhao, "role": "county_officer", "place_code": LINXIAN}
    actions.end_assignment(assignment=actions.assign(**post, by=county), by=county, reason="离任")
    for deed in (
        lambda: actions.assign(user=zhao, role="leader", place_code=LISHI, by=neighbour),
        lambda: actions.assign(user=zhao, role="helper", by=neighbour),
    ):
        with pytest.raises(actions.OutOfReach):
            deed()
    assert refused(zhao, neighbour)
    mine, theirs = Client(), Client()
    mine.force_login(county)
    theirs.force_login(neighbour)
    page = f"/users/{zhao.pk}/"
    assert page in mine.get("/users/").content.decode()
    assert page not in theirs.get("/users/").content.decode()
    assert (mine.get(page).status_code, theirs.get(page).status_code) == (200, 404)
    assert theirs.post(f"{page}act/", {"deed": "reset"}).status_code == 404
    actions.assign(**post, by=county)
    with pytest.raises(actions.OutOfReach):
        actions.assign(user=zhao, role="leader", place_code=LISHI, by=neighbour)


def test_who_moves_to_another_county_is_appointed_there_by_the_level_above(county, neighbour):
    zhao = actions.create_user(username="zhao", display_name="赵强", password=GOOD, by=county)
    left = actions.assign(user=zhao, role="county_officer", place_code=LINXIAN, by=county)
    actions.end_assignment(assignment=left, by=county, reason="调动")
    above = make_user("administrator", PREFECTURE)
    moved = actions.assign(user=zhao, role="county_officer", place_code=LISHI, by=above)
    actions.set_password(user=zhao, password=GOOD, by=neighbour)
    actions.end_assignment(assignment=moved, by=neighbour, reason="离任")
    with pytest.raises(actions.OutOfReach):
        actions.assign(user=zhao, role="county_officer", place_code=LINXIAN, by=county)
    with pytest.raises(actions.OutOfReach):
        actions.set_password(user=zhao, password=GOOD, by=county)
    client = Client()
    client.force_login(county)
    assert client.get(f"/users/{zhao.pk}/").status_code == 404


def test_who_serves_two_counties_may_be_given_more_by_either_but_managed_by_the_level_above(
    county, neighbour
):
    above = make_user("administrator", PREFECTURE)
    zhao = actions.create_user(username="zhao", display_name="赵强", password=GOOD, by=county)
    for place in (LINXIAN, LISHI):
        actions.assign(user=zhao, role="leader", place_code=place, by=above)
    actions.assign(user=zhao, role="county_officer", place_code=LISHI, by=neighbour)
    for by in (county, neighbour):
        with pytest.raises(actions.OutOfReach):
            actions.set_password(user=zhao, password=GOOD, by=by)
    actions.set_password(user=zhao, password=GOOD, by=above)


@pytest.mark.parametrize("served", [True, False])
def test_a_county_that_got_a_new_code_still_answers_for_whom_it_created(county, neighbour, served):
    zhao = actions.create_user(username="zhao", display_name="赵强", password=GOOD, by=county)
    if served:
        left = actions.assign(user=zhao, role="county_officer", place_code=LINXIAN, by=county)
        actions.end_assignment(assignment=left, by=county, reason="离任")
    Place.objects.using("owner").create(code=NEW_LINXIAN, name="临市", level=3, kind="county")
    recode(LINXIAN, NEW_LINXIAN, on=timezone.localdate(), reason="撤县设市")
    with pytest.raises(actions.OutOfReach):
        actions.set_password(user=zhao, password=GOOD, by=neighbour)
    actions.set_password(user=zhao, password=GOOD, by=county)
    mine, theirs = Client(), Client()
    mine.force_login(county)
    theirs.force_login(neighbour)
    page = f"/users/{zhao.pk}/"
    assert (mine.get(page).status_code, theirs.get(page).status_code) == (200, 404)
    actions.assign(user=zhao, role="county_officer", place_code=NEW_LINXIAN, by=county)
