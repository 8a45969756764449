"""The start page, the users' pages and the trail, as administrators and auditors use them."""

import datetime as dt

import pytest
from django.db import connections
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.accounts.views.start import home_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

PREFECTURE = "141100000000"
LINXIAN = "141124000000"
VILLAGE = "141124104201"
LISHI_VILLAGE = "141102001001"
PLACES = [
    (PREFECTURE, "吕梁市", 2, "prefecture"),
    (LINXIAN, "临县", 3, "county"),
    ("141124104000", "白文镇", 4, "township"),
    (VILLAGE, "白文村", 5, "village"),
    ("141102000000", "离石区", 3, "county"),
    (LISHI_VILLAGE, "滨河社区", 5, "village"),
]


@pytest.fixture
def places(database):
    Place.objects.using("owner").bulk_create(
        Place(code=code, name=name, level=level, kind=kind) for code, name, level, kind in PLACES
    )


@pytest.fixture
def admin(client, places):
    user = make_user("administrator", LINXIAN, username="admin", display_name="县管理员")
    client.force_login(user)
    return user


def _text(answer):
    return answer.content.decode()


def _assignment(**more):
    return {"role": "village_worker", "place_code": VILLAGE, "starts_on": "2026-01-01", **more}


def _person(**more):
    return {"username": "limei", "display_name": "李梅", **_assignment(), **more}


@pytest.mark.parametrize(
    ("role", "place", "home"),
    [
        ("leader", PREFECTURE, "/cockpit/"),
        ("county_officer", LINXIAN, "/todos/"),
        ("village_worker", VILLAGE, "/todos/"),
        ("auditor", LINXIAN, "/audit/"),
        ("administrator", LINXIAN, "/users/"),
    ],
)
def test_a_log_in_leads_to_what_the_role_uses(places, role, place, home):
    assert home_of(make_user(role, place)) == home


def test_the_start_page_says_which_posts_one_holds(client, places):
    user = make_user("village_worker", VILLAGE, display_name="李梅")
    make_assignment(user, "department_officer", LINXIAN, department="water")
    client.force_login(user)
    page = _text(client.get("/"))
    assert "吕梁市临县白文镇白文村" in page
    assert "水利局" in page
    assert 'href="/households/"' in page


def test_who_has_no_role_is_told_what_to_do(client, places):
    client.force_login(make_user())
    assert "还没有角色" in _text(client.get("/"))
    assert home_of(make_user()) == "/"


def test_a_stranger_is_asked_to_log_in_and_comes_back(client, places):
    assert client.get("/users/").url == "/login/?next=/users/"


@pytest.mark.parametrize("address", ["/users/", "/users/add/", "/users/places/", "/users/1/"])
def test_users_are_for_administrators(client, places, address):
    client.force_login(make_user("county_officer", LINXIAN))
    assert client.get(address).status_code == 403


def test_an_administrator_sees_the_users_of_his_county_and_those_without_a_post(client, admin):
    make_user("village_worker", VILLAGE, display_name="李梅")
    make_user("village_worker", LISHI_VILLAGE, display_name="离石人")
    make_user(display_name="新来的", by=admin)
    make_user(display_name="别县新来的", by=make_user("administrator", "141102000000"))
    page = _text(client.get("/users/"))
    assert "李梅" in page
    assert "新来的" in page
    assert "离石人" not in page
    assert "别县新来的" not in page
    assert "李梅" not in _text(client.get("/users/?q=新来"))


def test_a_user_of_another_county_is_not_found(client, admin):
    far = make_user("village_worker", LISHI_VILLAGE)
    assert client.get(f"/users/{far.pk}/").status_code == 404
    assert client.post(f"/users/{far.pk}/act/", {"deed": "reset"}).status_code == 404
    assert client.post(f"/users/{far.pk}/assign/", _assignment()).status_code == 404


def test_adding_a_user_shows_the_password_once(client, admin):
    answer = client.post("/users/add/", _person())
    word = answer.context["one_time"]
    made = User.objects.get(username="limei")
    assert word in _text(answer)
    assert answer["Cache-Control"] == "no-store"
    assert made.check_password(word)
    assert made.must_change_password
    assert scope_of(made).covers(VILLAGE)
    assert word not in _text(client.get(f"/users/{made.pk}/"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"place_code": LISHI_VILLAGE}, "不在你的管辖范围内"),
        ({"role": "county_officer", "place_code": PREFECTURE}, "不在你的管辖范围内"),
        ({"place_code": ""}, "请选择任职地点"),
        ({"place_code": "无名镇"}, "没有叫“无名镇”的地点"),
        ({"username": "x"}, "登录名须为"),
        ({"role": "helper", "place_code": "", "households": "86000000000000"}, "没有这些户"),
        ({"role": "department_officer", "place_code": LINXIAN}, "须选择所在部门"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_adds_nobody(client, admin, wrong, said):
    answer = client.post("/users/add/", _person(**wrong))
    assert said in _text(answer)
    assert not User.objects.filter(username="limei").exists()


def test_a_place_is_named_as_people_name_it_where_only_one_has_the_name(client, admin):
    wrong = {"code": "141102001009", "name": "白文村", "level": 5, "kind": "village"}
    client.post("/users/add/", _person(place_code="白文村"))
    assert scope_of(User.objects.get(username="limei")).covers(VILLAGE)
    Place.objects.using("owner").create(**wrong)
    again = client.post("/users/add/", _person(username="zhouping", place_code="白文村"))
    assert "叫“白文村”的地点不止一处" in _text(again)
    assert not User.objects.filter(username="zhouping").exists()


def test_a_helper_gets_households_by_number(client, admin):
    mine = make_household(place_code=VILLAGE)
    far = make_household(place_code=LISHI_VILLAGE)
    form = {"role": "helper", "place_code": "", "households": f" {mine.household_number}，"}
    client.post("/users/add/", _person(**form))
    helper = User.objects.get(username="limei")
    assert scope_of(helper).household_ids == (mine.pk,)
    answer = client.post(
        f"/users/{helper.pk}/assign/",
        _assignment(role="helper", place_code="", households=far.household_number),
    )
    assert "不在你的管辖范围内" in _text(answer)


def test_roles_are_given_and_ended(client, admin):
    user = make_user(display_name="李梅", by=admin)
    client.post(f"/users/{user.pk}/assign/", _assignment())
    held = user.assignments.get()
    client.post(f"/users/{user.pk}/end/{held.pk}/", {"reason": ""})
    assert scope_of(user).covers(VILLAGE), "not without a reason"
    client.post(f"/users/{user.pk}/end/{held.pk}/", {"reason": "调离"})
    assert not scope_of(user).covers(VILLAGE)


def test_an_account_is_reset_unlocked_and_switched_off(client, admin):
    user = make_user("village_worker", VILLAGE)
    locked = timezone.now() + dt.timedelta(minutes=9)
    User.objects.filter(pk=user.pk).update(locked_until=locked)
    assert "已锁定" in _text(client.get(f"/users/{user.pk}/"))
    client.post(f"/users/{user.pk}/act/", {"deed": "unlock"})
    assert not User.objects.get(pk=user.pk).is_locked
    word = client.post(f"/users/{user.pk}/act/", {"deed": "reset"}).context["one_time"]
    assert User.objects.get(pk=user.pk).check_password(word)
    client.post(f"/users/{user.pk}/act/", {"deed": "deactivate", "reason": ""})
    assert User.objects.get(pk=user.pk).is_active
    client.post(f"/users/{user.pk}/act/", {"deed": "deactivate", "reason": "退休"})
    assert not User.objects.get(pk=user.pk).is_active


def test_nobody_manages_himself(client, admin):
    page = _text(client.get(f"/users/{admin.pk}/"))
    assert "另一位管理员" in page
    client.post(f"/users/{admin.pk}/act/", {"deed": "deactivate", "reason": "x"})
    assert User.objects.get(pk=admin.pk).is_active
    client.post(f"/users/{admin.pk}/assign/", _assignment())
    assert admin.assignments.count() == 1


def test_places_are_offered_within_reach_only(client, admin):
    offered = _text(client.get("/users/places/?place_code=白文"))
    assert VILLAGE in offered
    assert "吕梁市临县白文镇白文村" in offered
    assert LISHI_VILLAGE not in _text(client.get("/users/places/?place_code=滨河"))


def test_users_come_a_page_at_a_time(client, admin):
    for n in range(52):
        make_user("village_worker", VILLAGE, username=f"w{n:03}")
    first = client.get("/users/")
    second = client.get(f"/users/?after={first.context['after']}")
    names = [u.username for page in (first, second) for u, _posts in page.context["lines"]]
    assert names == sorted(names)
    assert len(names) == len(set(names)) == 53
    assert second.context["after"] == ""


# The trail


def _act(place, household_id=None, by=None, action="registry.file_opened", purpose="visit"):
    record(
        action=action,
        by=by,
        actor="" if by else "system:test",
        place_code=place,
        household_id=household_id,
        purpose=purpose,
        using="owner",
    )


def _lines(answer):
    return [(line.who, line.entry.action, line.where) for line in answer.context["lines"]]


@pytest.fixture
def auditor(client, places):
    user = make_user("auditor", LINXIAN, display_name="审计员")
    client.force_login(user)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM audit_entry")
    return user


def _file_acts(client, query=""):
    joined = "&" if query else ""
    return _lines(client.get(f"/audit/?{query}{joined}action=registry.file_opened"))


def test_the_trail_is_for_auditors(client, places):
    client.force_login(make_user("village_worker", VILLAGE))
    assert client.get("/audit/").status_code == 403


def test_an_auditor_reads_the_acts_of_his_county_only(client, auditor):
    worker = make_user(display_name="李梅")
    _act(VILLAGE, by=worker)
    _act(LISHI_VILLAGE, by=worker)
    assert _file_acts(client) == [("李梅", "registry.file_opened", "白文村")]
    assert "入户核实" in _text(client.get("/audit/?action=registry.file_opened"))


def test_the_trail_by_person_place_and_household(client, auditor):
    mei = make_user(display_name="李梅", username="limei")
    mine = make_household(place_code=VILLAGE)
    _act(VILLAGE, mine.pk, by=mei)
    _act(VILLAGE, by=auditor)
    _act("141124104000", by=auditor)
    assert len(_file_acts(client)) == 3
    assert [who for who, *_ in _file_acts(client, "username=limei")] == ["李梅"]
    assert [who for who, *_ in _file_acts(client, f"household={mine.household_number}")] == ["李梅"]
    assert len(_file_acts(client, f"place={VILLAGE}")) == 2
    assert _file_acts(client, "username=nobody") == []
    assert _file_acts(client, "household=860000") == []
    assert _file_acts(client, f"place={LISHI_VILLAGE}") == []


def test_the_trail_comes_a_page_at_a_time(client, auditor):
    for _ in range(53):
        _act(VILLAGE)
    first = client.get("/audit/?action=registry.file_opened")
    second = client.get("/audit/" + first.context["next"])
    numbers = [line.entry.pk for page in (first, second) for line in page.context["lines"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 53
    assert second.context["next"] == ""
