"""The list of imports: it says what came of each, and keeps itself up to date.

李明 imports for 白文镇; 王秀英 moves from 白文村 to 曜头村.
"""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.intake.tests.test_mapping import upload
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    PERSON,
    YAOTOU,
    make_places,
    send,
    sheet,
)


@pytest.fixture
def li(database):
    make_places()
    client = Client()
    client.force_login(make_user("township_officer", "141124104000", username="li"))
    with translation.override("zh-hans"):
        yield client


def newest():
    return Batch.objects.using("owner").latest("pk")


def asks(page):
    """Where the page asks for news and how often (s); nothing where it does not."""
    found = re.search(r'hx-get="(/imports/news/[^"]*)" hx-trigger="every (\d+)s"', page)
    return (unescape(found[1]), int(found[2])) if found else None


def test_the_list_asks_for_news_until_everything_in_it_has_ended(li):
    upload(li, ("户.csv", sheet(HOUSEHOLD)), dataset="households")
    address, seconds = asks(li.get("/imports/").content.decode())
    assert seconds == 3
    assert li.get(address).status_code == 204, "nothing has happened yet"
    assert run_batch(newest().pk) == "applied"
    page = li.get(address).content.decode()
    assert "已入库" in page
    assert "有变化，已更新" in page
    assert asks(page) is None


def test_what_only_waits_for_another_is_looked_at_less_often(li):
    both = [("成员.csv", sheet(PERSON)), ("户.csv", sheet(HOUSEHOLD))]
    upload(li, *both, dataset="auto", mode="check")
    first, second = Batch.objects.using("owner").order_by("pk")
    for number in (first.pk, second.pk, first.pk):
        run_batch(number)
    page = li.get("/imports/").content.decode()
    assert f"等批次 {second.pk}" in page
    address, seconds = asks(page)
    assert seconds == 15
    li.post(f"/imports/{second.pk}/apply/")
    assert li.get(address).status_code == 200


def test_who_has_logged_out_is_asked_no_more(li):
    upload(li, ("户.csv", sheet(HOUSEHOLD)), dataset="households")
    address, _ = asks(li.get("/imports/").content.decode())
    li.logout()
    assert li.get(address).status_code == 286
    worker = Client()
    worker.force_login(make_user("village_worker", "141124104201"))
    assert worker.get(address).status_code == 403


def test_a_sheet_of_which_nothing_was_taken_says_so_in_the_list_too(li):
    upload(li, ("户.csv", sheet(HOUSEHOLD | {"家庭人口数": "许多"})), dataset="households")
    assert run_batch(newest().pk) == "applied"
    for page in ("/imports/", f"/imports/{newest().pk}/"):
        shown = li.get(page).content.decode()
        assert "一行也没有入库" in shown
        assert "已入库" not in shown


def test_a_move_is_shown_by_the_names_of_the_villages(li):
    send("households", HOUSEHOLD)
    upload(
        li, ("户.csv", sheet(HOUSEHOLD | {"村编号": YAOTOU})), dataset="households", mode="check"
    )
    assert run_batch(newest().pk) == "checked"
    shown = li.get(f"/imports/{newest().pk}/").content.decode()
    assert "临县白文镇白文村" in shown
    assert "临县白文镇曜头村" in shown
    assert YAOTOU not in shown
