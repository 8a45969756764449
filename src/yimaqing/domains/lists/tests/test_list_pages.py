"""What an officer sees first on a list's page, and what he passes on of it.

Cast: 李明 is an officer of 临县; 王秀英 lives in 白文村 with a count of members that differs.
"""

import re

import pytest
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring.models import Warning as Alarm
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.work.factories import make_todo
from yimaqing.domains.work.models import Todo

COUNTY, VILLAGE = "141124000000", "141124104201"


@pytest.fixture
def li(database):
    for code, name, level in ((COUNTY, "临县", 3), (VILLAGE, "白文村", 5)):
        kind = "county" if level == 3 else "village"
        Place.objects.using("owner").create(code=code, name=name, level=level, kind=kind)
    client = Client()
    client.force_login(make_user("county_officer", COUNTY))
    return client


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_to_do_says_what_is_to_be_done_and_leads_to_the_desk(li):
    home = make_household(head_name="王秀英")
    todo = make_todo(household_id=home.pk, household_number="86141124000001", declared=3, members=2)
    make_todo(kind="registry.head_missing", household_number="86141124000002")
    text = page(li, "/lists/todos/")
    said = "登记 3 人，成员名单 2 人：请核对"
    assert f'<a href="/todos/{todo.pk}/">{said}</a>' in text
    assert "86141124000001" in text
    assert '<option value="registry.head_missing"' in text, "kinds are chosen, not typed"
    assert said not in page(li, "/lists/todos/?f.kind=registry.head_missing")


def test_the_name_leads_to_the_file_wherever_its_column_stands(li):
    home = make_household(head_name="王秀英")
    text = page(li, "/lists/households/?col=head_name&col=household_number&col=address")
    assert f'/households/{home.pk}/?from=list">王**</a>' in text
    assert text.count(f"/households/{home.pk}/?from=list") == 1


def test_a_warning_stands_with_its_shape_beside_its_word(li):
    home = make_household(head_name="王秀英")
    Alarm.objects.using("owner").create(
        place_code=VILLAGE,
        household_id=home.pk,
        rule_code="water",
        indicator="water",
        colour="red",
        colour_rank=1,
        text_zh="停水",
        text_en="no water",
        since="2026-11-01",
        act_by="2026-11-20",
    )
    chinese = page(li, "/lists/warnings/")
    assert re.search(r'<span class="mark mark-red"><svg.*?</svg>红色</span>', chinese)
    assert "停水" in chinese
    english = li.get("/lists/warnings/", headers={"accept-language": "en"}).content.decode()
    assert "no water" in english
    assert "停水" not in english


def test_columns_as_they_come_do_not_lengthen_the_address(li):
    make_household(head_name="王秀英")
    shown = re.findall(r'name="col" value="(\w+)" checked', page(li, "/lists/households/"))
    sent = li.post("/lists/households/filter/", {"col": shown, "sort": "name"})["Location"]
    assert sent == "/lists/households/?sort=name"
    fewer = li.post("/lists/households/filter/", {"col": shown[:2]})["Location"]
    assert fewer.count("col=") == 2


def test_the_top_bar_says_where_a_list_is(li):
    current = r'<a href="([^"]+)" aria-current="page">户档案</a>'
    # In the bar, and in the phone's menu.
    assert re.findall(current, page(li, "/lists/payments/")) == ["/households/"] * 2
    assert re.findall(current, page(li, "/todos/")) == []
    # What has a page of its own hangs there, and so does a page of what is done to its rows.
    for address, entry in (("/lists/todos/", "/todos/"), ("/lists/warnings/", "/warnings/")):
        here = rf'<a href="{entry}" aria-current="page">'
        assert len(re.findall(here, page(li, address))) == 2


def test_all_rows_are_done_only_after_their_number_was_told(li):
    for _ in range(2):
        make_todo(place_code=VILLAGE)
    here, every = "/lists/todos/do/close/?f.kind=registry.members_differ", {"all": "1"}
    asked = li.post(here, every | {"reason": "已核对"})
    assert "全部 2 件都将“办结”" in asked.content.decode()
    assert 'value="已核对"' in asked.content.decode(), "what was typed is kept"
    assert Todo.objects.using("owner").filter(state="open").count() == 2, "nothing is done yet"
    make_todo(place_code=VILLAGE)
    again = li.post(here, every | {"reason": "已核对", "sure": "2"}).content.decode()
    assert "全部 3 件" in again
    assert "刚才有变化" in again
    done = li.post(here, every | {"reason": "已核对", "sure": "3"}, follow=True)
    assert "已办理 3 行" in done.content.decode()
    assert not Todo.objects.using("owner").filter(state="open").exists()


def test_chosen_rows_are_done_at_once(li):
    todo = make_todo(place_code=VILLAGE)
    done = li.post("/lists/todos/do/close/", {"id": todo.pk, "reason": "已核对"}, follow=True)
    assert "已办理 1 行" in done.content.decode()
