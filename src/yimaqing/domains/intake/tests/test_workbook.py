"""Errors come back in the user's own workbook; kept originals are opened with a purpose.

Cast: 赵强 of 临县 mends his list in Excel.
"""

import datetime as dt
import io
import itertools

import openpyxl
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.intake.models import Batch, RowError
from yimaqing.domains.intake.tasks import make_a_workbook
from yimaqing.domains.intake.workbook import making
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    NUMBER,
    OTHER,
    id_number,
    make_places,
    send,
    sheet,
)

SECOND = HOUSEHOLD | {"户编号": OTHER, "户主证件号": id_number(order=4)}
BAD = SECOND | {"家庭人口数": "许多", "户主姓名": "", "住址": "=HYPERLINK(1)"}


@pytest.fixture
def qiang(database):
    make_places()
    return make_user("county_officer", "141124000000")


@pytest.fixture
def client(qiang):
    browser = Client()
    browser.force_login(qiang)
    return browser


def workbook(client, batch):
    answer = client.post(reverse("intake:error_workbook", args=[batch.pk]))
    assert answer.status_code == 200, answer
    return openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def as_xlsx(*rows):
    book = openpyxl.Workbook()
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append(list(row.values()))
    for cell in itertools.chain.from_iterable(book.active.iter_rows()):
        cell.data_type = "s"  # nothing of it is a formula
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize("form", [sheet, as_xlsx])
def test_bad_cells_are_coloured_and_say_why(client, qiang, form):
    rows = [HOUSEHOLD | {"住址": ""}, BAD]
    batch = send("households", data=form(*rows), by=qiang)
    book = workbook(client, batch)
    own, listed = book.worksheets
    assert book.active is listed
    assert {(r[0].value, r[1].value) for r in listed.iter_rows(min_row=2)} >= {
        ("3", "家庭人口数"),
        ("3", "户主姓名"),
    }
    columns = {cell.value: cell.column for cell in own[1]}
    bad = own.cell(3, columns["家庭人口数"])
    assert (bad.value, bad.fill.fgColor.rgb) == ("许多", "FFF8C9C4")
    assert bad.comment.text.startswith("不是整数。只填数字")
    empty = own.cell(3, columns["户主姓名"])
    assert (empty.value, "必填" in empty.comment.text) == (None, True)
    good = own.cell(2, columns["家庭人口数"])
    assert (good.value, good.comment) == ("2", None)
    assert own.cell(2, columns["户主证件号"]).value == HOUSEHOLD["户主证件号"]
    formula = own.cell(3, columns["住址"])
    assert (formula.value, formula.data_type) == ("=HYPERLINK(1)", "s")


def test_the_mended_workbook_is_taken(client, qiang):
    batch = send("households", HOUSEHOLD, BAD, by=qiang)
    book = workbook(client, batch)
    own = book.worksheets[0]
    columns = {cell.value: cell.column for cell in own[1]}
    own.cell(3, columns["家庭人口数"]).value = "4"
    own.cell(3, columns["户主姓名"]).value = "一般农户"
    own.cell(3, columns["住址"]).value = ""
    mended = io.BytesIO()
    book.save(mended)
    again = send("households", data=mended.getvalue(), by=qiang)
    assert (again.created, again.unchanged, again.rejected) == (1, 1, 0)
    assert Household.objects.using("owner").filter(household_number=OTHER).exists()


def test_a_large_one_is_a_job_and_lies_sealed(client, qiang, monkeypatch):
    monkeypatch.setattr("yimaqing.domains.intake.views.files.AT_ONCE_ROWS", 1)
    batch = send("households", HOUSEHOLD, BAD, by=qiang)
    asked = client.post(reverse("intake:error_workbook", args=[batch.pk]))
    assert asked.status_code == 302
    make_a_workbook(batch.pk, "en")
    with override("en"):
        assert NUMBER.encode() not in making.path_of(batch).read_bytes()
    english = Client(headers={"accept-language": "en"})
    english.force_login(qiang)
    assert workbook(english, batch).sheetnames == ["Your table", "Errors"]
    make_a_workbook(batch.pk, "zh-hans")
    assert workbook(client, batch).sheetnames == ["原表", "错误"]


def test_a_workbook_is_of_the_last_look_at_the_file(client, qiang):
    batch = send("households", HOUSEHOLD, by=qiang, dry_run=True)
    assert workbook(client, batch)["错误"].max_row == 1
    RowError.objects.using("owner").create(batch=batch, row=2, column="address", code="required")
    Batch.objects.using("owner").update(finished_at=timezone.now() + dt.timedelta(minutes=1))
    assert workbook(client, batch)["错误"].max_row == 2


def test_taking_a_file_out_is_logged_with_its_purpose(client, qiang):
    batch = send("households", HOUSEHOLD, by=qiang)
    address = reverse("intake:original", args=[batch.pk])
    assert client.post(address, {"purpose": " "}).status_code == 302
    assert not Entry.objects.using("owner").filter(action="intake.original_opened").exists()
    answer = client.post(address, {"purpose": "核对来表"})
    assert b"".join(answer.streaming_content) == sheet(HOUSEHOLD)
    entry = Entry.objects.using("owner").get(action="intake.original_opened")
    assert (entry.purpose, entry.user_id, entry.subject_id) == ("核对来表", qiang.pk, str(batch.pk))
    (settings.FILES / batch.stored_as).unlink()
    assert client.post(address, {"purpose": "核对来表"}).status_code == 302


def test_another_countys_officer_gets_neither(client, qiang):
    batch = send("households", HOUSEHOLD, BAD, by=qiang)
    stranger = Client()
    stranger.force_login(make_user("county_officer", "141102000000"))
    for name in ("original", "error_workbook"):
        answer = stranger.post(reverse(f"intake:{name}", args=[batch.pk]), {"purpose": "看"})
        assert answer.status_code == 404
