"""The desk's counts and pages: each queue, date, kind and place, for whoever may act there.

Cast: 李明 works in the village, 王芳 in the next one, 赵刚 is the township's officer.
"""

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import AssignedHousehold, Assignment
from yimaqing.domains.accounts.queries import may, scope_of
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.work.actions import ACT, close_todo, hand_over, return_todo, take
from yimaqing.domains.work.factories import make_todo
from yimaqing.domains.work.models import Todo
from yimaqing.domains.work.queries import Asked, Reach, desk_counts, page_of
from yimaqing.kit.ids import subtree_bounds
from yimaqing.kit.rowscope import Scope, scoped

TOWNSHIP, HERE, NEXT, FAR = "141124104000", "141124104201", "141124104202", "141102001001"
TUESDAY = dt.date(2026, 11, 24)


@pytest.fixture
def liming(database):
    return make_user("village_worker", HERE, display_name="李明")


@pytest.fixture
def wangfang(database):
    return make_user("village_worker", NEXT, display_name="王芳")


@pytest.fixture
def zhaogang(database):
    return make_user("township_officer", TOWNSHIP, display_name="赵刚")


def _shown(user, **asked):
    """What the user sees of a queue, and what its count says."""
    with scoped(scope_of(user)):
        reach, wanted = Reach.of(user), Asked(**asked)
        counts = desk_counts(reach, wanted, 12)
        page = page_of(reach, wanted, 100)
        if not wanted.due:
            assert counts.of_queue(wanted.queue) == len(page)
        return page


def _in(user, act, **values):
    with scoped(scope_of(user)):
        return act(by=user, **values)


def test_a_to_do_goes_through_everybodys_queues(liming, zhaogang):
    todo = make_todo()
    assert _shown(liming) == _shown(liming, queue="free") == [todo]
    _in(zhaogang, take, todo=todo)
    assert _shown(zhaogang, queue="taken") == [todo]
    assert _shown(liming) == _shown(liming, queue="free") == []
    assert _shown(liming, queue="all") == [todo]
    _in(zhaogang, hand_over, todo=todo, to=liming, words="请入户看看")
    assert _shown(liming, queue="handed") == _shown(liming) == [todo]
    assert _shown(zhaogang, queue="out") == [todo]
    assert _shown(zhaogang) == []
    _in(liming, return_todo, todo=todo, reason="这户已搬走")
    assert _shown(zhaogang, queue="returned") == [todo]
    _in(zhaogang, close_todo, todo=todo, reason="已核实")
    assert _shown(zhaogang, queue="done") == _shown(liming, queue="done") == [todo]
    assert _shown(zhaogang, queue="all") == []


def test_what_somebody_took_is_free_again_on_the_day_his_post_ends(liming, zhaogang):
    todo = make_todo()
    _in(liming, take, todo=todo)
    assert _shown(zhaogang, queue="free") == []
    Assignment.objects.filter(user=liming).update(ends_on=timezone.localdate())
    assert _shown(zhaogang, queue="free") == [todo]
    assert _in(zhaogang, take, todo=todo).holder_id == zhaogang.pk


def test_somebody_switched_off_has_nothing_in_hand(liming, zhaogang):
    todo = make_todo()
    _in(liming, take, todo=todo)
    liming.is_active = False
    liming.save()
    assert _shown(zhaogang, queue="free") == [todo]


def test_nobody_sees_the_next_villages(liming, wangfang):
    here, there = make_todo(), make_todo(place_code=NEXT)
    assert (_shown(liming), _shown(wangfang)) == ([here], [there])


def test_a_helper_sees_the_households_named_to_him(database):
    mine, other = make_household(place_code=HERE), make_household(place_code=HERE)
    todo = make_todo(household_id=mine.pk)
    make_todo(household_id=other.pk)
    helper = make_user("helper", household_ids=[mine.pk])
    assert _shown(helper) == [todo]
    _in(helper, take, todo=todo)
    assert _shown(helper, queue="taken") == [todo]
    AssignedHousehold.objects.all().delete()
    officer = make_user("township_officer", TOWNSHIP)
    assert todo in _shown(officer, queue="free")


def test_counts_by_date_kind_and_place_add_up(zhaogang, monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_: TUESDAY)
    for day in (23, 24, 25, 29, 30):
        make_todo(due_on=dt.date(2026, 11, day))
    make_todo(kind="registry.head_missing", place_code=NEXT)
    with scoped(scope_of(zhaogang)):
        reach = Reach.of(zhaogang)
        counts = desk_counts(reach, Asked(), 12)
        dates = {due: counts.of_date(due) for due in ("overdue", "today", "this_week", "later")}
        assert dates == {"overdue": 1, "today": 1, "this_week": 2, "later": 1}
        assert (counts.of_date("undated"), counts.of_date("")) == (1, 6)
        assert (counts.of_queue("overdue"), counts.of_queue("week")) == (1, 3)
        assert counts.by_kind() == [("registry.members_differ", 5), ("registry.head_missing", 1)]
        assert counts.by_place() == {HERE: 5, NEXT: 1}
        assert counts.overdue_by_place() == {HERE: 1}
        week = page_of(reach, Asked(queue="week"), 9)
        assert [todo.due_on.day for todo in week] == [24, 25, 29]
        within = Asked(within=subtree_bounds(NEXT, 5))
        assert desk_counts(reach, within, 0).of_queue("waiting") == 1
        assert len(page_of(reach, within, 9)) == 1


def test_pages_join_without_gap_or_repeat(zhaogang):
    today = timezone.localdate()
    for days in (3, None, -1, 3, None, 0):
        make_todo(due_on=None if days is None else today + dt.timedelta(days=days))
    with scoped(scope_of(zhaogang)):
        reach = Reach.of(zhaogang)
        whole = page_of(reach, Asked(), 9)
        assert [t.due_on or dt.date.max for t in whole] == sorted(
            t.due_on or dt.date.max for t in whole
        )
        pages, after = [], None
        while page := page_of(reach, Asked(after=after), 2):
            pages += page
            after = (page[-1].sorts_at, page[-1].pk)
    assert pages == whole


def test_pages_of_what_is_done_join_too(zhaogang):
    done = [_in(zhaogang, close_todo, todo=make_todo(), reason=f"第{n}件") for n in range(3)]
    with scoped(scope_of(zhaogang)):
        reach, after, pages = Reach.of(zhaogang), None, []
        while page := page_of(reach, Asked(queue="done", after=after), 1):
            pages += page
            after = (page[-1].sorts_at, page[-1].pk)
    assert pages == done[::-1]


PLACES = [HERE, NEXT, FAR, TOWNSHIP, "141124000000", "141100000000", HERE + "003"]
POSTS = st.tuples(
    st.sampled_from(["village_worker", "township_officer", "leader", "helper", "interviewer"]),
    st.sampled_from([*PLACES, ""]),
    st.integers(-2, 1),  # begins
    st.one_of(st.none(), st.integers(-1, 2)),  # ends
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(posts=st.lists(POSTS, max_size=4), active=st.booleans(), where=st.sampled_from(PLACES))
def test_who_has_it_in_hand_is_who_may_act(database, posts, active, where):
    """The query that tells whose post reaches a to-do says what ``may`` says."""
    today = timezone.localdate()
    home = make_household(place_code=where)
    user = make_user()
    for role, place, begins, ends in posts:
        make_assignment(
            user,
            role,
            place,
            household_ids=[home.pk] if role in {"helper", "interviewer"} and not place else [],
            starts_on=today + dt.timedelta(days=begins),
            ends_on=None if ends is None else today + dt.timedelta(days=ends),
        )
    user.is_active = active
    user.save()
    todo = make_todo(place_code=where, household_id=home.pk)
    Todo.objects.using("owner").filter(pk=todo.pk).update(holder_id=user.pk, held_as="taken")
    viewer = make_user("county_officer", "141100000000")
    with scoped(Scope.everything()):
        low, high = subtree_bounds(where, 6)
        page = page_of(Reach(viewer.pk, ((low, high),)), Asked(queue="all"), 100)
        hands = next(one.hands for one in page if one.pk == todo.pk)
        assert (hands == "others") == may(user, ACT, where, home.pk)
