"""Each warning says what would end it, who strikes it off and who is named for the household;
the open list asks for news; a process killed between storing and judging leaves neither.

Cast: 李明 of 白文村, 王秀英's household, its helper 陈芳.
"""

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring.actions import evaluate_household
from yimaqing.domains.monitoring.endings import closer_of, ending_of
from yimaqing.domains.monitoring.events import warnings_raised
from yimaqing.domains.monitoring.models import IncomeLine, Warning
from yimaqing.domains.monitoring.rules import shipped
from yimaqing.domains.monitoring.views import lines_for
from yimaqing.domains.registry.actions import record_reading
from yimaqing.domains.registry.factories import add_reading, make_household
from yimaqing.domains.registry.models import Pairing, Reading
from yimaqing.kit.rowscope import Scope, scoped

BAIWEN, YAOTOU = "141124104201", "141124104202"
RULES = shipped(dt.date(2020, 8, 19))


@pytest.fixture
def wang(database):
    home = make_household(readings={"housing": "D"}, observed_at=before(days=2))
    Pairing.objects.using("owner").create(
        place_code=BAIWEN, household_id=home.pk, helper_name="陈芳", starts_on=dt.date(2020, 1, 1)
    )
    Pairing.objects.using("owner").create(
        place_code=BAIWEN,
        household_id=home.pk,
        helper_name="从前的帮扶人",
        starts_on=dt.date(2015, 1, 1),
        ends_on=dt.date(2019, 12, 31),
    )
    judge(home)
    return home


def before(**span):
    return timezone.now() - dt.timedelta(**span)


def judge(home):
    with scoped(Scope.everything()):
        return evaluate_household(household_id=home.pk, place_code=home.place_code)


def worker(place=BAIWEN):
    made = Client()
    made.force_login(make_user("village_worker", place))
    return made


# ── explained ──


@pytest.mark.parametrize("address", ["/warnings/", "/households/{}/?from=warning"])
def test_a_warning_says_how_it_ends_who_closes_it_and_who_helps(wang, address):
    page = worker().get(address.format(wang.pk)).content.decode()
    assert "怎样解除：到户核实，问题解决后记一条达标的住房安全读数，由县级现场核查销号" in page
    assert "帮扶责任人 陈芳" in page
    assert "从前的帮扶人" not in page


def test_what_it_says_does_end_it(wang):
    store(wang, "rebuilt")
    page = worker().get(f"/households/{wang.pk}/?from=warning").content.decode()
    assert "已解除的预警" in page
    assert "怎样解除" not in page


def test_of_water_each_part_that_failed_has_to_pass_again(database):
    home = make_household(readings={"water": "fail", "water.quantity": 9.0})
    Reading.objects.using("owner").update(observed_at=before(days=2))
    judge(home)
    page = worker().get(f"/households/{home.pk}/?from=warning").content.decode()
    assert "怎样解除：到户核实，问题解决后，未达标的各项都记一条达标的读数" in page
    add_reading(home, "water", "pass")
    assert "water_unsafe" in {one.rule_code for one in judge(home)}
    add_reading(home, "water.quantity", 60.0)
    assert "water_unsafe" not in {one.rule_code for one in judge(home)}


def test_an_income_of_this_year_is_held_to_the_line_of_this_year(database):
    year = timezone.localdate().year
    for of, yuan in ((year - 1, 8000), (year, 8600)):
        IncomeLine.objects.using("owner").create(
            kind="monitoring", year=of, value_yuan=yuan, source="省里的文件", status="cited"
        )
    last_year = timezone.make_aware(dt.datetime(year - 1, 12, 1))
    home = make_household(readings={"income": 7900}, observed_at=last_year)
    held = next(one for one in judge(home) if one.rule_code == "income_below_line")
    assert held.limit_yuan == 8000
    page = worker().get(f"/households/{home.pk}/?from=warning").content.decode()
    assert "记一条不低于 8,600.00 元的收入读数" in page


def test_the_rules_behind_many_warnings_are_read_once(wang):
    def asked():
        every = list(Warning.objects.filter(household_id=wang.pk))
        with CaptureQueriesContext(connection) as held:
            lines_for(every, viewer=reader, with_grounds=True)
        return len(every), len(held)

    reader = make_user("village_worker", BAIWEN)
    with scoped(Scope.everything(reader.pk)):
        few, queries = asked()
        for number in range(20):
            Warning.objects.create(
                place_code=BAIWEN,
                household_id=wang.pk,
                rule_code=f"housing_unsafe_{number}",
                scheme="danfeng-2020",
                colour="red",
                colour_rank=1,
                ruleset_version="national-2021@2021.1",
                since=timezone.localdate(),
                act_by=timezone.localdate(),
            )
        assert asked() == (few + 20, queries)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.code)
def test_every_shipped_rule_has_an_ending_of_its_own(rule):
    held = Warning(
        rule_code=rule.code,
        scheme=RULES.scheme.code,
        colour=RULES.scheme.colour_of(rule.code) or "",
        limit_yuan=4000.0 if rule.indicator == "income" else None,
    )
    said = ending_of(held, RULES, english=False)
    assert said
    assert "自动解除" not in said  # the words for rules that nobody has written any for
    assert closer_of(held, RULES)
    held.closed_at = timezone.now()
    assert (ending_of(held, RULES, english=False), closer_of(held, RULES)) == ("", "")


def test_the_income_that_ends_a_sharp_fall_is_the_one_that_the_rule_asks_for():
    held = Warning(rule_code="income_cut", limit_yuan=10_000.0)
    assert "高于 7,000.00 元" in ending_of(held, RULES, english=False)


# ── live ──


def store(home, grade, li=None):
    by = li or make_user("village_worker", BAIWEN)
    with scoped(Scope.everything(by.pk)):
        record_reading(
            household=home,
            indicator="housing",
            value=grade,
            observed_at=timezone.now(),
            source="入户查看",
            by=by,
        )


def news(client, **asked):
    return client.get("/warnings/news/", asked)


def seen_on(page) -> str:
    return str(page.context["news"].partition("seen=")[2])


def test_there_is_news_only_when_something_changed_in_ones_own_places(wang):
    li, next_door = worker(), worker(YAOTOU)
    opened, elsewhere = (one.get("/warnings/") for one in (li, next_door))
    assert news(li, seen=seen_on(opened)).status_code == 204
    store(wang, "rebuilt")
    told = news(li, seen=seen_on(opened))
    assert told.status_code == 200
    assert "住在危房" not in told.content.decode()
    assert news(li, seen=seen_on(told)).status_code == 204
    assert news(next_door, seen=seen_on(elsewhere)).status_code == 204


def test_a_page_left_open_after_log_out_stops_asking_and_stays_as_it_is(wang):
    answer = news(Client(), seen="1-2")
    assert (answer.status_code, answer["HX-Reswap"], answer.content) == (286, "none", b"")


def test_who_may_not_see_warnings_gets_no_news(wang):
    administrator = Client()
    administrator.force_login(make_user("administrator", "141124000000"))
    assert news(administrator, seen="").status_code == 403


# ── killed between storing and judging ──

KILLED = """
import os, signal, sys
import django
django.setup()
from yimaqing.domains.monitoring import actions
from yimaqing.domains.accounts.models import User
from yimaqing.domains.monitoring.tests.test_explained import store
from yimaqing.domains.registry.models import Household, Reading

def die(**_):
    assert Reading.objects.filter(value_text="C").exists()
    os.kill(os.getpid(), signal.SIGKILL)

actions.evaluate_household = die
home = Household.objects.using("owner").get()
store(home, "C", User.objects.using("owner").get(username="liming"))
"""


def test_a_process_killed_between_storing_and_judging_leaves_neither(database):
    home = make_household(readings={"housing": "A"}, observed_at=before(days=2))
    li = make_user("village_worker", BAIWEN, username="liming")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        env=database.environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    grades = Reading.objects.using("owner").values_list("value_text", flat=True)
    assert list(grades) == ["A"]
    assert not Warning.objects.using("owner").exists()
    heard = []

    def hear(*, warning_ids, **_):
        heard.extend(warning_ids)

    warnings_raised.connect(hear)
    try:
        store(home, "C", li)  # sent again, as a phone does
        judge(home)  # and judged once more
    finally:
        warnings_raised.disconnect(hear)
    assert sorted(grades.all()) == ["A", "C"]
    [raised] = Warning.objects.using("owner").filter(rule_code="housing_unsafe")
    assert heard.count(raised.pk) == 1
