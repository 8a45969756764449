"""多维贫困 from a run to the leader's page.

Cast: in 白文村 of 临县 王秀英's household lacks food and water, 李桂兰's nothing, of 张建国's the income
is unknown; in 离石 赵四's household is well. 钱主任 leads 临县.
"""

import csv
import datetime as dt
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring.actions import run, run_past
from yimaqing.domains.monitoring.commands import monitoring
from yimaqing.domains.monitoring.models import IncomeLine
from yimaqing.domains.monitoring.poverty import kept
from yimaqing.domains.monitoring.poverty.weights import SHIPPED
from yimaqing.domains.monitoring.rulebook import patterns_folder
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

LINXIAN, BAIWEN, LISHI = "141124000000", "141124104201", "141102001001"
WELL = {
    "food": "pass",
    "clothing": "pass",
    "medical": "insured",
    "housing": "A",
    "water": "pass",
    "income": 9000,
}


@pytest.fixture
def judged(database):
    for code, name, level, kind, above in (
        ("141100000000", "吕梁市", 2, "prefecture", ""),
        (LINXIAN, "临县", 3, "county", "141100000000"),
        ("141124104000", "白文镇", 4, "township", LINXIAN),
        (BAIWEN, "白文村", 5, "village", "141124104000"),
    ):
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=above
        )
    for year in (timezone.localdate().year, timezone.localdate().year - 1):
        IncomeLine.objects.using("owner").create(
            kind="monitoring", year=year, value_yuan=4000, source="县里的文件", status="cited"
        )
    make_household(head_name="王秀英", readings=WELL | {"food": "fail", "water": "fail"})
    make_household(head_name="李桂兰", readings=WELL)
    unknown = {code: value for code, value in WELL.items() if code != "income"}
    make_household(head_name="张建国", readings=unknown | {"housing": "D"})
    make_household(head_name="赵四", place_code=LISHI, readings=WELL)
    run()


def page(client, user, **asked):
    client.force_login(user)
    return client.get(reverse("monitoring:poverty"), asked)


def test_the_leader_sees_the_index_of_her_county_and_what_makes_it(judged, client):
    leader = make_user("leader", LINXIAN)
    shown = page(client, leader).context
    assert (shown["here"].code, shown["whole"]["known"].n, shown["whole"]["low"].n) == (
        *(LINXIAN, 2, 3),
    )
    assert (shown["whole"]["known"].h, shown["whole"]["high"].q) == (0.5, 2)
    parts = {one["label"]: one["part"] for one in shown["indicators"]}
    assert (parts["不愁吃"], parts["饮水安全"], parts["住房安全"]) == (0.5, 0.5, 0)
    assert [row.low.q for row in shown["cutoffs"]] == [2, 1, 0]  # 张建国's lacks one thing
    [township] = shown["below"]
    assert (township.label, township.part) == ("白文镇", 1.0)
    assert shown["whole"]["low"].unlisted == 1  # 王秀英's is on no official list
    below = page(client, leader, place=BAIWEN)
    assert below.context["below"] == []
    assert "白文村 · 多维贫困" in below.content.decode()


def test_other_places_and_readers_without_figures_are_refused(judged, client):
    leader = make_user("leader", LINXIAN)
    assert page(client, leader, place="141100000000").status_code == 404
    assert page(client, leader, place="141102000000").status_code == 404
    assert page(client, make_user("village_worker", BAIWEN)).status_code == 403


def test_a_fault_in_the_county_s_own_weights_is_told_on_the_page(judged, client):
    own = Path(settings.HOME) / "poverty_weights.toml"
    own.write_text("[index]\n", encoding="utf-8")
    try:
        shown = page(client, make_user("leader", LINXIAN)).content.decode()
    finally:
        own.unlink()
    assert "poverty_weights.toml 有误" in shown
    assert "缺少这一节" in shown


def test_of_each_year_the_last_day_is_kept(judged):
    today = timezone.localdate()
    last_year = [dt.date(today.year - 1, 11, 30), dt.date(today.year - 1, 12, 31)]
    list(run_past(last_year))
    list(run_past(last_year[:1]))  # an earlier day, judged later
    held = kept.days(patterns_folder())
    assert {year: day for year, (day, _path) in held.items()} == {
        today.year: today,
        today.year - 1: last_year[1],
    }
    assert len(list(patterns_folder().iterdir())) == 2


def test_the_command_prints_every_place_and_takes_the_county_s_own_weights(judged):
    own = Path(settings.HOME) / "poverty_weights.toml"
    shipped = CliRunner().invoke(monitoring, ["poverty", "--csv"])
    rows = list(csv.DictReader(io.StringIO(shipped.output)))
    found = {(row["place"], row["unknown"]): row for row in rows}
    assert (found["141124", "known"]["q"], found["141102", "known"]["q"]) == ("1", "0")
    assert float(found["", "low"]["M0"]) == pytest.approx(2 / (4 * 7))
    try:
        text = SHIPPED.read_text(encoding="utf-8")
        own.write_text(text.replace("cutoff = 2", "cutoff = 3"), encoding="utf-8")
        strict = CliRunner().invoke(monitoring, ["poverty", "--csv"]).output
        assert [row["q"] for row in csv.DictReader(io.StringIO(strict))][:2] == ["0", "0"]
        own.write_text("[index]\n", encoding="utf-8")
        refused = CliRunner().invoke(monitoring, ["poverty"])
        assert refused.exit_code == 1
        assert "[weights]" in refused.output
    finally:
        own.unlink(missing_ok=True)


def test_without_a_run_the_command_says_what_to_do(database):
    refused = CliRunner().invoke(monitoring, ["poverty", "--year", "2019"])
    assert refused.exit_code == 1
    assert "yimaqing monitoring run --as-of" in refused.output
