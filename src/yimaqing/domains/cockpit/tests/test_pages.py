"""The cockpit's pages, as 吴市长, 周乡长 and 李明 see them."""

import re

import pytest
from django.test import RequestFactory

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.cockpit.factories import make_snapshot, standing_row
from yimaqing.domains.cockpit.tests.conftest import (
    BAIWEN,
    BAIWEN_TOWN,
    CHENGZHUANG,
    FANGSHAN,
    LINXIAN,
    PREFECTURE,
    TAIPING,
)
from yimaqing.domains.places.models import Boundary
from yimaqing.domains.registry.factories import make_household
from yimaqing.ui.context import UiContext


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def links_to_lists(response):
    found = re.findall(r'href="([^"]*/households/\?[^"]*)"', response.content.decode())
    return {address.replace("&amp;", "&") for address in found}


def rows_in(client, address):
    """Rows of a list over all its pages, and their members."""
    rows, people = 0, 0
    while address:
        page = client.get(address).content.decode()
        body = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
        members = [int(n) for n in re.findall(r'<td class="number"[^>]*>(\d+)</td>', body)]
        rows, people = rows + len(members), people + sum(members)
        onward = re.search(r'href="([^"]+)" rel="next"', page)
        address = onward[1].replace("&amp;", "&") if onward else ""
    return rows, people


@pytest.mark.parametrize("place", [PREFECTURE, LINXIAN, BAIWEN_TOWN, BAIWEN])
def test_every_figure_is_as_long_as_its_list(login, snapshot, place):
    client = login("leader", PREFECTURE)
    figures = client.get(f"/cockpit/{place}/figures.json").json()
    for figure in figures["figures"]:
        address = (
            f"/cockpit/{place}/households/"
            f"?measure={figure['measure']}&snapshot={figures['snapshot']}"
        )
        rows, people = rows_in(client, address)
        counted = people if figure["measure"].endswith("people") else rows
        assert counted == figure["value"], figure["measure"]
        assert people == figure["people"], figure["measure"]


def test_every_list_that_the_page_links_to_opens(login, snapshot):
    client = login("leader", PREFECTURE)
    addresses = links_to_lists(client.get(f"/cockpit/{PREFECTURE}/"))
    assert len(addresses) > 15
    for address in addresses:
        assert client.get(address).status_code == 200


def test_long_lists_come_in_pages_and_lose_nobody(login, lake):
    make_snapshot(lake, [standing_row(BAIWEN, colour="red") for _ in range(120)])
    client = login("leader", PREFECTURE)
    address = f"/cockpit/{LINXIAN}/households/?measure=colour.red"
    assert rows_in(client, address) == (120, 360)


def test_a_list_stays_with_the_snapshot_of_its_figure(login, lake, snapshot):
    client = login("leader", PREFECTURE)
    address = next(iter(links_to_lists(client.get(f"/cockpit/{LINXIAN}/"))))
    make_snapshot(lake, [standing_row(BAIWEN)])
    measure = re.findall(r"measure=([\w.]+)", address)[0]
    page = f"/cockpit/{LINXIAN}/households/?measure={measure}&snapshot={snapshot.name}"
    assert rows_in(client, address) == rows_in(client, page)


def test_a_snapshot_that_is_gone_says_so(login, snapshot):
    client = login("leader", PREFECTURE)
    answer = client.get(f"/cockpit/{LINXIAN}/households/?snapshot=20190101T000000000000")
    assert answer.status_code == 410
    assert "已经清理" in text_of(answer)
    assert client.get(f"/cockpit/{LINXIAN}/households/?snapshot=../..").status_code == 410


def test_names_come_from_the_register_masked_and_the_row_stays_when_a_household_is_gone(
    login, lake
):
    client = login("leader", PREFECTURE)
    home = make_household(place_code=BAIWEN, head_name="王秀英")
    make_snapshot(
        lake,
        [
            standing_row(BAIWEN, household_id=home.pk, colour="red"),
            standing_row(BAIWEN, household_id=home.pk + 1000, colour="red"),
        ],
    )
    page = client.get(f"/cockpit/{BAIWEN}/households/?measure=colour.red")
    assert "王**" in text_of(page)
    assert "王秀英" not in text_of(page)
    assert "快照之后已迁出" in text_of(page)


def test_a_village_that_never_reports_is_hatched_not_zero(login, snapshot):
    client = login("leader", PREFECTURE)
    page = client.get(f"/cockpit/{CHENGZHUANG}/").content.decode()
    tile = re.search(r'class="place-tile ([^"]*)"><span>太平村', page)
    assert tile is not None
    assert tile[1] == "hatch"
    assert "已报 0 / 1 村" in page
    assert '<a class="figure-value"' not in page
    county = client.get(f"/cockpit/{LINXIAN}/").content.decode()
    assert "已报 2 / 3 村" in county


def test_an_indicator_without_any_reading_is_unreported_for_that_indicator(login, lake):
    make_snapshot(lake, [standing_row(BAIWEN, water_state="unknown")])
    client = login("leader", PREFECTURE)
    figures = {
        f["measure"]: f for f in client.get(f"/cockpit/{BAIWEN}/figures.json").json()["figures"]
    }
    assert figures["fail.water"]["reported"] == 0
    assert figures["unknown.water"]["value"] == 1
    assert figures["fail.food"]["reported"] == 1


def test_the_map_draws_counties_as_links_and_falls_back_to_tiles(login, snapshot, outlines):
    client = login("leader", PREFECTURE)
    page = client.get(f"/cockpit/{PREFECTURE}/?measure=colour.red").content.decode()
    drawn = re.findall(r'<a href="/cockpit/(\d+)/[^"]*"[^>]*><path class="shape', page)
    assert drawn == [LINXIAN, FANGSHAN]
    below = client.get(f"/cockpit/{LINXIAN}/").content.decode()
    assert '<path class="shape' not in below
    assert re.findall(r'class="place-tile[^"]*"><span>([^<]+)', below) == ["城庄镇", "白文镇"]


def test_a_leader_goes_down_to_the_household(login, snapshot):
    client = login("leader", PREFECTURE)
    code = PREFECTURE
    for expected in (LINXIAN, BAIWEN_TOWN, BAIWEN):
        page = client.get(f"/cockpit/{code}/").content.decode()
        assert f'href="/cockpit/{expected}/' in page
        code = expected
    assert "<tbody>" in client.get(f"/cockpit/{code}/").content.decode()


def test_each_starts_at_his_own_place(login, snapshot):
    assert login("leader", PREFECTURE).get("/cockpit/").url == f"/cockpit/{PREFECTURE}/"
    assert login("township_officer", BAIWEN_TOWN).get("/cockpit/").url == f"/cockpit/{BAIWEN_TOWN}/"


def test_nobody_sees_beyond_his_places(login, snapshot):
    client = login("township_officer", BAIWEN_TOWN)
    for address in ("", "wall/", "households/", "figures.json", "trend.json"):
        assert client.get(f"/cockpit/{FANGSHAN}/{address}").status_code == 404
    county = client.get(f"/cockpit/{LINXIAN}/figures.json").json()["figures"]
    assert county[0]["villages"] == 2
    assert "只含你管辖范围内的部分" in text_of(client.get(f"/cockpit/{LINXIAN}/"))


def test_the_top_bar_shows_the_cockpit_to_those_who_may_open_it(database):
    request = RequestFactory().get("/cockpit/")
    request.user = make_user("leader", PREFECTURE)
    assert {link.address: link.current for link in UiContext(request).nav}["/cockpit/"] is True
    request.user = make_user("village_worker", BAIWEN)
    assert "/cockpit/" not in {link.address for link in UiContext(request).nav}


def test_the_cockpit_is_for_those_who_may(login, snapshot):
    assert login("village_worker", BAIWEN).get(f"/cockpit/{BAIWEN}/").status_code == 403


def test_without_a_snapshot_the_page_says_how_to_begin(login, lake):
    page = login("leader", PREFECTURE).get(f"/cockpit/{PREFECTURE}/")
    assert page.status_code == 200
    assert "还没有监测结果" in text_of(page)


def test_an_unchanged_page_is_not_sent_again(login, lake, snapshot):
    client = login("leader", PREFECTURE)
    first = client.get(f"/cockpit/{LINXIAN}/")
    again = client.get(f"/cockpit/{LINXIAN}/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    make_snapshot(lake, [standing_row(TAIPING)])
    later = client.get(f"/cockpit/{LINXIAN}/", headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200


def test_htmx_gets_the_board_alone(login, snapshot):
    client = login("leader", PREFECTURE)
    part = client.get(f"/cockpit/{LINXIAN}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "key-figures" in part


def test_the_wall_shows_the_same_figures(login, snapshot):
    page = login("leader", PREFECTURE).get(f"/cockpit/{LINXIAN}/wall/")
    text = page.content.decode()
    assert 'data-tone="wall"' in text
    assert 'http-equiv="refresh"' not in text  # WCAG 2.2.1: parts change, the page does not jump
    assert "已报 2 / 3 村" in text_of(page)


def test_new_outlines_show_at_once(login, snapshot, outlines):
    client = login("leader", PREFECTURE)
    first = client.get(f"/cockpit/{PREFECTURE}/")
    triangle = [[111, 37], [112, 37], [111, 38], [111, 37]]
    Boundary.objects.using("owner").filter(place_id=LINXIAN).update(
        geometry={"type": "Polygon", "coordinates": [triangle]}
    )
    later = client.get(f"/cockpit/{PREFECTURE}/", headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200
    shapes = [
        re.findall(r'class="shape[^"]*" d="(M[^"]+)"', page.content.decode())
        for page in (first, later)
    ]
    assert shapes[0][0] != shapes[1][0]
    assert shapes[0][1] == shapes[1][1]


def test_a_village_without_reports_does_not_say_that_no_household_is_like_that(login, snapshot):
    text = text_of(login("leader", PREFECTURE).get(f"/cockpit/{TAIPING}/"))
    assert "这里还没有报数" in text
    assert "没有这样的户" not in text


def test_a_whole_bar_is_every_household_of_the_place(login, snapshot):
    client = login("leader", PREFECTURE)
    page = client.get(f"/cockpit/{PREFECTURE}/").content.decode()
    assert "整条为 7 户" in page
    bars = re.findall(r'class="bar-(fail|unknown)" x="[^"]+" width="([^"]+)"', page)
    # Of seven households one has unsafe water and one no reading of it; one housing fails.
    assert [b for b in bars if b[1] != "0.00%"] == [
        ("fail", "14.29%"),
        ("fail", "14.29%"),
        ("unknown", "14.29%"),
    ]


def test_the_wall_says_how_many_have_no_reading(login, snapshot):
    page = login("leader", PREFECTURE).get(f"/cockpit/{PREFECTURE}/wall/").content.decode()
    assert re.findall(r'<span class="key hatch"><span>(\d+)<', page) == ["1"]


def test_a_map_and_its_legend_write_a_figure_alike(login, snapshot):
    page = login("leader", PREFECTURE).get(f"/cockpit/{LINXIAN}/").content.decode()
    assert re.findall(r"<strong>([^<]+)</strong></a></li>", page) == ["未报", "40.0%"]
    assert re.findall(r'class="key step-[1-5]">([^<]+)', page) == ["≤ 40.0%"]


def test_a_place_with_few_places_below_shows_its_causes_under_them(login, snapshot):
    client = login("leader", PREFECTURE)
    centre = client.get(f"/cockpit/{LINXIAN}/").content.decode().split("board-centre")[1]
    assert "主要致贫原因" in centre.split("board-right")[0]
