"""Codes of villages, townships and counties: on the place's page, and by command.

Cast: 白文村 (141124104201) in 白文镇 (141124104000) of 临县 (141124000000).
"""

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.codes.actions import AlreadyIssued, issue, reissue, revoke
from yimaqing.domains.codes.commands import codes as codes_command
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.codes.models import Code
from yimaqing.domains.codes.queries import active_code
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.places.models import Place

PREFECTURE, COUNTY = "141100000000", "141124000000"
TOWNSHIP, VILLAGE, GRID = "141124104000", "141124104201", "141124104201001"
SYSTEM = {"by": None, "actor": "system:test", "using": "owner"}
HTTPS = {"PUBLIC_URL": "https://ym.luliang.gov.cn"}


@pytest.fixture
def places(database):
    rows = (
        (PREFECTURE, "吕梁市", 2, "prefecture", ""),
        (COUNTY, "临县", 3, "county", PREFECTURE),
        (TOWNSHIP, "白文镇", 4, "township", COUNTY),
        (VILLAGE, "白文村", 5, "village", TOWNSHIP),
        (GRID, "一网格", 6, "grid", VILLAGE),
    )
    for code, name, level, kind, parent in rows:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )


def page(client, code):
    return client.get(f"/places/{code}/").content.decode()


def run(*arguments):
    return CliRunner().invoke(codes_command, arguments)


@pytest.mark.parametrize(
    ("kind", "place"), [("county", COUNTY), ("township", TOWNSHIP), ("village", VILLAGE)]
)
def test_the_symbol_of_a_place_is_on_its_page(client, places, settings_override, kind, place):
    code = make_code(kind, place)
    client.force_login(make_user("county_officer", COUNTY))
    with settings_override(**HTTPS):
        shown = page(client, place)
        assert printed_number(code.pk) in shown
        for ending in ("svg", "png"):
            address = f"/codes/{code.pk}/qr.{ending}"
            assert address in shown
            assert client.get(address).status_code == 200


def test_an_officer_issues_replaces_and_ends_the_code_of_a_township(client, places):
    client.force_login(make_user("county_officer", COUNTY))
    here = f"/places/{TOWNSHIP}/"
    assert "还没有发码" in page(client, TOWNSHIP)
    asked = {"kind": "township", "place_code": TOWNSHIP, "subject_id": 0, "next": here}
    assert client.post("/codes/issue/", asked)["Location"] == here
    first = active_code("township", TOWNSHIP, using="owner")
    assert f"/codes/{first.pk}/reissue/" in page(client, TOWNSHIP)
    client.post(f"/codes/{first.pk}/reissue/", {"reason": "牌子褪色", "next": here})
    second = active_code("township", TOWNSHIP, using="owner")
    assert second.pk != first.pk
    assert "牌子褪色" in page(client, TOWNSHIP)
    client.post(f"/codes/{second.pk}/revoke/", {"reason": "牌子被盗", "next": here})
    assert active_code("township", TOWNSHIP, using="owner") is None
    assert f"/codes/{second.pk}/reissue/" in page(client, TOWNSHIP)


def test_a_worker_sees_the_symbol_of_his_village_and_changes_nothing(client, places):
    code = make_code("village", VILLAGE)
    make_code("township", TOWNSHIP)
    client.force_login(make_user("village_worker", VILLAGE))
    shown = page(client, VILLAGE)
    assert printed_number(code.pk) in shown
    assert f"/codes/{code.pk}/re" not in shown
    assert "/codes/" not in page(client, TOWNSHIP)


def test_a_place_of_a_kind_without_codes_has_no_panel(client, places):
    client.force_login(make_user("county_officer", PREFECTURE))
    assert "二维码" in page(client, VILLAGE)
    assert "二维码" not in page(client, PREFECTURE)
    assert "二维码" not in page(client, GRID)


def test_no_code_is_issued_for_a_place_that_is_no_more(client, places):
    Place.objects.using("owner").filter(code=VILLAGE).update(valid_to=dt.date(2024, 1, 1))
    client.force_login(make_user("county_officer", COUNTY))
    shown = page(client, VILLAGE)
    assert "还没有发码" in shown
    assert "/codes/issue/" not in shown


def test_after_a_merger_the_code_that_is_in_use_is_the_one_to_replace(client, places):
    staying, leaving = make_code("village", VILLAGE), make_code("township", TOWNSHIP)
    Code.objects.using("owner").filter(pk=leaving.pk).update(
        kind="village", place_code=VILLAGE, state="replaced", replaced_by=staying, reason="合并"
    )
    client.force_login(make_user("county_officer", COUNTY))
    shown = page(client, VILLAGE)
    assert f"/codes/{staying.pk}/reissue/" in shown
    assert f"/codes/{leaving.pk}/reissue/" not in shown


def revoked_beside_an_active_one():
    old = make_code("village", VILLAGE)
    revoke(code=old, reason="丢失", **SYSTEM)
    return old, issue(kind="village", place_code=VILLAGE, **SYSTEM)


def test_a_revoked_code_is_not_replaced_beside_an_active_one(client, places):
    old, active = revoked_beside_an_active_one()
    with pytest.raises(AlreadyIssued):
        reissue(code=old, reason="又找到了", **SYSTEM)
    assert Code.objects.using("owner").get(pk=old.pk).state == "revoked"
    client.force_login(make_user("county_officer", COUNTY))
    said = client.post(
        f"/codes/{old.pk}/reissue/",
        {"reason": "又找到了", "next": f"/places/{VILLAGE}/"},
        follow=True,
    )
    assert "已有有效的码" in said.content.decode()
    asked = run("reissue", printed_number(old.pk), "--reason", "又找到了")
    assert (asked.exit_code, "has an active code" in asked.output) == (2, True)
    assert active_code("village", VILLAGE, using="owner").pk == active.pk


def test_the_code_of_a_place_is_found_by_the_place(places):
    code = make_code("village", VILLAGE)
    shown = run("show", "--place", VILLAGE, "--json")
    assert json.loads(shown.output)["number"] == printed_number(code.pk)
    assert run("show", "--place", TOWNSHIP).exit_code == 2
    assert "codes issue" in run("show", "--place", TOWNSHIP).output
    assert run("show", "--place", PREFECTURE).exit_code == 2
    assert run("show", "--place", "999999999999").exit_code == 2
    assert run("show").exit_code == 2
    assert run("show", code.token, "--place", VILLAGE).exit_code == 2
