"""Lists, searches and forms show no more than the file does, and leave as much of a trace.

Cast: 王秀英 heads an archived household of 白文村; 李明 works there, 钱进 leads the building,
孙丽 is the county's water officer, 赵强 has been given one household to interview.
"""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_person, make_household, synthetic_id_number

VILLAGE, OTHER = "141124104201", "141124104202"
BORN = dt.date(1961, 5, 17)


@pytest.fixture
def wang(database):
    for code, name in ((VILLAGE, "白文村"), (OTHER, "曜头村")):
        Place.objects.using("owner").create(code=code, name=name, level=5, kind="village")
    home = make_household(group="marginal", address="村西头")
    add_person(
        home,
        name="王建国",
        born_on=BORN,
        id_number=synthetic_id_number(BORN),
        phone="13800005678",
    )
    return home


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


def building_leader(_home):
    return make_user("building_leader", VILLAGE)


def water_officer(_home):
    return make_user("department_officer", "141124000000", department="water")


def interviewer(home):
    return make_user("interviewer", household_ids=[home.pk])


DOOR_ROLES = [building_leader, water_officer, interviewer]


def texts(client, home):
    """The pages on which a household stands, by name."""
    return {
        "list": client.get(f"/households/?place={VILLAGE}", follow=True).content.decode(),
        "search": client.post("/lists/search/", {"q": "王建"}).content.decode(),
        "file": client.get(f"/households/{home.pk}/").content.decode(),
    }


@pytest.mark.parametrize("role", DOOR_ROLES)
def test_who_needs_the_door_learns_neither_class_nor_group_nor_birthdays(wang, role):
    for page in texts(logged_in(role(wang)), wang).values():
        assert "王**" in page
        for secret in ("建档立卡户", "边缘户", "边缘易致贫户", "登记类别", "1961"):
            assert secret not in page


def test_the_village_worker_learns_them_all(wang):
    pages = texts(logged_in(make_user("village_worker", VILLAGE)), wang)
    assert "建档立卡户" in pages["list"]
    assert "1961" in pages["file"]


def test_of_two_posts_each_shows_its_own_places(wang):
    make_household(place_code=OTHER, head_name="刘洋")
    li = make_user("village_worker", OTHER)
    make_assignment(li, "building_leader", VILLAGE)
    client = logged_in(li)
    assert "建档立卡户" in client.get(f"/households/?place={OTHER}", follow=True).content.decode()
    assert (
        "建档立卡户"
        not in client.get(f"/households/?place={VILLAGE}", follow=True).content.decode()
    )


@pytest.mark.parametrize("role", DOOR_ROLES)
@pytest.mark.parametrize("word", ["13800005678", "id"])
def test_whose_number_it_is_is_told_only_to_who_may_see_numbers(wang, role, word):
    word = word if word != "id" else _id_number(wang)
    assert "王**" not in _found(logged_in(role(wang)), word)
    assert "王**" in _found(logged_in(make_user("village_worker", VILLAGE)), word)


def _id_number(home):
    number = synthetic_id_number(BORN)
    add_person(home, name="王小梅", born_on=BORN, id_number=number)
    return number


def _found(client, word):
    return client.post("/lists/search/", {"q": word}).content.decode()


def test_a_search_is_logged_without_its_word(wang):
    li = make_user("village_worker", VILLAGE)
    for word in ("13800005678", "王建", wang.household_number, "  ", "赵"):
        _found(logged_in(li), word)
    entries = list(Entry.objects.using("owner").filter(action="lists.searched").order_by("id"))
    assert [entry.after for entry in entries] == [
        {"ways": ["sealed"], "hits": 1},
        {"ways": ["name"], "hits": 1},
        {"ways": ["household_number"], "hits": 1},
        {"ways": [], "hits": 0},
    ]
    assert {(entry.user_id, entry.place_code) for entry in entries} == {(li.pk, VILLAGE)}
    assert "13800005678" not in str([vars(entry) for entry in entries])


@pytest.mark.parametrize(
    ("page", "query", "purpose"),
    [("correct", "", "更正"), ("new_reading", "?indicator=housing", "记读数")],
)
def test_a_form_that_shows_the_file_is_an_opening(wang, page, query, purpose):
    client = logged_in(make_user("village_worker", VILLAGE, display_name="李明"))
    client.get(reverse(f"registry:{page}", args=[wang.pk]) + query)
    opened = Entry.objects.using("owner").get(action="registry.file_opened")
    assert (opened.household_id, opened.purpose) == (wang.pk, purpose)


def test_what_a_refused_form_shows_is_an_opening_too(wang):
    client = logged_in(make_user("village_worker", VILLAGE))
    answer = client.post(reverse("registry:correct", args=[wang.pk]), {"note": "x"})
    assert answer.status_code == 422
    assert Entry.objects.using("owner").filter(action="registry.file_opened").count() == 1
