"""The seven tiles of a household's file: what was read, when, by whom, and what was read before.

Cast: 李明 of 白文村 looks at 王秀英's file; her husband is insured like her, their son is not.
"""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.monitoring.queries import tiles_of
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_person, add_reading, make_household
from yimaqing.domains.registry.models import Person
from yimaqing.kit.rowscope import Scope, scoped

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


def file_of(home, language="zh-hans"):
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(make_user("village_worker", BAIWEN))
    return client.get(f"/households/{home.pk}/?from=warning").content.decode()


def test_a_tile_says_nothing_that_was_read_after_its_day(database):
    Place.objects.using("owner").create(code=BAIWEN, name="白文村", level=5, kind="village")
    home = make_household(place_code=BAIWEN)
    for seen, yuan in ((day(2, 1), 6500), (day(9, 30), 9000)):
        add_reading(home, "income", yuan, seen)

    def income(on):
        tiles = tiles_of(home.pk, BAIWEN, day=on)
        [one] = [tile for tile in tiles if tile.code == "income"]
        newest = [value.value_number for fact in one.facts for value, _n in fact.values]
        return newest, len(one.history)

    with scoped(Scope.everything()):
        assert income(dt.date(2026, 1, 31)) == ([], 0)
        assert income(dt.date(2026, 8, 1)) == ([6500.0], 1)
        assert income(dt.date(2026, 9, 30)) == ([9000.0], 2)


@pytest.mark.parametrize(
    ("born", "shown"),
    [
        ([dt.date(1950, 3, 1), dt.date(1952, 8, 1)], "不适用"),
        ([dt.date(1950, 3, 1), dt.date(2024, 8, 1)], "不适用"),
        ([dt.date(1950, 3, 1), None], "达标"),
    ],
)
def test_schooling_does_not_apply_where_nobody_is_of_school_age(database, born, shown):
    Place.objects.using("owner").create(code=BAIWEN, name="白文村", level=5, kind="village")
    home = make_household(place_code=BAIWEN)
    Person.objects.using("owner").filter(household_id=home.pk).delete()
    for number, day_of_birth in enumerate(born):
        person = add_person(home, name=f"王{number}")
        Person.objects.using("owner").filter(pk=person.pk).update(born_on=day_of_birth)
    education = tile(file_of(home), "义务教育")
    assert f"{shown}</span>" in education
    assert ("达标</span>" in education) == (shown == "达标")


def test_a_household_with_a_pupil_passes_or_fails(database):
    Place.objects.using("owner").create(code=BAIWEN, name="白文村", level=5, kind="village")
    home = make_household(place_code=BAIWEN)
    today = timezone.localdate()
    child = add_person(home, name="王小", born_on=today.replace(year=today.year - 10, day=1))
    add_reading(home, "education", "enrolled", timezone.now(), child.pk)
    assert "达标</span>" in tile(file_of(home), "义务教育")


@pytest.fixture
def poor(database):
    Place.objects.using("owner").create(code=BAIWEN, name="白文村", level=5, kind="village")
    home = make_household(place_code=BAIWEN)
    income = add_reading(home, "income", 3883.5, timezone.now(), source="年度收入")
    Warning.objects.using("owner").create(
        place_code=BAIWEN,
        household_id=home.pk,
        rule_code="income_below_line",
        indicator="income",
        scheme="danfeng-2020",
        ruleset_version="national-2020@2020.1",
        colour="red",
        colour_rank=0,
        text_zh="收入低于贫困线",
        text_en="Income below the line",
        value_yuan=3883.5,
        limit_yuan=4000.0,
        reading_ids=[income.pk],
        since=timezone.localdate(),
        act_by=timezone.localdate(),
    )
    return home


def test_a_sum_is_written_one_way_on_a_page(poor):
    page = file_of(poor)
    assert "3,883.50 元，对照 4,000.00 元" in page
    assert "3,883.50 元/年" in page
    assert "3,883.5 " not in page
    assert "3884" not in page


def test_a_warning_says_its_rule_in_words_before_its_number(poor):
    warned = file_of(poor).split("现有预警")[1].split("</li>")[0]
    words, _fold, numbers = warned.partition("规则编号")
    assert "防止返贫监测规则（2020年）" in words
    assert "三色预警（参照丹凤县2020年做法）" in words
    assert "danfeng-2020" not in words
    assert "income_below" not in words
    assert "national-2020@2020.1 · income_below_line · danfeng-2020" in numbers
    english = file_of(poor, "en").split("Open warnings")[1].split("</li>")[0]
    assert "Monitoring against return to poverty (2020)" in english


def test_a_warning_of_rules_that_are_gone_says_only_their_number(poor):
    Warning.objects.using("owner").update(ruleset_version="national-2019@2019.4")
    warned = file_of(poor).split("现有预警")[1].split("</li>")[0]
    assert "防止返贫监测规则" not in warned
    assert "national-2019@2019.4" in warned
