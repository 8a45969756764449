"""What may be odd about a list that comes back, and that each oddity is told exactly.

Cast: 李明 of 临县 sends back what colleagues, programs and he himself did to his list.
"""

import datetime as dt
import io
import os

import openpyxl
import pandas as pd  # type: ignore[import-untyped] # a reader and writer of its own
import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import Assignment
from yimaqing.domains.intake.actions import keep_file, receive
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.returned.comparing import says
from yimaqing.domains.intake.running import run
from yimaqing.domains.lists.catalogue import listing as named
from yimaqing.domains.lists.models import Export
from yimaqing.domains.lists.queries import seal_of
from yimaqing.domains.lists.tasks import tidy
from yimaqing.domains.registry.actions import correct_household, rotate_keys
from yimaqing.domains.registry.models import Household, Person
from yimaqing.domains.registry.tests.returned_lists import (
    COLUMNS,
    exported,
    household,
    officer,
    returned,
    saved,
    set_cell,
)
from yimaqing.domains.registry.tests.sheets import NUMBER, OTHER, counts, faults, words
from yimaqing.kit.crypto import new_key
from yimaqing.kit.rowscope import Scope, scoped


@pytest.fixture
def li(database):
    return officer()


def test_rows_and_columns_may_stand_anywhere_and_spaces_do_not_count(li):
    book = exported(li, query=COLUMNS)
    sheet = book.worksheets[0]
    set_cell(book, household().pk, "组", " 二组 ")
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]
    headings, first, second = ([row[n] for n in (5, 3, 1, 0)] for row in rows)
    sheet.delete_rows(1, sheet.max_row)
    for row in (["白文镇核对稿"], [], headings, [*second, "新列的内容"], first):
        sheet.append(row)
    sheet["E3"] = "备注"
    batch = returned(book, li)
    assert counts(batch) == (0, 1, 0, 0), (batch.failure, words(batch))
    assert household().team == "二组"
    notes = {note["code"]: note["params"] for note in batch.notes}
    assert notes["return_read"]["same"] == "1"
    assert set(notes["return_columns_missing"]["headings"].split("、")) == {"联系电话", "住址"}
    assert notes["return_columns_added"]["headings"] == "备注"


def test_every_oddity_is_told_with_its_row_column_reason_and_remedy(li):
    book = exported(li, "persons", "?col=name&col=sex&col=household_number&col=head_name&col=phone")
    sheet = book.worksheets[0]
    wang, boy = Person.objects.using("owner").order_by("pk")
    fixed = set_cell(book, wang.pk, "户编号", OTHER)
    set_cell(book, wang.pk, "户主", "别人")
    masked = set_cell(book, boy.pk, "姓名", "李大军")
    set_cell(book, boy.pk, "性别", "不详")
    sheet.append(["新人", "男"])
    sheet.append([*["x"] * 5, 999])
    batch = returned(book, li)
    assert counts(batch)[3] == 4
    assert faults(batch) == [
        (fixed, "", "return_fixed"),
        (fixed, "household_number", "return_fixed"),
        (masked, "name", "return_masked"),
        (masked + 1, "", "return_new_row"),
        (masked + 2, "", "return_unknown_row"),
    ]
    assert "“户主”不能在名单里改" in words(batch)[0]
    assert "李大军" not in "".join(words(batch))
    only = exported(li, "persons", "?col=name&col=sex")
    row = set_cell(only, boy.pk, "性别", "不详")
    assert words(returned(only, li))[0].startswith(f"{row} 性别 不详｜不在代码表中｜应为：男、女")


def test_a_row_copied_to_make_another_changes_nobody(li):
    book = exported(li, query=COLUMNS)
    sheet = book.worksheets[0]
    copied = [c.value for c in sheet[4]]
    sheet.append([*copied[:1], "新组", *copied[2:]])
    batch = returned(book, li)
    assert faults(batch) == [(6, "", "return_twice")]
    assert "与第 4 行是同一条记录" in words(batch)[0]
    assert set(Household.objects.using("owner").values_list("team", flat=True)) == {""}


def test_records_that_are_gone_are_told_and_rows_taken_out_stay(li):
    book = exported(li, query=COLUMNS)
    row = set_cell(book, household().pk, "组", "二组")
    book.worksheets[0].delete_rows(5 if row == 4 else 4)
    Household.objects.using("owner").filter(household_number=NUMBER).update(valid=False)
    batch = returned(book, li)
    assert [code for _, _, code in faults(batch)] == ["return_gone"]
    assert {"code": "return_rows_missing", "params": {"count": "1"}} in batch.notes
    assert household(OTHER).valid


def age_of_files(age):
    for path in settings.FILES.rglob("DC*"):
        os.utime(path, (path.stat().st_mtime - age.total_seconds(),) * 2)


def refused(book, user, code):
    batch = returned(book, user)
    assert (batch.state, (batch.failure or {}).get("code")) == ("unusable", code)
    return str(explain("", code, (batch.failure or {})["params"]))


def test_whose_list_it_is_and_how_old_is_told(li):
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    stranger = make_user("county_officer", "141124000000")
    assert "是别人导出的" in refused(book, stranger, "return_of_another")
    forged = openpyxl.load_workbook(io.BytesIO(saved(book)))
    forged["_yimaqing"]["A6"] = "0" * 32
    assert "不是本系统导出的" in refused(forged, li, "return_elsewhere")
    terminal = openpyxl.load_workbook(io.BytesIO(saved(book)))
    terminal["_yimaqing"]["A1"], terminal["_yimaqing"]["A6"] = "—", seal_of("—")
    assert "没有编号" in refused(terminal, li, "return_unnumbered")
    cut = openpyxl.load_workbook(io.BytesIO(saved(book)))
    cut.worksheets[0].delete_cols(6)
    assert "“行标识”列已被删去" in refused(cut, li, "return_no_keys")
    twice = openpyxl.load_workbook(io.BytesIO(saved(book)))
    twice.worksheets[0].insert_cols(1)
    twice.worksheets[0]["A3"] = "组"
    assert "有两列都叫“组”" in refused(twice, li, "return_heading_twice")
    Export.objects.using("owner").update(expires_at=timezone.now() - dt.timedelta(days=59))
    tidy(0)
    age_of_files(dt.timedelta(days=90))
    tidy(0)
    assert returned(book, li, dry_run=True).state == "checked"
    Export.objects.using("owner").update(expires_at=timezone.now() - dt.timedelta(days=61))
    tidy(0)
    assert "已过期" in refused(book, li, "return_expired")
    assert household().team == ""


def test_a_list_that_nothing_takes_back_says_so(li):
    assert "不能改后交回" in refused(exported(li, "warnings"), li, "return_not_taken")


def test_without_its_hidden_sheet_the_property_tells_and_without_both_it_is_an_ordinary_sheet(li):
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    del book["_yimaqing"]
    assert counts(returned(book, li)) == (0, 1, 0, 0)
    plain = openpyxl.Workbook()
    for row in book.worksheets[0].iter_rows(min_row=3, values_only=True):
        plain.active.append(row)
    batch = returned(plain, li)
    assert batch.returned == ""
    assert {"code": "return_mark_lost", "params": {}} in batch.notes, (batch.state, batch.failure)


def test_another_program_writes_the_workbook_anew(li):
    """pandas keeps values alone: no styles, nothing hidden, numbers as it likes them."""
    book = exported(li, "households", COLUMNS + "&col=member_count&col=exit_year")
    set_cell(book, household().pk, "组", "二组")
    sheets = pd.read_excel(io.BytesIO(saved(book)), sheet_name=None, header=None, engine="calamine")
    kept = io.BytesIO()
    with pd.ExcelWriter(kept, engine="openpyxl") as written:
        for name, frame in sheets.items():
            frame.to_excel(written, sheet_name=name, header=False, index=False)
    assert counts(returned(kept.getvalue(), li)) == (0, 1, 0, 0)
    assert household().team == "二组"


def test_unchanged_it_changes_nothing(li):
    for listing in ("households", "persons"):
        batch = returned(exported(li, listing, clear="1"), li)
        assert (batch.state, counts(batch), faults(batch)) == ("applied", (0, 0, 0, 0), [])


def test_what_is_changed_at_that_very_moment_is_not_overwritten(li):
    book = exported(li, query=COLUMNS)
    row = set_cell(book, household().pk, "组", "二组")
    set_cell(book, household(OTHER).pk, "组", "九组")

    def meanwhile(step: str, batch: Batch) -> None:
        if step == "comparing":
            with scoped(Scope.everything()):
                values = {"team": "三组"}
                correct_household(household=household(), values=values, reason="入户", by=li)

    stored = keep_file([saved(book)])
    batch = receive(dataset="auto", file_name="户.xlsx", stored=stored, by=li, using="owner")
    done = run(batch.pk, meanwhile)
    assert faults(done) == [(row, "", "return_moved")]
    assert (household().team, household(OTHER).team) == ("三组", "九组")


def test_an_officer_of_another_county_changes_nothing_there(li):
    """Whoever no longer answers for a place does not change it by an old list."""
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    Assignment.objects.using("owner").filter(user_id=li.pk).update(place_code="141102000000")
    assert [code for _, _, code in faults(returned(book, li))] == ["return_gone"]
    assert household().team == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("wage", "6,000.00", 6000.0),
        ("wage", "6000", 6000.0),
        ("year", "2019.0", 2019),
        ("head_name", "　王** ", "王**"),
        ("head_name", "", None),
    ],
)
def test_how_a_spreadsheet_shows_a_value_is_no_change(name, text, value):
    column = named("incomes").column(name)
    assert says(column, text, value)
    assert not says(column, text + "9", value)


def test_a_day_may_be_written_in_any_way():
    column = named("payments").column("paid_on")
    for text in ("2020-03-21", "2020/3/21", "43911", "2020年3月21日"):
        assert says(column, text, "2020-03-21"), text
    assert not says(column, "2020-03-22", "2020-03-21")


def test_a_list_from_before_the_keys_were_retired_is_called_too_old(li):
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    stranger = make_user("county_officer", "141124000000")
    newest = f"2:{new_key()}"
    with override_settings(DATA_KEYS=f"{newest},{settings.DATA_KEYS}"):
        list(rotate_keys(retire_old=True))
    with override_settings(DATA_KEYS=newest):
        said = refused(book, li, "return_before_keys")
        assert "太旧" in said
        assert "重新导出名单" in said
        refused(book, stranger, "return_elsewhere")
