"""The seven tiles of a household's file: what was read, when, by whom, and what was read before.

Cast: 李明 of 白文村 looks at 王秀英's file; her husband is insured like her, their son is not.
"""

import datetime as dt

import pytest
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_person, add_reading, make_household

BAIWEN = "141124104201"


def day(month, of_month):
    return dt.datetime(2026, month, of_month, 4, tzinfo=dt.UTC)


@pytest.fixture
def page(database):
    Place.objects.using("owner").create(code=BAIWEN, name="白文村", level=5, kind="village")
    home = make_household(place_code=BAIWEN)
    add_reading(home, "housing", "D", day(3, 2), source="鉴定报告")
    add_reading(home, "housing", "A", day(9, 1), source="入户走访")
    add_reading(home, "water.convenience", 28, day(5, 4), source="村级排查")
    for name, state in (("刘建国", "insured"), ("刘小军", "uninsured"), ("刘小梅", "insured")):
        person = add_person(home, name=name, relation="child")
        add_reading(home, "medical", state, day(6, 1), person.pk, source="医保信息系统")
    client = Client()
    client.force_login(make_user("village_worker", BAIWEN))
    return client.get(f"/households/{home.pk}/?from=warning").content.decode()


def tile(page, name):
    start = page.index(f'<span class="tile-name">{name}</span>')
    return page[start : page.find('<span class="tile-name">', start + 1)]


def test_a_tile_says_what_was_read_when_and_by_whom(page):
    housing = tile(page, "住房安全")
    newest = housing[: housing.index("tile-rule")]
    assert "2026年9月1日 · 入户走访" in newest
    assert "2026年3月2日" not in newest


def test_a_tile_opens_its_history(page):
    history = tile(page, "住房安全").split('<details class="tile-history">')[1]
    assert history.index("2026年9月1日") < history.index("2026年3月2日")
    assert "鉴定报告" in history


def test_a_part_of_an_indicator_says_which_part_it_is(page):
    water = tile(page, "饮水安全")
    assert "28" in water
    assert "2026年5月4日 · 村级排查" in water
    assert "tile-history" not in water


def test_members_of_whom_the_same_was_read_stand_together(page):
    medical = tile(page, "基本医疗")
    assert medical[: medical.index("tile-rule")].count("<strong>") == 2
    assert "2 人" in medical
    assert medical.count("2026年6月1日 · 医保信息系统") == 1


def test_what_was_never_read_shows_no_value(page):
    assert "tile-fact" not in tile(page, "不愁穿")
