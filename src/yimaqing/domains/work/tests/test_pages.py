"""The desk in the browser's eyes: queues, the opened to-do, its buttons, several at once.

Cast: 李明 and 王芳 in the village, 赵刚 the township's officer.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.work.factories import make_todo
from yimaqing.domains.work.models import Step, Todo

TOWNSHIP, HERE, NEXT = "141124104000", "141124104201", "141124104202"
PLACES = (
    ("141124000000", "临县", 3, "county", ""),
    (TOWNSHIP, "白文镇", 4, "township", "141124000000"),
    (HERE, "白文村", 5, "village", TOWNSHIP),
    (NEXT, "曜头村", 5, "village", TOWNSHIP),
)


@pytest.fixture
def town(database):
    for code, name, level, kind, parent in PLACES:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )
    return {
        "李明": make_user("village_worker", HERE, display_name="李明"),
        "王芳": make_user("village_worker", HERE, display_name="王芳"),
        "赵刚": make_user("township_officer", TOWNSHIP, display_name="赵刚"),
    }


def _at(user):
    browser = Client()
    browser.force_login(user)
    return browser


def _page(browser, address="/todos/"):
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def _todo(number, place=HERE):
    home = make_household(place_code=place, team=f"{number}组")
    return make_todo(
        place_code=place,
        household_id=home.pk,
        household_number=f"86{number}",
        declared=3,
        members=4,
    )


def _step(browser, todo, **form):
    return browser.post(f"/todos/{todo.pk}/step/", form | {"next": "/todos/?queue=all"})


def test_what_one_takes_the_other_sees_in_his_hands(town):
    todo = _todo("0001")
    li, wang = _at(town["李明"]), _at(town["王芳"])
    assert 'value="take"' in _page(wang, f"/todos/?open={todo.pk}")
    assert _step(li, todo, act="take").url == "/todos/?queue=all"
    page = _page(wang, f"/todos/?queue=all&open={todo.pk}")
    assert "李明" in page
    assert 'value="take"' not in page.partition('id="opened"')[2]
    refused = _step(wang, todo, act="take")
    assert refused.status_code == 422
    assert "李明 已领取" in refused.content.decode()


def test_a_refused_decision_keeps_what_was_typed(town):
    todo = _todo("0001")
    zhao, li = _at(town["赵刚"]), _at(town["李明"])
    refused = _step(zhao, todo, act="hand", words="请入户看看")
    assert refused.status_code == 422
    assert "请选择转交给谁" in refused.content.decode()
    assert ">请入户看看</textarea>" in refused.content.decode()
    _step(zhao, todo, act="hand", words="请入户看看", to=str(town["李明"].pk))
    page = _page(li, f"/todos/?queue=handed&open={todo.pk}")
    assert "转交：请入户看看" in page
    assert "赵刚 转交给 李明" in page
    refused = _step(li, todo, act="return", words=" ")
    assert "请写明退回的原因" in refused.content.decode()
    _step(li, todo, act="return", words="户主外出")
    assert "退回：户主外出" in _page(zhao, "/todos/?queue=returned")


def test_an_officer_goes_down_to_a_village_and_back(town):
    _todo("0001")
    _todo("0002", NEXT)
    zhao = _at(town["赵刚"])
    page = _page(zhao)
    assert f"place={NEXT}" in page
    assert "0001组" in page
    assert "0002组" in page
    page = _page(zhao, f"/todos/?place={NEXT}")
    assert "0001组" not in page
    assert "0002组" in page
    assert '<a href="/todos/">白文镇</a>' in page


def test_what_is_done_is_nowhere_overdue(town):
    zhao = _at(town["赵刚"])
    todo = _todo("0001")
    Todo.objects.using("owner").filter(pk=todo.pk).update(due_on="2020-01-02")
    assert "逾期 1" in _page(zhao)
    _step(zhao, todo, act="done", words="已补登")
    assert "逾期 1" not in _page(zhao, "/todos/?queue=done")


def test_several_are_taken_handed_over_and_done(town):
    todos = [_todo(f"000{n}") for n in range(3)]
    zhao, form = _at(town["赵刚"]), {"next": "/todos/?queue=all", "id": [t.pk for t in todos]}
    assert zhao.post("/todos/chosen/", form | {"act": "take"}).url == "/todos/?queue=all"
    assert set(Todo.objects.using("owner").values_list("holder_id", flat=True)) == {town["赵刚"].pk}
    asked = zhao.post("/todos/chosen/", form | {"act": "hand"}).content.decode()
    assert "转交 3 件" in asked
    assert "李明 · 村级工作人员 · 白文村" in asked
    sure = form | {"act": "hand", "sure": "1", "to": town["李明"].pk, "words": "一起办"}
    assert zhao.post("/todos/chosen/", sure).status_code == 302
    assert "已转交 3 件给 李明" in _page(zhao)
    li = _at(town["李明"])
    nothing = li.post("/todos/chosen/", form | {"act": "done", "sure": "1", "words": " "})
    assert nothing.status_code == 422
    assert "请写明办理结果" in nothing.content.decode()
    li.post("/todos/chosen/", form | {"act": "done", "sure": "1", "words": "都核实了"})
    assert set(Todo.objects.using("owner").values_list("state", "reason")) == {("done", "都核实了")}
    assert Step.objects.using("owner").filter(what="done").count() == 3
    assert "都核实了" in _page(li, "/todos/?queue=done")


def test_nothing_selected_says_so(town):
    li = _at(town["李明"])
    li.post("/todos/chosen/", {"act": "take"})
    assert "还没有选中待办" in _page(li)


def test_a_part_of_the_page_leads_back_to_its_queue(town):
    todo = _todo("0001")
    li = _at(town["李明"])
    whole = li.get(f"/todos/{todo.pk}/?queue=free")
    assert whole.url == f"/todos/?queue=free&open={todo.pk}"
    part = li.get(f"/todos/{todo.pk}/?queue=free", headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<article")
    assert 'value="/todos/?queue=free"' in part.content.decode()


@pytest.mark.parametrize("queue", ["waiting", "taken", "returned", "overdue", "done", "nonsense"])
def test_an_empty_queue_says_what_will_be_here(town, queue):
    said = "就归你办" if queue == "taken" else "会出现在这里"
    assert said in _page(_at(town["李明"]), f"/todos/?queue={queue}")


def test_the_page_asks_the_same_number_of_questions_whatever_it_shows(town):
    zhao = _at(town["赵刚"])

    def asked():
        with CaptureQueriesContext(connection) as found:
            _page(zhao)
        return len(found)

    _todo("0001")
    few = asked()
    for number in range(2, 12):
        _todo(f"{number:04}", NEXT if number % 2 else HERE)
    assert asked() <= few + 1


def test_the_start_page_says_what_waits(town):
    _todo("0001")
    page = _page(_at(town["李明"]), "/")
    assert "?queue=waiting" in page
    assert "待我办 <strong>1</strong>" in page
    assert "?queue=waiting" not in _page(_at(make_user("leader", HERE)), "/")


# ── the open desk keeps itself up to date ──


def _news(browser, page):
    return browser.get(page.context["news"])


def test_there_is_news_when_a_line_comes_goes_or_changes_hands(town):
    li, wang = _at(town["李明"]), _at(town["王芳"])
    empty = li.get("/todos/")
    assert _news(li, empty).status_code == 204
    todo = _todo("0001")
    told = _news(li, empty)
    assert told.status_code == 200
    assert "1组" in told.content.decode()
    assert _news(li, told).status_code == 204
    _step(wang, todo, act="take")
    taken = _news(li, told)
    assert "1组" not in taken.content.decode()
    _step(wang, todo, act="done", words="已更正")
    assert _news(li, taken).status_code == 200


def test_what_happens_in_other_villages_is_no_news(town):
    li = _at(town["李明"])
    page = li.get("/todos/")
    _todo("0002", place=NEXT)
    assert _news(li, page).status_code == 204


def test_a_desk_left_open_after_log_out_stops_asking(town):
    page = _at(town["李明"]).get("/todos/")
    answer = _news(Client(), page)
    assert (answer.status_code, answer.content) == (286, b"")


def test_later_pages_of_the_list_do_not_ask(town):
    assert _at(town["李明"]).get("/todos/?after=2026-11-22.17").context["news"] == ""
