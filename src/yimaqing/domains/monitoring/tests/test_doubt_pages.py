"""数据核查 as an officer works through it: the page, the list, the household's file, the command.

Cast: 王秀英's household in 白文村, whose son of twelve is recorded as labour; 张局 of the county,
李明 of the village, 赵强 next door, 钱主任 who only looks.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client
from django.urls import reverse

from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.monitoring.actions import check_household
from yimaqing.domains.monitoring.check_commands import checks, reference
from yimaqing.domains.monitoring.compiled import doubts_sql
from yimaqing.domains.monitoring.evidence import FACTS, evidence_of
from yimaqing.domains.monitoring.models import Doubt
from yimaqing.domains.monitoring.rulebook import in_force, question
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.kit.rowscope import Scope, scoped

BAIWEN, YAOTOU = "141124104201", "141124104202"
TWELVE = dt.date.today() - dt.timedelta(days=12 * 366)
WHY = "已到户核实，登记无误"


def client(name, place_code, level, role):
    one = User.objects.using("owner").create(username=name, display_name=name)
    Assignment.objects.using("owner").create(
        user_id=one.pk,
        role=role,
        place_code=place_code,
        place_level=level,
        starts_on=dt.date(2020, 1, 1),
    )
    made = Client()
    made.force_login(one)
    return made


@pytest.fixture
def wang(database):
    above = {"141100000000": ("吕梁市", 2, ""), "141124000000": ("临县", 3, "141100000000")}
    above["141124104000"] = ("白文镇", 4, "141124000000")
    for code, (name, level, parent) in above.items():
        kind = {2: "prefecture", 3: "county", 4: "township"}[level]
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )
    for code, name in ((BAIWEN, "白文村"), (YAOTOU, "曜头村")):
        Place.objects.using("owner").create(
            code=code, name=name, level=5, kind="village", parent_code="141124104000"
        )
    son = {"name": "王小明", "born_on": TWELVE, "labour_skill": "ordinary"}
    household = make_household(members=[son], main_cause="skill", recognised_year=2014)
    with scoped(Scope.everything()):
        check_household(household_id=household.pk, place_code=BAIWEN)
    return household


def doubt(code="child_with_labour"):
    return Doubt.objects.using("owner").get(check_code=code, closed_at=None)


def test_the_county_sees_what_does_not_agree_by_check_and_by_place(wang):
    zhang = client("张局", "141124000000", 3, "county_officer")
    page = zhang.get(reverse("monitoring:checks")).content.decode()
    assert "未满十六周岁，登记为劳动力" in page
    assert "1 户有" in page
    assert f'href="?place={"141124104000"}">白文镇' in page
    deeper = zhang.get(reverse("monitoring:checks") + f"?place={YAOTOU}").content.decode()
    assert "没有疑点" in deeper or "还没有核查过" in deeper
    assert "数据核查" in zhang.get(reverse("monitoring:warnings")).content.decode()


def test_next_door_nothing_of_it_is_seen(wang):
    zhao = client("赵强", YAOTOU, 5, "village_worker")
    assert "未满十六周岁" not in zhao.get(reverse("monitoring:checks")).content.decode()
    answer = zhao.post(reverse("monitoring:confirm_doubt", args=[doubt().pk]), {"reason": WHY})
    assert answer.status_code == 404
    assert doubt().confirmed_at is None


def test_an_auditor_has_no_business_here(wang):
    shen = client("审计员", "141124000000", 3, "auditor")
    assert shen.get(reverse("monitoring:checks")).status_code == 403


def test_the_list_tells_the_evidence_in_words_and_confirms_many_with_one_reason(wang):
    zhang = client("张局", "141124000000", 3, "county_officer")
    here = "?f.check=child_with_labour&f.confirmed=no"
    page = zhang.get(reverse("lists:page", args=["doubts"]) + here).content.decode()
    assert "劳动技能：普通劳动力" in page
    assert "（12 岁）" in page
    act = reverse("lists:act", args=["doubts", "confirm"]) + here
    zhang.post(act, {"id": [doubt().pk], "reason": " "})
    assert doubt().confirmed_at is None
    zhang.post(act, {"id": [doubt().pk], "reason": WHY})
    assert (doubt().reason, doubt().confirmed_at is not None) == (WHY, True)
    assert "普通劳动力" not in (
        zhang.get(reverse("lists:page", args=["doubts"]) + here).content.decode()
    )


def test_the_file_names_the_member_and_is_where_it_is_mended_or_confirmed(wang):
    li = client("李明", BAIWEN, 5, "village_worker")
    file = reverse("registry:file", args=[wang.pk])
    page = li.get(file).content.decode()
    assert "王** </strong>" in page or "王**</strong>" in page
    assert "更正劳动技能" in page
    assert reverse("registry:correct", args=[wang.pk]) in page
    answer = li.post(reverse("monitoring:confirm_doubt", args=[doubt().pk]), {"reason": WHY})
    assert answer.headers["Location"] == file + "#doubts"
    assert WHY in li.get(file).content.decode()
    li.post(reverse("monitoring:reopen_doubt", args=[doubt().pk]))
    assert doubt().confirmed_at is None


def test_who_only_looks_may_not_confirm(wang):
    qian = client("钱主任", "141124000000", 3, "leader")
    page = qian.get(reverse("registry:file", args=[wang.pk])).content.decode()
    assert "未满十六周岁，登记为劳动力" in page
    assert "确认属实" not in page
    answer = qian.post(reverse("monitoring:confirm_doubt", args=[doubt().pk]), {"reason": WHY})
    assert answer.status_code == 403


def test_every_fact_of_every_check_has_words(database):
    asked = doubts_sql(question(dt.date.today(), in_force(dt.date.today())))
    facts = set(re.findall(r"',?(\w+)='", asked))
    assert {"born_on", "wage_fen", "house_grade"} <= facts <= set(FACTS)
    said = evidence_of(
        "main_cause=illness,members=2;7:born_on=2010-02-02,resident_medical=false,work_months="
    )
    assert [one.person_id for one in said] == [None, 7]
    assert said[0].words == "主要致贫原因：因病，成员数：2"
    assert said[1].words.endswith("参加居民医保：否，务工月数：未登记")


def test_the_page_of_all_checks_is_what_the_file_says():
    page = Path(__file__).parents[5] / "docs/reference/checks.md"
    assert page.read_text(encoding="utf-8") == reference()


def test_an_own_file_of_checks_takes_the_place_of_the_shipped_one(wang):
    own = Path(settings.HOME) / "checks.toml"
    shipped = Path(__file__).parents[1] / "checksets" / "register.toml"
    text = shipped.read_text(encoding="utf-8")
    off = text.replace(
        'code = "child_with_labour"', 'code = "child_with_labour"\non = false', 1
    ).replace("limit_mu = 100\n", "limit_mu = many\n", 1)
    broken = own.with_name("broken.toml")
    broken.write_text(off, encoding="utf-8")
    refused = CliRunner().invoke(checks, ["verify", str(broken)])
    assert (refused.exit_code, "第" in refused.stderr) == (1, True)
    try:
        own.write_text(off.replace("limit_mu = many", "limit_mu = 50"), encoding="utf-8")
        with scoped(Scope.everything()):
            check_household(household_id=wang.pk, place_code=BAIWEN)
        assert not Doubt.objects.using("owner").filter(
            check_code="child_with_labour", closed_at=None
        )
        listed = CliRunner().invoke(checks, ["list"]).stdout
        assert "-\t-\tchild_with_labour" in listed
    finally:
        own.unlink()
        broken.unlink()
