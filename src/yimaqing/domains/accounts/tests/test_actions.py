"""Users, assignments and how far an administrator reaches."""

import datetime as dt

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone

from yimaqing.domains.accounts import actions
from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import Assignment, Credential, User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

PREFECTURE = "141100000000"
LINXIAN = "141124000000"
BAIWEN = "141124104000"
VILLAGE = "141124104201"
LISHI = "141102000000"
LISHI_VILLAGE = "141102001001"

PLACES = [
    (PREFECTURE, "吕梁市", 2, "prefecture"),
    (LINXIAN, "临县", 3, "county"),
    (BAIWEN, "白文镇", 4, "township"),
    (VILLAGE, "白文村", 5, "village"),
    (LISHI, "离石区", 3, "county"),
    (LISHI_VILLAGE, "滨河社区", 5, "village"),
]


@pytest.fixture
def county(database):
    """The administrator of Linxian."""
    Place.objects.using("owner").bulk_create(
        Place(code=code, name=name, level=level, kind=kind) for code, name, level, kind in PLACES
    )
    return make_user("administrator", LINXIAN, display_name="县管理员")


def _entries(action):
    return Entry.objects.using("owner").filter(action=action).order_by("-id")


def test_a_user_is_made_with_an_entry_and_no_secret_in_it(county):
    user = actions.create_user(
        username="Zhang.San", display_name="张三", password="白文镇的春天 2026", by=county
    )
    assert user.username == "zhang.san"
    assert user.must_change_password
    entry = _entries("accounts.user_created")[0]
    assert (entry.user_id, entry.place_code) == (county.pk, LINXIAN)
    assert "白文镇的春天" not in str(list(Entry.objects.using("owner").values()))


@pytest.mark.parametrize("name", ["a", "with space", "x" * 65, "semi;colon", "li'mei"])
def test_a_malformed_name_is_refused(county, name):
    with pytest.raises(actions.BadUsername):
        actions.create_user(username=name, display_name="张三", by=county)


def test_a_taken_name_is_refused_also_in_another_case(county):
    actions.create_user(username="zhang", display_name="张三", by=county)
    with pytest.raises(actions.BadUsername, match="zhang"):
        actions.create_user(username="ZHANG", display_name="张四", by=county)


def test_a_weak_password_makes_no_user(county):
    with pytest.raises(actions.WeakPassword):
        actions.create_user(username="zhang", display_name="张三", password="123", by=county)
    assert not User.objects.filter(username="zhang").exists()


def test_a_role_is_given_inside_the_county(county):
    user = actions.create_user(username="zhang", display_name="张三", by=county)
    actions.assign(user=user, role="village_worker", place_code=VILLAGE, by=county, reason="任命")
    assert scope_of(user).covers(VILLAGE)
    entry = _entries("accounts.assigned")[0]
    assert (entry.place_code, entry.after["role"]) == (VILLAGE, "village_worker")


@pytest.mark.parametrize(
    ("role", "place", "error"),
    [
        ("village_worker", LISHI_VILLAGE, actions.OutOfReach),
        ("administrator", PREFECTURE, actions.OutOfReach),
        ("county_officer", PREFECTURE, actions.OutOfReach),
        ("county_officer", VILLAGE, actions.BadAssignment),
        ("township_officer", LINXIAN, actions.BadAssignment),
        ("village_worker", "141124104999", actions.BadAssignment),
        ("village_worker", "", actions.BadAssignment),
        ("emperor", LINXIAN, actions.BadAssignment),
        ("department_officer", LINXIAN, actions.BadAssignment),
    ],
)
def test_roles_that_do_not_fit_or_lie_outside_are_refused(county, role, place, error):
    user = actions.create_user(username="zhang", display_name="张三", by=county)
    with pytest.raises(error):
        actions.assign(user=user, role=role, place_code=place, by=county)
    assert not user.assignments.exists()


def test_nobody_gives_himself_a_role(county):
    with pytest.raises(actions.OutOfReach):
        actions.assign(user=county, role="county_officer", place_code=LINXIAN, by=county)


def test_one_without_the_right_makes_no_users_and_gives_no_roles(county):
    officer = make_user("county_officer", LINXIAN)
    with pytest.raises(actions.OutOfReach):
        actions.create_user(username="zhang", display_name="张三", by=officer)
    with pytest.raises(actions.OutOfReach):
        actions.assign(user=county, role="village_worker", place_code=VILLAGE, by=officer)


@pytest.mark.parametrize("role", ["administrator", "leader"])
def test_a_county_does_not_lay_hands_on_the_prefectures_users(county, role):
    above = make_user(role, PREFECTURE)
    make_assignment(above, "village_worker", VILLAGE)
    with pytest.raises(actions.OutOfReach):
        actions.set_password(user=above, password="eine ganz neue 1", by=county)
    with pytest.raises(actions.OutOfReach):
        actions.deactivate(user=above, reason="x", by=county)
    with pytest.raises(actions.OutOfReach):
        actions.unlock(user=above, by=county)
    with pytest.raises(actions.OutOfReach):
        actions.end_assignment(assignment=above.assignments.first(), reason="x", by=county)


def test_also_a_post_that_begins_next_month_counts(county):
    above = make_user()
    later = timezone.localdate() + dt.timedelta(days=30)
    make_assignment(above, "administrator", PREFECTURE, starts_on=later)
    with pytest.raises(actions.OutOfReach):
        actions.set_password(user=above, password="eine ganz neue 1", by=county)


def test_an_ended_assignment_no_longer_holds_but_stays(county):
    user = make_user("village_worker", VILLAGE)
    held = user.assignments.get()
    actions.end_assignment(assignment=held, reason="调离", by=county)
    assert not scope_of(user).covers(VILLAGE)
    assert Assignment.objects.filter(pk=held.pk).exists()
    assert _entries("accounts.assignment_ended")[0].purpose == "调离"


def test_households_are_named_once_and_only_inside(county):
    mine, other = make_household(place_code=VILLAGE), make_household(place_code=VILLAGE)
    far = make_household(place_code=LISHI_VILLAGE)
    user = actions.create_user(username="zhang", display_name="张三", by=county)
    held = actions.assign(user=user, role="helper", household_ids=[mine.pk], by=county)
    added = actions.name_households(assignment=held, household_ids=[mine.pk, other.pk], by=county)
    assert added == 1
    assert set(scope_of(user).household_ids) == {mine.pk, other.pk}
    with pytest.raises(actions.OutOfReach):
        actions.name_households(assignment=held, household_ids=[far.pk], by=county)
    with pytest.raises(actions.BadAssignment):
        actions.name_households(assignment=held, household_ids=[10**9], by=county)


def test_a_role_of_a_place_names_no_households(county):
    mine = make_household(place_code=VILLAGE)
    user = actions.create_user(username="zhang", display_name="张三", by=county)
    with pytest.raises(actions.BadAssignment):
        actions.assign(
            user=user,
            role="village_worker",
            place_code=VILLAGE,
            household_ids=[mine.pk],
            by=county,
        )


def test_the_audit_entry_and_the_deed_stand_or_fall_together(county, monkeypatch):
    def fails(**_entry):
        raise RuntimeError("trail not writable")

    monkeypatch.setattr(actions.users, "record", fails)
    with pytest.raises(RuntimeError):
        actions.create_user(username="zhang", display_name="张三", by=county)
    assert not User.objects.filter(username="zhang").exists()


def test_the_application_cannot_read_or_write_password_hashes(county):
    actions.set_password(user=county, password="白文镇的春天 2026", by=None, actor="system:test")
    assert Credential.objects.using("owner").get().password.startswith("argon2")
    for sql in (
        "SELECT * FROM accounts_credential",
        "UPDATE accounts_credential SET password = ''",
        "DELETE FROM accounts_user",
        "DELETE FROM accounts_assignment",
    ):
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute(sql)
    assert county.check_password("白文镇的春天 2026")
    assert not county.check_password("白文镇的春天 2027")


def test_a_user_without_a_password_cannot_log_in(database):
    assert not make_user().check_password("")


def test_passwords_are_set_only_where_it_is_written_down(database):
    with pytest.raises(TypeError):
        make_user().set_password("eine ganz neue 1")
