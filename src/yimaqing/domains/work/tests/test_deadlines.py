"""By when: working days with their holidays, rules by place and time, and dates given in sets."""

import datetime as dt

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.work import deadlines as rules
from yimaqing.domains.work import workdays
from yimaqing.domains.work.actions import date_todos, open_todo
from yimaqing.domains.work.deadlines import BadDeadlines, deadlines, read
from yimaqing.domains.work.factories import make_todo
from yimaqing.domains.work.models import Todo
from yimaqing.domains.work.wording import due_words, rule_words
from yimaqing.kit.rowscope import Scope, scoped

HERE, COUNTY, FAR = "141124104201", "141124000000", "141102001001"
LIMITS = "[limits]\nmost_backs=1\nreopen_within_days=1\nsoon_working_days=2\n"
RULE = (
    '[[rule]]\nkind="{kind}"\ndays={days}\nunit="{unit}"\nregion="{region}"\nfrom={begins}\n'
    'basis="某办法"\nbasis_en="some rule"\n'
)


def _rule(kind="*", days=5, unit="working", region="", begins="2020-01-01", more=""):
    return RULE.format(kind=kind, days=days, unit=unit, region=region, begins=begins) + more


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        # 2025's National Day: 1 to 8 October off, 28 September (a Sunday) and 11 October worked.
        (dt.date(2025, 9, 26), 1, dt.date(2025, 9, 28)),
        (dt.date(2025, 9, 30), 1, dt.date(2025, 10, 9)),
        (dt.date(2025, 9, 30), 3, dt.date(2025, 10, 11)),
        # A year that nobody announced: weekends alone.
        (dt.date(2099, 1, 1), 1, dt.date(2099, 1, 2)),
        (dt.date(2099, 1, 2), 1, dt.date(2099, 1, 5)),
    ],
)
def test_working_days_leave_out_holidays_and_count_worked_weekends(start, days, last):
    assert workdays.after_working_days(start, days) == last


def test_a_last_day_that_is_off_moves_to_the_next_working_day():
    assert workdays.after_days(dt.date(2025, 9, 16), 15) == dt.date(2025, 10, 9)
    assert workdays.after_days(dt.date(2025, 9, 1), 15) == dt.date(2025, 9, 16)


@given(start=st.dates(dt.date(2004, 1, 1), dt.date(2030, 1, 1)), days=st.integers(1, 40))
def test_a_working_day_ends_it_and_so_many_lie_between(start, days):
    last = workdays.after_working_days(start, days)
    between = [start + dt.timedelta(n) for n in range(1, (last - start).days + 1)]
    assert workdays.works(last)
    assert sum(workdays.works(day) for day in between) == days


def test_the_shipped_rules_are_read_and_every_kind_gets_a_date():
    for kind in ("registry.no_members", "registry.members_differ", "anything.else"):
        due = deadlines().due(kind, HERE, dt.date(2025, 3, 3))
        assert due.on > dt.date(2025, 3, 3)
        assert not due.provisional


def test_a_county_over_its_province_then_the_kind_then_the_later():
    text = LIMITS + _rule(days=1) + _rule("a.b", 2) + _rule(days=3, region="141124")
    text += _rule(days=4, region="141124", begins="2025-01-01")
    found = read(text)
    day = dt.date(2024, 6, 3)
    assert found.rule("a.b", FAR, day).days == 2
    assert found.rule("x.y", FAR, day).days == 1
    assert found.rule("a.b", HERE, day).days == 3
    assert found.rule("a.b", HERE, dt.date(2025, 6, 3)).days == 4
    assert found.rule("a.b", HERE, dt.date(2019, 6, 3)) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LIMITS + _rule(unit="weeks"), "rule 1: unit"),
        (LIMITS + _rule(days=0), "rule 1: days"),
        (LIMITS + _rule(region="吕梁"), "rule 1: region"),
        (LIMITS + _rule(begins='"2020"'), "rule 1: from"),
        (LIMITS + _rule(more="until=2019-01-01\n"), "rule 1: until"),
        (LIMITS + _rule(more='note="x"\n'), "rule 1: unknown note"),
        (LIMITS + _rule() + _rule(days=9), "rule 2: .*twice"),
        (LIMITS + _rule().replace("某办法", " "), "rule 1: basis"),
        (_rule(), "limits: most_backs"),
        ("[[rule", "end of an array"),
    ],
)
def test_a_wrong_file_says_where(text, says):
    with pytest.raises(BadDeadlines, match=says):
        read(text)


def test_what_is_opened_without_a_date_has_the_rules(database):
    with scoped(Scope.everything()):
        todo = open_todo(
            kind="registry.no_members",
            subject=("household", 1),
            place_code=HERE,
            by=None,
            actor="system:test",
        )
    due = deadlines().due("registry.no_members", HERE)
    assert (todo.due_on, todo.due_provisional) == (due.on, due.provisional)
    assert "10 个工作日" in rule_words(todo)


def test_what_an_import_opened_is_dated_as_sets_by_the_day_in_china(database):
    late = dt.datetime(2025, 3, 3, 17, tzinfo=dt.UTC)  # the 4th, past midnight in Lüliang
    early = dt.datetime(2025, 3, 3, 1, tzinfo=dt.UTC)
    first = make_todo(kind="registry.no_members", opened_at=early)
    second = make_todo(kind="registry.no_members", opened_at=late, place_code=FAR)
    kept = make_todo(due_on=dt.date(2025, 3, 5), opened_at=early)
    assert date_todos() == 2
    found = dict(Todo.objects.using("owner").values_list("pk", "due_on"))
    assert found == {
        first.pk: dt.date(2025, 3, 17),
        second.pk: dt.date(2025, 3, 18),
        kept.pk: dt.date(2025, 3, 5),
    }
    (entry,) = Entry.objects.using("owner").filter(action="work.todos_dated")
    assert entry.after == {"dated": 2}
    assert date_todos() == 0


def test_before_the_holidays_are_known_it_says_so_and_counts_again_after(database, monkeypatch):
    todo = make_todo(
        kind="registry.no_members", opened_at=dt.datetime(2025, 9, 28, 4, tzinfo=dt.UTC)
    )
    known = workdays.announced
    for module in (workdays, rules):
        monkeypatch.setattr(module, "announced", lambda year: year < 2025)
    assert date_todos() == 1
    todo.refresh_from_db(using="owner")
    assert (todo.due_on, todo.due_provisional) == (dt.date(2025, 10, 10), True)
    assert date_todos() == 0
    for module in (workdays, rules):
        monkeypatch.setattr(module, "announced", known)
    assert date_todos() == 1
    todo.refresh_from_db(using="owner")
    assert (todo.due_on, todo.due_provisional) == (dt.date(2025, 10, 17), False)


def test_what_somebody_is_working_on_is_not_waited_for(database):
    todo, other = make_todo(), make_todo()
    with scoped(Scope.everything()):
        Todo.objects.select_for_update().get(pk=todo.pk)
        assert date_todos() == 1
    other.refresh_from_db(using="owner")
    assert other.due_on is not None
    assert date_todos() == 1


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (dt.date(2026, 11, 20), ("逾期 4 天", True)),
        (dt.date(2026, 11, 24), ("今天到期", True)),
        (dt.date(2026, 11, 26), ("快到期，还有 2 天", True)),
        (dt.date(2026, 11, 27), ("还有 3 天", False)),
        (None, ("未定期限", False)),
    ],
)
def test_due_in_words(due, words):
    assert due_words(Todo(due_on=due), dt.date(2026, 11, 24)) == words


def test_the_desk_says_that_the_holidays_are_not_announced(client, database):
    Place.objects.using("owner").create(code=HERE, name="白文村", level=5, kind="village")
    home = make_household(place_code=HERE)
    todo = make_todo(household_id=home.pk, due_on=timezone.localdate())
    client.force_login(make_user("village_worker", HERE))
    assert "节假日安排未公布" not in client.get(f"/todos/?open={todo.pk}").content.decode()
    Todo.objects.using("owner").update(due_provisional=True)
    assert "节假日安排未公布" in client.get(f"/todos/?open={todo.pk}").content.decode()
