"""What the codes of villages, townships and counties tell, to strangers and to officers."""

import json

import pytest
from django.db import connection
from django.urls import reverse

from yimaqing.domains.accounts.models import User
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.codes.scan.handler import LOGIN_PATH, PREFIX
from yimaqing.domains.places.models import PlaceStatus
from yimaqing.domains.registry.cards import FILE_PATH
from yimaqing.domains.registry.codetables import code_table
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.tests.card_village import (
    COUNTY,
    NEXT_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    build,
)


@pytest.fixture
def village(database):
    built = build()
    for number in range(11):
        make_household(place_code=NEXT_VILLAGE, head_name=f"户{number}", group="")
    return built


def page_of(client, code, user=None):
    client.logout()
    if user:
        client.force_login(User.objects.get(pk=user.pk))
    return client.get(f"/c/{code.token}").content.decode()


def test_a_stranger_sees_no_cell_below_ten(client, village):
    code = make_code("village", VILLAGE)
    page = page_of(client, code)
    assert "临县 白文镇</p><h1>白文村</h1>" in page
    assert "便民中心" in page
    assert "<b>1</b>" not in page
    assert "<b>2</b>" not in page
    assert "户数太少，不公开" in page


def test_a_stranger_sees_what_is_many(client, village):
    neighbours = page_of(client, make_code("village", NEXT_VILLAGE))
    assert "约 10 户，约 10 人" in neighbours
    # 13 households, 2 of them in a village that tells nothing: what is told, added up.
    township = page_of(client, make_code("township", TOWNSHIP))
    assert "约 10 户，约 10 人" in township
    # By class for the county only, where every class is named.
    assert "建档立卡户" not in neighbours + township
    county = page_of(client, make_code("county", COUNTY))
    assert '建档立卡户</th><td class="number"><span class="about">约</span><b>10</b>' in county
    assert '边缘户</th><td class="number"><span class="blank">少于 10</span>' in county


def test_a_county_names_every_class_and_group_of_the_code_tables(village):
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_place_public(%s, 0)", [COUNTY])
        told = json.loads(cursor.fetchone()[0])
    assert set(told["classes"]) == set(code_table("register_class").shown)
    assert set(told["groups"]) == {*code_table("group").shown, ""}


def test_an_officer_in_scope_sees_every_cell_and_a_worker_his_village(client, village):
    county = make_code("county", COUNTY)
    own = make_code("village", VILLAGE)
    page = page_of(client, county, village.users["county"])
    assert "<b>12</b>" in page
    assert "<b>1</b>" in page
    assert "少于 10" not in page
    assert "2 户，3 人" in page_of(client, own, village.users["worker"])
    beyond = page_of(client, county, village.users["worker"])
    assert "不在您的工作范围内" in beyond
    assert "<b>12</b>" not in beyond


def test_the_status_of_a_place_is_public(client, village):
    PlaceStatus.objects.using("owner").create(
        place_id=COUNTY, status="national_poverty_county", starts_on="2012-03-19",
        ends_on="2020-02-27",
    )  # fmt: skip
    code = make_code("county", COUNTY)
    page = page_of(client, code)
    assert "国家级贫困县" in page
    assert "2020年2月26日" in page
    client.cookies["django_language"] = "en"
    assert "National poverty county" in client.get(f"/c/{code.token}").content.decode()


def test_a_household_with_a_revoked_place_code_is_untouched(client, village):
    make_code("village", VILLAGE)
    assert "白文村" in page_of(client, village.poor_code)


def test_paths_that_the_scan_writes_without_the_web_service_are_its_own():
    assert reverse("codes:scan", args=["x"]) == f"{PREFIX}x"
    assert reverse("accounts:login") == LOGIN_PATH
    assert FILE_PATH.format(id=7).startswith(reverse("registry:file", args=[7]))
