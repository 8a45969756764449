"""A to-do is taken, handed over, returned, put back, done, and done again.

Cast: 李明 and 王芳 work in the village, 赵刚 is the township's officer, 周县长 the county's.
"""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import Assignment
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.work.actions import (
    HeldByAnother,
    NotNow,
    ReasonMissing,
    close_todo,
    close_todos,
    hand_over,
    hand_over_todos,
    put_back,
    reopen_todo,
    return_todo,
    take,
    take_todos,
)
from yimaqing.domains.work.deadlines import deadlines
from yimaqing.domains.work.factories import make_todo
from yimaqing.domains.work.models import Step, Todo
from yimaqing.kit.rowscope import scoped

COUNTY, TOWNSHIP, HERE, FAR = "141124000000", "141124104000", "141124104201", "141102001001"


@pytest.fixture
def liming(database):
    return make_user("village_worker", HERE, display_name="李明")


@pytest.fixture
def wangfang(database):
    return make_user("village_worker", HERE, display_name="王芳")


@pytest.fixture
def zhaogang(database):
    return make_user("township_officer", TOWNSHIP, display_name="赵刚")


@pytest.fixture
def zhou(database):
    return make_user("county_officer", COUNTY, display_name="周县长")


def _in(user, act, **values):
    with scoped(scope_of(user)):
        return act(by=user, **values)


def _story(todo):
    found = Step.objects.using("owner").filter(todo=todo).order_by("pk")
    return [(step.what, step.by_id, step.to_id, step.words) for step in found]


def test_of_two_at_once_exactly_one_takes_it(liming, wangfang):
    todo = make_todo()
    start, got, refused = threading.Barrier(6), [], []

    def takes(user):
        try:
            start.wait()
            with scoped(scope_of(user)):
                got.append(take(todo=todo, by=user).holder_id)
        except NotNow as error:
            refused.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=takes, args=[u]) for u in [liming, wangfang] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = set(got)
    assert len(got) == len(refused) == 3  # who has it already may press again
    assert _story(todo) == [("taken", winner, None, "")]
    name = "李明" if winner == liming.pk else "王芳"
    assert set(refused) == {f"{name} 已领取。要接手，请与其联系转交。"}
    assert Entry.objects.using("owner").filter(action="work.todo_taken").count() == 1


def test_each_step_stands_in_its_history_and_in_the_trail(liming, zhaogang):
    todo = make_todo()
    _in(zhaogang, take, todo=todo)
    _in(zhaogang, hand_over, todo=todo, to=liming, words=" 请入户 ")
    _in(liming, return_todo, todo=todo, reason="户主外出")
    _in(zhaogang, put_back, todo=todo)
    _in(liming, close_todo, todo=todo, reason="电话核实")
    assert _story(todo) == [
        ("taken", zhaogang.pk, None, ""),
        ("handed", zhaogang.pk, liming.pk, "请入户"),
        ("returned", liming.pk, zhaogang.pk, "户主外出"),
        ("put_back", zhaogang.pk, None, ""),
        ("done", liming.pk, None, "电话核实"),
    ]
    found = Entry.objects.using("owner").filter(subject_kind="todo", subject_id=str(todo.pk))
    assert list(found.order_by("id").values_list("action", flat=True)) == [
        "work.todo_opened",
        *(f"work.todo_{what}" for what, *_rest in _story(todo)),
    ]


def test_a_to_do_is_handed_to_somebody_who_may_act_there(liming, zhaogang):
    todo = make_todo()
    for nobody in (make_user("village_worker", FAR), make_user("leader", HERE), make_user()):
        with pytest.raises(NotNow, match="没有办理待办的权限"):
            _in(zhaogang, hand_over, todo=todo, to=nobody)
    home = make_household(place_code=HERE)
    helper = make_user("helper", household_ids=[home.pk])
    about_home = make_todo(household_id=home.pk)
    assert _in(zhaogang, hand_over, todo=about_home, to=helper).holder_id == helper.pk
    with pytest.raises(NotNow, match="没有办理待办的权限"):
        _in(zhaogang, hand_over, todo=todo, to=helper)


def test_a_colleague_as_high_does_not_take_it_out_of_ones_hands(liming, wangfang, zhaogang):
    todo = make_todo()
    _in(liming, take, todo=todo)
    for act, more in (
        (hand_over, {"to": zhaogang}),
        (put_back, {}),
        (close_todo, {"reason": "已办"}),
    ):
        with pytest.raises(HeldByAnother, match="李明 正在办理"):
            _in(wangfang, act, todo=todo, **more)
    assert _in(zhaogang, hand_over, todo=todo, to=wangfang).holder_id == wangfang.pk


@pytest.mark.parametrize("words", ["", "  "])
def test_returning_says_why(liming, zhaogang, words):
    todo = make_todo()
    _in(zhaogang, hand_over, todo=todo, to=liming)
    with pytest.raises(ReasonMissing):
        _in(liming, return_todo, todo=todo, reason=words)
    assert _story(todo)[-1][0] == "handed"


def test_what_one_took_oneself_is_put_back_not_returned(liming):
    todo = make_todo()
    _in(liming, take, todo=todo)
    with pytest.raises(NotNow, match="放回"):
        _in(liming, return_todo, todo=todo, reason="不归我")
    assert _in(liming, put_back, todo=todo).holder_id is None
    with pytest.raises(NotNow, match="没有人领取"):
        _in(liming, put_back, todo=todo)


def test_a_return_to_somebody_whose_post_ended_is_for_all(liming, wangfang):
    todo = make_todo()
    _in(wangfang, hand_over, todo=todo, to=liming)
    Assignment.objects.filter(user=wangfang).update(ends_on=timezone.localdate())
    assert _in(liming, return_todo, todo=todo, reason="不归我").holder_id is None


def test_back_and_forth_has_an_end_above(liming, wangfang, zhaogang, zhou):
    todo = make_todo()
    _in(liming, take, todo=todo)
    _in(liming, hand_over, todo=todo, to=wangfang)
    for _time in range(deadlines().most_backs):
        holder = Todo.objects.using("owner").get(pk=todo.pk).holder_id
        giver, other = (liming, wangfang) if holder == liming.pk else (wangfang, liming)
        assert _in(giver, hand_over, todo=todo, to=other).holder_id == other.pk
    found = _in(other, return_todo, todo=todo, reason="还是不归我")
    assert (found.holder_id, found.raised_level, found.backs) == (None, 4, 0)
    assert _story(todo)[-1][0] == "raised"
    for worker in (liming, wangfang):
        with pytest.raises(PermissionDenied):
            _in(worker, take, todo=todo)
    assert _in(zhaogang, take, todo=todo).holder_id == zhaogang.pk
    down = _in(zhaogang, hand_over, todo=todo, to=liming, words="由你办，不再退")
    assert (down.holder_id, down.raised_level, down.backs) == (liming.pk, None, 0)


def test_between_township_and_village_it_goes_up_to_the_county(liming, zhaogang, zhou):
    todo = make_todo()
    _in(zhaogang, hand_over, todo=todo, to=liming)
    _in(liming, return_todo, todo=todo, reason="不归村里")
    _in(zhaogang, hand_over, todo=todo, to=liming, words="归村里")
    assert _in(liming, return_todo, todo=todo, reason="不归村里").holder_id == zhaogang.pk
    found = _in(zhaogang, hand_over, todo=todo, to=liming, words="归村里")
    assert found.raised_level == 3
    with pytest.raises(PermissionDenied, match="上一级"):
        _in(zhaogang, take, todo=todo)
    assert _in(zhou, take, todo=todo).holder_id == zhou.pk


def test_done_again_from_above_goes_to_who_did_it(liming, wangfang, zhaogang):
    todo = make_todo()
    _in(liming, close_todo, todo=todo, reason="已核实")
    for nobody in (liming, wangfang):
        with pytest.raises(PermissionDenied):
            _in(nobody, reopen_todo, todo=todo, reason="没有核实")
    with pytest.raises(ReasonMissing):
        _in(zhaogang, reopen_todo, todo=todo, reason=" ")
    again = _in(zhaogang, reopen_todo, todo=todo, reason="只打了电话，请入户")
    assert (again.state, again.holder_id, again.held_as) == ("open", liming.pk, "returned")
    assert (again.closed_at, again.closed_by, again.reason) == (None, None, "")
    assert again.due_on > timezone.localdate()
    with pytest.raises(NotNow, match="只有由人办结"):
        _in(zhaogang, reopen_todo, todo=todo, reason="再来")


def test_reopening_has_its_days_and_gives_way_to_a_new_one(liming, zhaogang):
    old, again = make_todo(), make_todo()
    for todo in (old, again):
        _in(liming, close_todo, todo=todo, reason="已核实")
    late = timezone.now() - dt.timedelta(days=deadlines().reopen_within_days, minutes=1)
    Todo.objects.using("owner").filter(pk=old.pk).update(closed_at=late)
    with pytest.raises(NotNow, match="超过 30 天"):
        _in(zhaogang, reopen_todo, todo=old, reason="没有核实")
    values = {"kind": again.kind, "subject_kind": again.subject_kind, "place_code": HERE}
    Todo.objects.using("owner").create(subject_id=again.subject_id, **values)
    with pytest.raises(NotNow, match="已有新的待办"):
        _in(zhaogang, reopen_todo, todo=again, reason="没有核实")


def test_several_at_once_are_all_or_none(liming, wangfang, zhaogang):
    first, second, third = (make_todo() for _ in range(3))
    _in(wangfang, take, todo=second)
    with pytest.raises(HeldByAnother):
        _in(liming, close_todos, ids=[first.pk, second.pk], reason="已办")
    with pytest.raises(HeldByAnother):
        _in(liming, hand_over_todos, ids=[first.pk, second.pk], to=zhaogang)
    assert _story(first) == []
    got = _in(liming, take_todos, ids=[first.pk, second.pk, third.pk])
    assert {todo.pk for todo in got} == {first.pk, third.pk}
    done = _in(liming, close_todos, ids=[first.pk, third.pk], reason="入户核实")
    assert {todo.state for todo in done} == {"done"}
    assert {_story(todo)[-1] for todo in (first, third)} == {("done", liming.pk, None, "入户核实")}


def test_what_lies_out_of_sight_is_refused(liming):
    far = make_todo(place_code=FAR)
    for act, more in ((take, {}), (put_back, {}), (close_todo, {"reason": "x"})):
        with pytest.raises(PermissionDenied):
            _in(liming, act, todo=far, **more)


def test_the_steps_go_where_the_household_goes(liming):
    home = make_household(place_code=HERE)
    todo = make_todo(household_id=home.pk)
    _in(liming, take, todo=todo)
    type(home).objects.using("owner").filter(pk=home.pk).update(place_code=FAR)
    assert Step.objects.using("owner").get(todo=todo).place_code == FAR
