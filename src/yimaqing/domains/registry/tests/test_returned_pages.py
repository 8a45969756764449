"""A returned list in the browser and on the terminal.

Cast: 李明 of 临县 sends his list back; 赵强's team and 王秀英's were changed meanwhile.
"""

import io
import json

import openpyxl
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.intake.commands import import_file
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.registry.tests.returned_lists import (
    COLUMNS,
    SECOND,
    exported,
    household,
    officer,
    returned,
    saved,
    set_cell,
)
from yimaqing.domains.registry.tests.sheets import HOUSEHOLD, OTHER, faults, send, sheet


@pytest.fixture
def li(database):
    return officer()


@pytest.fixture
def client(li):
    browser = Client()
    browser.force_login(li)
    return browser


@pytest.fixture
def edited(li):
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    set_cell(book, household(OTHER).pk, "组", "九组")
    set_cell(book, household(OTHER).pk, "住址", "曜头村 7 号")
    rebuilt = {"组": "三组", "住址": "曜头村新区 2 号"}
    send("households", HOUSEHOLD | {"组": "三组"}, SECOND | rebuilt)
    return saved(book)


def test_the_officer_chooses_cell_by_cell_and_lets_the_list_in(client, edited):
    file = SimpleUploadedFile("户.xlsx", edited)
    sent = {"dataset": "persons", "file": file, "as_of": "2020-08-19", "mode": "apply"}
    there = client.post(reverse("intake:upload"), sent)["Location"]
    batch = Batch.objects.using("owner").latest("pk")
    run_batch(batch.pk)
    page = client.get(there).content.decode()
    assert "有 3 格您和别人都改过" in page
    assert "改后交回：2 行，0 行没有改，2 行有改动" in page
    choose = reverse("intake:returned", args=[batch.pk])
    assert client.post(reverse("intake:apply", args=[batch.pk]))["Location"] == choose
    page = client.get(choose).content.decode()
    for said in (
        "曜头村 7 号",
        "曜头村新区 2 号",
        "三组",
        "二组",
        "九组",
        "王** 86141124000123",
        "/households/",
    ):
        assert said in page
    assert "王秀英" not in page
    own = batch.errors.using("owner").get(value="九组")
    client.post(choose, {"mine": [own.pk]})
    assert run_batch(batch.pk) == "applied"
    assert (household().team, household(OTHER).team) == ("三组", "九组")
    assert household(OTHER).address == "曜头村新区 2 号"
    assert "曜头村" not in str(list(batch.errors.using("owner").values("value", "params")))
    settled = Entry.objects.using("owner").get(action="intake.return_settled")
    assert settled.after == {"mine": 1, "conflicts": 3}
    assert client.get(choose).status_code == 302


def test_all_of_the_list_counts_at_one_press(client, li, edited):
    batch = send("auto", by=li, data=edited)
    client.post(reverse("intake:returned", args=[batch.pk]), {"all": "mine"})
    assert run_batch(batch.pk) == "applied"
    assert (household().team, household(OTHER).team) == ("二组", "九组")


def test_nobody_else_chooses(li, edited):
    batch = send("auto", by=li, data=edited)
    other = Client()
    other.force_login(make_user("county_officer", "141124000000"))
    address = reverse("intake:returned", args=[batch.pk])
    assert other.get(address).status_code == 403
    assert other.post(address, {"all": "mine"}).status_code == 403
    assert household().team == "三组"


def given(tmp_path, data, *words):
    path = tmp_path / "户.xlsx"
    path.write_bytes(data)
    return CliRunner().invoke(import_file, ["--returned", str(path), "--json", *words])


def test_the_terminal_waits_for_a_choice_or_is_given_one(li, edited, tmp_path):
    waits = given(tmp_path, edited, "--as", li.username)
    said = json.loads(waits.stdout)
    assert (waits.exit_code, said["state"], said["returned"]) == (1, "checked", "DC00000001")
    assert (household().team, household(OTHER).address) == ("三组", "曜头村新区 2 号")
    theirs = given(tmp_path, edited, "--as", li.username, "--theirs")
    assert (theirs.exit_code, household().team) == (0, "三组")
    assert given(tmp_path, edited, "--as", li.username, "--mine").exit_code == 0
    assert (household().team, household(OTHER).address) == ("二组", "曜头村 7 号")


def test_the_operator_takes_any_list_back_and_an_ordinary_sheet_is_none(edited, tmp_path):
    assert given(tmp_path, edited, "--mine", "--dry-run").exit_code == 0
    assert household().team == "三组"
    assert given(tmp_path, edited, "--mine").exit_code == 0
    assert household().team == "二组"
    none = given(tmp_path, sheet(HOUSEHOLD))
    assert none.exit_code == 2
    assert json.loads(none.stdout)["failure"]["code"] == "return_unmarked"


def test_the_error_workbook_of_a_list_is_mended_and_sent_back(client, li):
    book = exported(li, query=COLUMNS, clear="1")
    row = set_cell(book, household().pk, "联系电话", "12")
    set_cell(book, household().pk, "组", "三组")
    batch = returned(book, li)
    assert faults(batch) == [(row, "phone", "phone")]
    client.force_login(li)
    answer = client.post(f"/imports/{batch.pk}/errors.xlsx")
    mended = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
    [bad] = [c for c in mended.worksheets[0][row] if c.comment]
    assert "不是电话号码" in bad.comment.text
    assert (bad.value, bad.fill.fgColor.rgb) == ("12", "FFF8C9C4")
    bad.value = "15400000009"
    again = returned(mended, li)
    assert (again.state, again.updated, again.returned) == ("applied", 1, batch.returned)
    assert household().team == "三组"
