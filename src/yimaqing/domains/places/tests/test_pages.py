"""The status of a place, set on its page by those who answer for it."""

import datetime as dt

import pytest
from django.db import connections
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.places.actions import add_contact, set_status
from yimaqing.domains.places.cards import prepare
from yimaqing.domains.places.models import Contact, FormerName, Place, PlaceStatus
from yimaqing.domains.places.queries import contacts_of

PREFECTURE, COUNTY = "141100000000", "141124000000"
TOWNSHIP, VILLAGE = "141124104000", "141124104201"
LISTED = {"status": "poor_village", "starts_on": "2014-01-01", "source": "晋扶发〔2014〕8号"}


@pytest.fixture
def places(database):
    rows = (
        (PREFECTURE, "吕梁市", 2, "prefecture", ""),
        (COUNTY, "临县", 3, "county", PREFECTURE),
        (TOWNSHIP, "白文镇", 4, "township", COUNTY),
        (VILLAGE, "白文村", 5, "village", TOWNSHIP),
    )
    for code, name, level, kind, parent in rows:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )


def held():
    rows = PlaceStatus.objects.using("owner").order_by("starts_on")
    return list(rows.values_list("place_id", "status", "starts_on", "ends_on"))


def test_a_township_officer_says_that_a_village_is_a_poor_one(client, places):
    client.force_login(make_user("township_officer", TOWNSHIP))
    form = f"/places/{VILLAGE}/status/"
    assert form in client.get(f"/places/{VILLAGE}/").content.decode()
    assert client.post(form, LISTED)["Location"] == f"/places/{VILLAGE}/"
    assert held() == [(VILLAGE, "poor_village", dt.date(2014, 1, 1), None)]
    page = client.get(f"/places/{VILLAGE}/").content.decode()
    assert "贫困村" in page
    assert "晋扶发〔2014〕8号" in page
    entry = Entry.objects.using("owner").get(action="places.status_set")
    assert entry.place_code == VILLAGE
    assert entry.after == {**LISTED, "ends_on": None}


def test_the_form_opens_with_the_status_that_holds_so_that_it_can_be_ended(client, places):
    client.force_login(make_user("township_officer", TOWNSHIP))
    form = f"/places/{VILLAGE}/status/"
    client.post(form, LISTED)
    assert "2014-01-01" in client.get(form).content.decode()
    client.post(form, {**LISTED, "ends_on": "2019-01-01"})
    assert held() == [(VILLAGE, "poor_village", dt.date(2014, 1, 1), dt.date(2019, 1, 1))]


def test_a_new_status_ends_the_one_before(client, places):
    client.force_login(make_user("county_officer", COUNTY))
    form = f"/places/{VILLAGE}/status/"
    client.post(form, LISTED)
    client.post(form, {**LISTED, "status": "ordinary_village", "starts_on": "2020-01-01"})
    assert [row[1:] for row in held()] == [
        ("poor_village", dt.date(2014, 1, 1), dt.date(2020, 1, 1)),
        ("ordinary_village", dt.date(2020, 1, 1), None),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "national_poverty_county"},
        {"source": ""},
        {"ends_on": "2014-01-01"},
        {"starts_on": "someday"},
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(client, places, changed):
    client.force_login(make_user("county_officer", COUNTY))
    asked = client.post(f"/places/{VILLAGE}/status/", LISTED | changed)
    assert asked.status_code == 422
    assert "errorlist" in asked.content.decode() or "field-error" in asked.content.decode()
    assert held() == []


def test_a_county_has_a_countys_statuses_and_a_township_has_none(client, places):
    client.force_login(make_user("county_officer", COUNTY))
    form = client.get(f"/places/{COUNTY}/status/").content.decode()
    assert "国家级贫困县" in form
    assert "非贫困村" not in form
    assert client.get(f"/places/{TOWNSHIP}/status/").status_code == 404
    assert "/status/" not in client.get(f"/places/{TOWNSHIP}/").content.decode()


def test_only_those_who_hold_the_right_there_set_a_status(client, places):
    for role, place in (("village_worker", VILLAGE), ("township_officer", "141124105000")):
        client.force_login(make_user(role, place))
        assert "/status/" not in client.get(f"/places/{VILLAGE}/").content.decode()
        assert client.post(f"/places/{VILLAGE}/status/", LISTED).status_code == 403
    assert held() == []


def test_the_action_refuses_a_status_of_another_kind_of_place(places):
    township = Place.objects.get(code=TOWNSHIP)
    with pytest.raises(ValueError, match="township"):
        set_status(
            place=township,
            status="poor_village",
            starts_on=dt.date(2014, 1, 1),
            source="x",
            by=None,
            actor="system:test",
        )


def test_an_ended_status_shows_its_last_day_and_a_present_one_its_first(client, places):
    client.force_login(make_user("county_officer", COUNTY))
    form = f"/places/{VILLAGE}/status/"
    client.post(form, LISTED)
    client.post(form, {**LISTED, "status": "ordinary_village", "starts_on": "2020-01-01"})
    shown = client.get(f"/places/{VILLAGE}/").content.decode()
    assert "2014年1月1日 – 2019年12月31日" in shown
    assert "2020年1月1日 起" in shown


def test_a_card_shows_the_last_day_of_a_status_too():
    ended = {"status": "poor_village", "since": "2014-01-01", "until": "2020-01-01"}
    holds = {"status": "ordinary_village", "since": "2020-01-01", "until": None}
    shown = prepare({"statuses": [ended, holds]}, "zh-hans")["statuses"]
    assert [one["until"] for one in shown] == ["2019-12-31", None]


@pytest.mark.parametrize(
    ("fen", "rounded", "shown"),
    [
        (12_345_678, True, (12_350_000, True)),
        (0, True, (0, False)),
        (9_900, True, (9_900, False)),
        (12_345_678, False, (12_345_678, False)),
    ],
)
def test_a_strangers_card_rounds_the_collective_income(fen, rounded, shown):
    year = {"year": 2025, "collective_income_fen": fen, "rounded": rounded}
    row = prepare({"years": [year]}, "zh-hans")["years"][0]["rows"][-1]
    assert (row["value"], row["about"]) == shown


@pytest.fixture
def secretary(places):
    """李书记, on duty in the village since 2020."""
    return add_contact(
        place=Place.objects.get(code=VILLAGE),
        duty="branch_secretary",
        name="李书记",
        office_phone="0358-4420001",
        valid_from=dt.date(2020, 1, 1),
        by=None,
        actor="system:test",
    )


def card():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT places_public_card(%s, 0)::text", [VILLAGE])
        return cursor.fetchone()[0]


def test_who_leaves_without_a_successor_is_shown_to_nobody_any_more(client, secretary):
    client.force_login(make_user("township_officer", TOWNSHIP))
    page, form = f"/places/{VILLAGE}/", f"/places/{VILLAGE}/contacts/{secretary.pk}/end/"
    assert form in client.get(page).content.decode()
    assert "李书记" in card()
    assert "李书记" in client.get(form).content.decode()
    today = timezone.localdate()
    assert client.post(form, {"valid_to": today.isoformat()})["Location"] == page
    assert "李书记" not in client.get(page).content.decode()
    assert "李书记" not in card()
    entry = Entry.objects.using("owner").get(action="places.contact_ended")
    assert (entry.place_code, entry.subject_id) == (VILLAGE, str(secretary.pk))
    assert entry.before == {"duty": "branch_secretary", "ends_on": None}
    assert entry.after == {"ends_on": today.isoformat()}
    assert client.post(form, {"valid_to": today.isoformat()}).status_code == 404


def test_nobody_leaves_before_he_came(client, secretary):
    client.force_login(make_user("township_officer", TOWNSHIP))
    form = f"/places/{VILLAGE}/contacts/{secretary.pk}/end/"
    assert client.post(form, {"valid_to": "2019-12-31"}).status_code == 422
    secretary.refresh_from_db()
    assert secretary.valid_to is None


def test_only_those_who_hold_the_right_there_end_a_duty(client, secretary):
    form = f"/places/{VILLAGE}/contacts/{secretary.pk}/end/"
    for role, place in (("village_worker", VILLAGE), ("township_officer", "141124105000")):
        client.force_login(make_user(role, place))
        assert form not in client.get(f"/places/{VILLAGE}/").content.decode()
        assert client.post(form, {"valid_to": "2024-01-01"}).status_code == 403
    client.force_login(make_user("township_officer", TOWNSHIP))
    elsewhere = f"/places/{TOWNSHIP}/contacts/{secretary.pk}/end/"
    assert client.post(elsewhere, {"valid_to": "2024-01-01"}).status_code == 404


def test_a_successor_ends_who_had_said_when_he_would_leave(secretary):
    later = timezone.localdate() + dt.timedelta(days=30)
    Contact.objects.filter(pk=secretary.pk).update(valid_to=later)
    add_contact(
        place=secretary.place,
        duty="branch_secretary",
        name="王书记",
        office_phone="",
        valid_from=timezone.localdate(),
        by=None,
        actor="system:test",
    )
    assert [one.name for one in contacts_of(VILLAGE)] == ["王书记"]


def test_the_page_shows_former_names_until_when(client, places):
    client.force_login(make_user("village_worker", VILLAGE))
    assert "曾用名" not in client.get(f"/places/{VILLAGE}/").content.decode()
    names = FormerName.objects.using("owner")
    names.create(place_id=VILLAGE, name="白家村", valid_to=dt.date(2001, 5, 1))
    names.create(place_id=VILLAGE, name="白文大队", valid_to=dt.date(1984, 1, 1))
    shown = client.get(f"/places/{VILLAGE}/").content.decode()
    assert "曾用名：白家村（至 2001年4月30日）、白文大队（至 1983年12月31日）" in shown
