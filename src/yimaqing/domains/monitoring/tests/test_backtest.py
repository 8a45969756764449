"""What past warnings were worth: the command from the register's history to the report.

Cast: 王秀英's household in 白文村 fell back in October 2020 after its income was read low in June;
李桂兰's fell back without a word before; 张建国's was low too and never fell back.
"""

import csv
import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from yimaqing.analytics import lake
from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.monitoring.actions import load_ruleset_file, reports_folder, take_snapshot
from yimaqing.domains.monitoring.backtest.report import Report, as_text
from yimaqing.domains.monitoring.commands import monitoring
from yimaqing.domains.monitoring.rules import all_shipped, load_scheme, to_toml
from yimaqing.domains.monitoring.rules.loading import SCHEMES
from yimaqing.domains.registry.factories import add_reading, make_household
from yimaqing.domains.registry.models import Household, Reading


def at(text: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.fromisoformat(text))


@pytest.fixture
def village(database):
    """The three households; what was observed of them was stored two days later."""
    wang, li, zhang = (
        make_household(head_name=name, readings={"income": 9000}, observed_at=at("2020-03-25"))
        for name in ("王秀英", "李桂兰", "张建国")
    )
    for home in (wang, zhang):
        add_reading(home, "income", 2500, at("2020-06-10"))
    stored(dt.timedelta(days=2))
    return wang, li, zhang


def stored(after: dt.timedelta) -> None:
    for reading in Reading.objects.using("owner").all():
        reading.changed_at = reading.observed_at + after
        reading.save(using="owner")


@pytest.fixture
def fell(tmp_path, village):
    """A list of those who fell back, as an office keeps it."""
    wang, li, _zhang = village
    path = tmp_path / "返贫名单.csv"
    path.write_bytes(
        "户编号,日期,结果\n"
        f"{wang.household_number},2020-10-08,返贫\n{li.household_number},2020/10/9,返贫\n"
        "86999999999999,2020-10-09,返贫\n".encode("gb18030")
    )
    return path


def ask(*arguments, code=0):
    words = ["backtest", *map(str, arguments), "--from", "2020-04-01"]
    done = CliRunner().invoke(monitoring, words)
    assert done.exit_code == code, done.output
    return done


def lines(done) -> dict[str, dict[str, Any]]:
    return {line["code"]: line for line in json.loads(done.stdout)["lines"]}


def test_a_warning_that_came_before_is_counted_with_its_lead(fell):
    done = ask(fell, "--json", "--horizon", 120, "--followed-to", "2020-12-31")
    report = json.loads(done.stdout)
    assert (report["days"][0], report["days"][-1]) == ("2020-04-30", "2020-08-31")
    assert (report["households"], report["in_reach"], report["unknown_subjects"]) == (3, 2, 1)
    below = lines(done)["income_below_line"]
    assert (below["alarms"], below["true_alarms"], below["caught"]) == (2, 1, 1)
    assert (below["precision"], below["recall"]) == (0.5, 0.5)
    assert below["precision_interval"][0] < 0.1
    assert below["lead_median"] == (dt.date(2020, 10, 8) - dt.date(2020, 6, 30)).days
    assert below["false_alarms"] == 1  # 张建国's
    assert below["false_per_worker_month"] == pytest.approx(1 / report["months"])
    assert lines(done)["everybody"]["recall"] == 1.0
    assert "fell_back" in report["left_out"]


def test_what_was_stored_later_was_not_known_that_day(fell):
    stored(dt.timedelta(days=70))
    done = ask(fell, "--json", "--horizon", 120, "--followed-to", "2020-12-31")
    # Observed on 10 June and stored on 19 August: first known at the end of August.
    assert lines(done)["income_below_line"]["lead_median"] == 38
    trusting = ask(
        *(fell, "--json", "--horizon", 120, "--followed-to", "2020-12-31", "--trust-observed")
    )
    assert lines(trusting)["income_below_line"]["lead_median"] == 100
    assert json.loads(trusting.stdout)["trusted"] is True


def test_a_register_that_was_filled_today_knew_nothing_and_says_what_to_do(fell):
    Reading.objects.using("owner").update(changed_at=timezone.now())
    refused = ask(fell, "--followed-to", "2020-12-31", code=1)
    assert "--trust-observed" in refused.output
    assert not list(reports_folder().glob("*.json"))
    assert not list(settings.LAKE.glob("backtest-*"))


def test_days_whose_outcomes_are_not_known_yet_are_not_judged(fell):
    refused = ask(fell, "--horizon", 200, code=1)  # outcomes reach to 9 October only
    assert "--followed-to" in refused.output


def test_the_report_is_kept_printed_and_written_as_a_table(fell, tmp_path):
    table = tmp_path / "回测.csv"
    done = ask(
        fell, "--horizon", 120, "--followed-to", "2020-12-31", "--csv", table, "--workers", 4
    )
    assert "人均纯收入低于收入线" in done.stdout
    assert "50.0% [9.5%, 90.5%]（1/2）" in done.stdout
    [kept] = reports_folder().glob("*.json")
    report = Report.from_json(kept.read_text(encoding="utf-8"))
    assert as_text(report) + "\n" == done.stdout
    with table.open(encoding="utf-8-sig") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    assert rows["income_below_line"]["precision"] == "0.5"
    assert report.workers == 4
    entry = Entry.objects.using("owner").get(action="monitoring.backtested")
    assert entry.after == {"days": 5, "outcomes": 2}


def test_nothing_can_have_been_followed_into_the_future(fell):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert "在未来" in ask(fell, "--followed-to", tomorrow, code=1).output


def test_each_place_is_judged_by_the_rules_that_it_had(fell, village):
    base = next(one for one in all_shipped() if one.code == "national-2020")
    scheme = load_scheme(SCHEMES / "three-tendencies.toml")
    cheap = tuple(replace(one, value_yuan=2000.0) for one in base.income_lines)
    own = {"region": "141124", "version": "lin", "scheme": scheme, "income_lines": cheap}
    made = replace(base, **own, by_code={})
    load_ruleset_file(text=to_toml(made), name="lin", reason="测试")
    add_reading(village[0], "income", 1500, at("2020-06-20"))
    make_household(
        place_code="141102001001", readings={"income": 2500}, observed_at=at("2020-06-10")
    )
    stored(dt.timedelta(days=2))
    asked = (fell, "--json", "--horizon", 120, "--followed-to", "2020-12-31")
    done = ask(*asked)
    report, found = json.loads(done.stdout), lines(done)
    assert sorted(report["rulesets"]) == ["national-2020@2020.1", "national-2020@lin"]
    # 2,500 yuan are below the country's line and above the one of 临县; 王秀英's 1,500 below both.
    assert (found["income_below_line"]["alarms"], found["income_below_line"]["caught"]) == (2, 1)
    told = {code: line["households"] for code, line in found.items() if line["family"] == "scheme"}
    assert (told["danfeng-2020:orange"], told["three-tendencies:orange"]) == (1, 1)
    alone = json.loads(ask(*asked, "--place", "141124104").stdout)
    assert alone["rulesets"] == ["national-2020@lin"]
    assert alone["households"] == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("户编号,结果\n1,返贫\n", "缺少列 missing column date"),
        ("户编号,日期\n1,去年\n", "第 2 行 row 2 日期“去年”无法识别"),
        ("户编号,日期\n,2020-01-01\n", "户编号为空"),
        ("户编号,日期\n1,2999-01-01\n", "在未来"),
        ("户编号,日期\n1,2020-09-09\n", "没有一个户编号在本库"),
        ("户编号,日期\n", "没有可用的结果"),
    ],
)
def test_a_table_of_outcomes_that_cannot_be_used_says_why(village, tmp_path, text, said):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    assert said in ask(path, code=1).output


def test_snapshots_of_that_time_know_the_register_of_that_time(fell, village):
    wang, _li, zhang = village
    Household.objects.using("owner").filter(pk=zhang.pk).update(poverty_status="returned")
    taken = take_snapshot()
    lake.finish(replace(taken, taken_at=at("2020-06-30T09:00")))
    # What the register learns later is not in the snapshot.
    Household.objects.using("owner").filter(pk=wang.pk).update(poverty_status="returned")
    done = ask(
        *(fell, "--json", "--horizon", 120, "--snapshots", settings.LAKE),
        *("--followed-to", "2020-12-31"),
    )
    report, found = json.loads(done.stdout), lines(done)
    assert (report["source"], report["days"], report["left_out"]) == (
        "snapshots",
        ["2020-06-30"],
        [],
    )
    assert (found["fell_back"]["alarms"], found["fell_back"]["true_alarms"]) == (1, 0)
    assert found["income_below_line"]["caught"] == 1
    assert found["income_below_line"]["false_per_worker_month"] is None  # of one day none is new
    assert "last_year" not in found
    assert report["without_last_year"]


def test_the_page_shows_the_last_report_to_those_whose_places_it_is_about(fell, client):
    leader, stranger = make_user("leader", "141124000000"), make_user("leader", "141102000000")
    client.force_login(leader)
    empty = client.get(reverse("monitoring:backtest")).content.decode()
    assert "还没有回测过" in empty
    ask(fell, "--horizon", 120, "--followed-to", "2020-12-31", "--place", "141124")
    shown = client.get(reverse("monitoring:backtest")).content.decode()
    assert "人均纯收入低于收入线" in shown
    assert "50.0%" in shown
    assert "例数少" in shown
    client.force_login(stranger)
    assert "还没有回测过" in client.get(reverse("monitoring:backtest")).content.decode()
