"""To-dos: opened once, ended once, listed by urgency and within scope."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.work.actions import (
    OpenElsewhere,
    ReasonMissing,
    close_todo,
    drop_todo,
    open_todo,
)
from yimaqing.domains.work.events import todo_closed
from yimaqing.domains.work.factories import make_todo
from yimaqing.domains.work.kinds import TodoKind, title_of
from yimaqing.domains.work.models import State, Todo
from yimaqing.domains.work.queries import of_household
from yimaqing.kit.rowscope import Scope, scoped

HERE = "141124104201"
ELSEWHERE = "141102001001"


@pytest.fixture
def worker(database):
    return make_user("village_worker", HERE)


@pytest.fixture
def inside(worker):
    with scoped(scope_of(worker)):
        yield worker


def _open(subject=7, **more):
    return open_todo(
        kind="monitoring.check",
        subject=("warning", subject),
        place_code=more.pop("place_code", HERE),
        by=None,
        actor="system:test",
        **more,
    )


def _acts():
    found = Entry.objects.filter(action__startswith="work.").order_by("id")
    return list(found.values_list("action", flat=True))


def test_what_is_open_is_not_opened_again(inside):
    first, again = _open(), _open(detail={"other": 1})
    assert first == again
    assert again.detail == {}
    assert Todo.objects.count() == 1
    assert _acts() == ["work.todo_opened"]


def test_an_earlier_date_moves_it_forward_and_a_later_one_does_not(inside):
    early, late = dt.date(2026, 12, 1), dt.date(2026, 12, 24)
    _open(due_on=late)
    assert _open(due_on=early).due_on == early
    assert _open(due_on=late).due_on == early
    assert _open().due_on == early


def test_two_openers_at_once_open_one(database):
    def opens():
        try:
            with scoped(Scope.everything()):
                _open()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=opens) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Todo.objects.using("owner").count() == 1


def test_it_can_be_opened_again_after_it_was_ended(inside):
    close_todo(todo=_open(), reason="已上门核实", by=inside)
    assert _open().state == State.OPEN
    assert Todo.objects.count() == 2


def test_what_is_open_in_a_place_out_of_sight_is_said_so(worker):
    with scoped(Scope.everything()):
        _open(place_code=ELSEWHERE)
    with scoped(scope_of(worker)), pytest.raises(OpenElsewhere):
        _open()


def test_closing_keeps_who_when_and_why(inside):
    done = close_todo(todo=_open(), reason=" 已上门核实 ", by=inside)
    assert (done.state, done.reason, done.closed_by) == ("done", "已上门核实", inside.pk)
    assert done.closed_at is not None
    assert _acts() == ["work.todo_opened", "work.todo_done"]


def test_the_first_ending_stands(inside):
    todo = _open()
    drop_todo(todo=todo, reason="预警已解除", by=None, actor="system:monitoring")
    again = close_todo(todo=todo, reason="后来", by=inside)
    assert (again.state, again.reason) == ("dropped", "预警已解除")
    assert _acts() == ["work.todo_opened", "work.todo_dropped"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_ended_without_a_reason(inside, reason):
    with pytest.raises(ReasonMissing):
        close_todo(todo=_open(), reason=reason, by=inside)
    assert Todo.objects.get().state == State.OPEN


def test_closing_asks_for_the_right_at_that_place(worker):
    reader = make_user("leader", HERE)
    with scoped(scope_of(reader)):
        todo = _open()
        with pytest.raises(PermissionDenied):
            close_todo(todo=todo, reason="x", by=reader)


def test_who_listens_is_told_once(inside):
    heard = []

    def listen(todo, **_signal):
        heard.append((todo.pk, todo.state))

    todo_closed.connect(listen)
    try:
        todo = _open()
        close_todo(todo=todo, reason="已核实", by=inside)
        close_todo(todo=todo, reason="已核实", by=inside)
    finally:
        todo_closed.disconnect(listen)
    assert heard == [(todo.pk, "done")]


def test_a_household_lists_its_own(database):
    mine, other = make_household(place_code=HERE), make_household(place_code=HERE)
    todo = make_todo(household_id=mine.pk)
    make_todo(household_id=other.pk)
    with scoped(Scope.everything()):
        assert of_household(HERE, mine.pk) == [todo]


def test_titles_fall_back_rather_than_fail():
    kind = TodoKind("a.b", "短", "户 %(number)s 缺 %(n)s 人")
    assert title_of(Todo(kind="a.b", detail={"number": 1, "n": 2}), {"a.b": kind}) == "户 1 缺 2 人"
    assert title_of(Todo(kind="a.b", detail={}), {"a.b": kind}) == "户 %(number)s 缺 %(n)s 人"
    assert title_of(Todo(kind="x.y", detail={}), {}) == "x.y"


def test_the_page_lists_closes_and_comes_back(client, database):
    mine = make_household(place_code=HERE)
    user = make_user("village_worker", HERE)
    todo = make_todo(household_id=mine.pk, household_number="860001", declared=3, members=4)
    make_todo(place_code=ELSEWHERE, household_number="869999", declared=1, members=2)
    client.force_login(user)
    page = client.get("/todos/").content.decode()
    assert "登记 3 人，成员名单 4 人" in page
    assert "登记 1 人" not in page
    assert "869999" not in page
    opened = client.get(f"/todos/?open={todo.pk}").content.decode()
    assert f"/households/{mine.pk}/?from=todo" in opened
    answer = client.post(
        f"/todos/{todo.pk}/close/", {"reason": "已更正", "next": "/todos/?due=undated"}
    )
    assert answer.url == "/todos/?due=undated"
    todo.refresh_from_db(using="owner")
    assert (todo.state, todo.closed_by) == ("done", user.pk)
    assert "没有待办" in client.get("/todos/").content.decode()


def test_the_page_refuses_what_lies_outside(client, database):
    far = make_todo(place_code=ELSEWHERE)
    client.force_login(make_user("village_worker", HERE))
    assert client.post(f"/todos/{far.pk}/close/", {"reason": "x"}).status_code == 404
    client.force_login(make_user("auditor", "141100000000"))
    assert client.get("/todos/").status_code == 403
    assert client.post(f"/todos/{far.pk}/close/", {"reason": "x"}).status_code == 403


def test_coming_back_never_leaves_the_site(client, database):
    todo = make_todo()
    client.force_login(make_user("village_worker", HERE))
    answer = client.post(
        f"/todos/{todo.pk}/close/", {"reason": "x", "next": "https://evil.example/"}
    )
    assert answer.url == "/todos/"


def test_the_household_file_shows_its_open_todos_to_who_acts_there(client, database):
    mine = make_household(place_code=HERE)
    make_todo(household_id=mine.pk, household_number="860001", declared=3, members=4)
    client.force_login(make_user("village_worker", HERE))
    assert "成员名单 4 人" in client.get(f"/households/{mine.pk}/").content.decode()
    client.force_login(make_user("leader", HERE))
    assert "成员名单 4 人" not in client.get(f"/households/{mine.pk}/").content.decode()


def test_a_household_that_moves_takes_its_todos_along(database):
    mine = make_household(place_code=HERE)
    todo = make_todo(household_id=mine.pk)
    type(mine).objects.using("owner").filter(pk=mine.pk).update(place_code=ELSEWHERE)
    todo.refresh_from_db(using="owner")
    assert todo.place_code == ELSEWHERE
