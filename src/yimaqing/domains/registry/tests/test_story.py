"""A file that reads like a chart: what counts now, what is new to me, the years, two of them."""

import datetime as dt
from html import unescape

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.registry.actions import correct_household
from yimaqing.domains.registry.factories import add_person, add_reading, make_household
from yimaqing.domains.registry.models import Measure, Payment, YearlyIncome
from yimaqing.kit.rowscope import Scope, scoped

HERE = "141124104201"


def noon(year, month, day):
    return dt.datetime(year, month, day, 4, tzinfo=dt.UTC)


def income(household, year, yuan):
    YearlyIncome.objects.using("owner").create(
        place_code=household.place_code,
        household_id=household.pk,
        year=year,
        wage_fen=yuan * 100,
        operating_fen=0,
        property_fen=0,
        transfer_fen=0,
        operating_cost_fen=0,
        total_fen=yuan * 100,
        net_fen=yuan * 100,
        per_capita_fen=yuan * 100,
        divisor=1,
        divisor_basis="registered",
    )


def paid(household, serial, day, fund="低保金"):
    Payment.objects.using("owner").create(
        place_code=household.place_code,
        household_id=household.pk,
        serial=serial,
        fund=fund,
        paid_on=day,
        amount_fen=30000,
    )


@pytest.fixture
def wang(database):
    home = make_household(place_code=HERE, head_name="王秀英", group="unstable", address="西头2号")
    for year, yuan in ((2023, 6000), (2024, 7200), (2025, 6900)):
        income(home, year, yuan)
    for month in (1, 2, 3):
        paid(home, f"F{month}", dt.date(2025, month, 20))
    for when, value in (
        (noon(2024, 5, 1), 30),
        (noon(2025, 5, 1), 45),
        (noon(2025, 9, 1), 45),
        (noon(2025, 10, 1), 60),
    ):
        add_reading(home, "water.convenience", value, when, source="入户走访")
    return home


@pytest.fixture
def worker(database):
    user = make_user("village_worker", HERE)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def page(client, household, query=""):
    return unescape(client.get(f"/households/{household.pk}/{query}").content.decode())


def part(html, name):
    return " ".join(html.split(f'id="{name}"')[1].split("</section>")[0].split())


def visited(household, client, ago):
    """The worker opened the file so long ago."""
    client.get(f"/households/{household.pk}/")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        cursor.execute(
            "UPDATE audit_entry SET at = now() - %s WHERE household_id = %s", [ago, household.pk]
        )
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER ALL")
        cursor.execute("UPDATE registry_reading SET changed_at = changed_at - interval '1 day'")


def test_years_are_grouped_and_say_what_changed(wang, worker):
    story = part(page(worker, wang), "story")
    this, last = story.split("<h3>2025</h3>")[1].split("<h3>2024</h3>")
    assert "取水往返时间：45 分钟 → 60 分钟" in this
    assert "另有 1 次查看，情况未变" in this
    assert "低保金 3 次，900.00 元" in this
    assert "比上年少 300.00 元" in this
    assert "比上年多 1,200.00 元" in last


def test_two_years_stand_side_by_side_with_what_differs(wang, worker):
    newest = part(page(worker, wang), "compare")
    assert "-300.00" in newest
    assert "45 分钟" not in newest, "the last of a year counts"
    assert "60 分钟" in newest
    asked = part(page(worker, wang, "?years=2024-2023"), "compare")
    assert "+1,200.00" in asked
    unknown = part(page(worker, wang, "?years=1999-2001"), "compare")
    assert "-300.00" in unknown


def test_with_one_year_there_is_nothing_to_compare(database, worker):
    home = make_household(place_code=HERE)
    income(home, 2025, 5000)
    assert 'id="compare"' not in page(worker, home)


def test_the_summary_says_group_and_what_is_new_since_my_last_visit(wang, worker):
    first = part(page(worker, wang), "summary")
    assert "脱贫不稳定户" in first
    assert "上次查看" not in first, "never here before"
    visited(wang, worker, dt.timedelta(hours=2))
    assert "没有变化" in part(page(worker, wang), "summary")
    with scoped(Scope.everything()):
        correct_household(
            household=wang,
            values={"address": "东头1号"},
            reason="核对门牌",
            by=make_user("village_worker", HERE),
        )
    add_reading(wang, "housing", "D", source="入户走访")
    again = part(page(worker, wang), "summary")
    assert "住址：原为“西头2号”" in again
    assert "住房安全：" in again
    assert "没有变化" not in again


def test_who_looked_a_minute_ago_is_still_at_the_same_visit(wang, worker):
    page(worker, wang)
    assert "上次查看" not in part(page(worker, wang), "summary")


def test_a_building_leader_gets_no_story_and_no_figures(wang):
    client = Client()
    client.force_login(make_user("building_leader", HERE))
    html = page(client, wang)
    assert 'id="story"' not in html
    assert 'id="compare"' not in html
    assert "900.00" not in html
    assert "脱贫不稳定户" not in html


def test_a_large_family_with_a_long_story_costs_no_more_statements(wang, worker):
    page(worker, wang)
    with CaptureQueriesContext(connection) as small:
        page(worker, wang)
    for number in range(12):
        child = add_person(
            wang,
            name=f"王小{'一二三四五六七八九十百千'[number]}",
            born_on=dt.date(2000 + number, 1, 1),
        )
        add_reading(wang, "medical", "insured", noon(2025, 3, 1), child.pk)
        paid(wang, f"L{number}", dt.date(2010 + number, 1, 1), fund=f"补贴{number}")
        Measure.objects.using("owner").create(
            place_code=HERE,
            household_id=wang.pk,
            number=f"M{number}",
            year=2010 + number,
            measure_group="jobs",
            name="公益岗位",
        )
    with CaptureQueriesContext(connection) as large:
        html = page(worker, wang)
    assert "基本医疗：已参保 12 人" in " ".join(html.split())
    assert len(large) <= len(small) + 2
    assert len(large) < 65
    # The viewer's posts are read once, however often the page asks what he may.
    posts = [q for q in large.captured_queries if 'FROM "accounts_assignment"' in q["sql"]]
    assert len(posts) == 1
