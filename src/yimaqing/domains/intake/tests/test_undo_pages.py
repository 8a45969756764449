"""The pages and the command of an undo, all-or-nothing, and examples of what a file does.

Cast: 赵强 of 临县 sends the wrong file, sees what taking it back would do, and does it.
"""

import json
import re

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.actions import apply_checked
from yimaqing.domains.intake.commands import import_file
from yimaqing.domains.intake.models import Batch, Undo
from yimaqing.domains.intake.preview import examples_of, places_of
from yimaqing.domains.intake.running import run
from yimaqing.domains.intake.undo.commands import undo as undo_command
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    HOUSEHOLD,
    NUMBER,
    OTHER,
    counts,
    id_number,
    make_places,
    send,
    sheet,
)

SECOND = HOUSEHOLD | {"户编号": OTHER, "户主证件号": id_number(order=4)}


@pytest.fixture
def qiang(database):
    make_places()
    return make_user("county_officer", "141124000000")


@pytest.fixture
def client(qiang):
    browser = Client()
    browser.force_login(qiang)
    return browser


def households():
    return set(Household.objects.using("owner").values_list("household_number", flat=True))


def test_an_undo_is_tried_read_and_carried_out(client, qiang):
    batch = send("households", HOUSEHOLD, SECOND, by=qiang)
    send("persons", {"户编号": OTHER, "姓名": "王秀英", "性别": "女", "与户主关系": "户主",
                     "人编号": "8614112400045601"}, by=qiang)  # fmt: skip
    page = client.get(reverse("intake:batch", args=[batch.pk]))
    assert reverse("intake:undo_ask", args=[batch.pk]) in page.content.decode()
    refused = client.post(reverse("intake:undo_ask", args=[batch.pk]), {"reason": " "})
    assert refused.status_code == 422
    asked = client.post(reverse("intake:undo_ask", args=[batch.pk]), {"reason": "送错了文件"})
    trial = Undo.objects.using("owner").get()
    assert asked["Location"] == reverse("intake:undo", args=[trial.pk])
    assert "正在试算" in client.get(asked["Location"]).content.decode()
    run_undo(trial.pk)
    shown = client.get(asked["Location"]).content.decode()
    assert OTHER in shown
    assert NUMBER not in shown
    assert "户内已有其他批次" in shown
    assert households() == {NUMBER, OTHER}
    done = client.post(reverse("intake:undo_apply", args=[trial.pk]))
    run_undo(Undo.objects.using("owner").latest("pk").pk)
    assert households() == {OTHER}
    assert "已撤销" in client.get(done["Location"]).content.decode()
    page = client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    assert reverse("intake:undo_ask", args=[batch.pk]) not in page
    assert re.search(r"<dd>已撤销\s*</dd>", page)
    listed = client.get(reverse("intake:index")).content.decode()
    assert re.search(r">已撤销\s*</td>", listed)
    left = b"".join(client.get(reverse("intake:undo_left", args=[trial.pk])).streaming_content)
    assert OTHER in left.decode()


def test_another_countys_officer_sees_no_undo(client, qiang):
    batch = send("households", HOUSEHOLD, by=qiang)
    client.post(reverse("intake:undo_ask", args=[batch.pk]), {"reason": "送错了文件"})
    trial = Undo.objects.using("owner").get()
    stranger = Client()
    stranger.force_login(make_user("county_officer", "141102000000"))
    assert stranger.get(reverse("intake:undo_ask", args=[batch.pk])).status_code == 404
    assert stranger.get(reverse("intake:undo", args=[trial.pk])).status_code == 404
    assert stranger.post(reverse("intake:undo_apply", args=[trial.pk])).status_code == 404


def test_the_command_tells_in_json_and_by_its_status(qiang):
    batch = send("households", HOUSEHOLD)
    tried = CliRunner().invoke(undo_command, [str(batch.pk), "--dry-run", "--json"])
    assert tried.exit_code == 0, tried.output
    assert json.loads(tried.stdout)["removed"] == 1
    assert households() == {NUMBER}
    send("persons", {"户编号": NUMBER, "姓名": "王秀英", "性别": "女", "与户主关系": "户主",
                     "人编号": "8614112400012301"})  # fmt: skip
    assert CliRunner().invoke(undo_command, [str(batch.pk)]).exit_code == 1
    stranger = make_user("county_officer", "141102000000", username="far")
    unknown = CliRunner().invoke(undo_command, [str(batch.pk), "--as", stranger.username])
    assert unknown.exit_code == 2
    assert CliRunner().invoke(undo_command, ["999"]).exit_code == 2


def test_all_or_nothing_writes_nothing_with_one_bad_row(qiang):
    bad = SECOND | {"家庭人口数": "许多"}
    batch = send("households", HOUSEHOLD, bad, all_or_nothing=True)
    assert (batch.state, batch.dry_run, counts(batch)) == ("checked", True, (1, 0, 0, 1))
    assert households() == set()
    apply_checked(batch=batch, by=qiang, using="owner")
    assert counts(run(batch.pk)) == (1, 0, 0, 1)
    assert households() == {NUMBER}


def test_all_or_nothing_lets_a_good_file_in(qiang):
    assert send("households", HOUSEHOLD, SECOND, all_or_nothing=True).state == "applied"
    assert households() == {NUMBER, OTHER}


def test_the_command_takes_all_or_nothing(qiang, tmp_path):
    path = tmp_path / "h.csv"
    path.write_bytes(sheet(HOUSEHOLD, SECOND | {"家庭人口数": "许多"}))
    done = CliRunner().invoke(
        import_file, ["households", str(path), "--all-or-nothing", "--as-of", "2020-08-19"]
    )
    assert (done.exit_code, households()) == (1, set())
    assert Batch.objects.using("owner").get().all_or_nothing


def test_a_dry_run_shows_examples_field_by_field_and_counts_by_village(qiang):
    send("households", HOUSEHOLD)
    batch = send(
        "households",
        HOUSEHOLD | {"户主姓名": "王秀芳", "联系电话": "15400000009", "主要致贫原因": "因残"},
        SECOND,
        dry_run=True,
    )
    changed, new = sorted(examples_of(batch), key=lambda e: e.row)
    assert changed.label == NUMBER
    fields = {label: (was, now) for label, was, now in changed.fields}
    assert fields["户主姓名"] == ("王**", "王**")
    assert fields["联系电话"] == ("****", "154****0009")
    assert fields["主要致贫原因"] == ("因病", "因残")
    assert new.outcome == "created"
    assert places_of(batch) == [[BAIWEN, 1, 1, 0]]
    stored = json.dumps([e.fields for e in (changed, new)], ensure_ascii=False)
    for secret in ("王秀英", "王秀芳", "15400000009", HOUSEHOLD["户主证件号"], "0000123456789"):
        assert secret not in stored
