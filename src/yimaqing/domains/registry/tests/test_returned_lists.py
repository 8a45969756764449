"""An exported list comes back edited: only the changed cells are taken.

Cast: 李明 is an officer of 临县. Another officer works on the same households while his list is
away.
"""

import datetime as dt
import io
import random
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.test import Client

from yimaqing.domains.intake import filling
from yimaqing.domains.intake.actions import apply_checked, keep_file, receive
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.returned.settling import settle
from yimaqing.domains.intake.running import run
from yimaqing.domains.intake.undo.requests import undo_batch
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.registry.models import (
    Change,
    Household,
    Measure,
    Payment,
    Person,
    Reading,
    YearlyIncome,
)
from yimaqing.domains.registry.tests.returned_lists import (
    COLUMNS,
    exported,
    household,
    officer,
    returned,
    saved,
    set_cell,
)
from yimaqing.domains.registry.tests.sheets import (
    GOOD,
    HOUSEHOLD,
    INCOME,
    OTHER,
    counts,
    faults,
    send,
    words,
)
from yimaqing.kit.crypto import keyring


@pytest.fixture
def li(database):
    return officer()


def test_two_edited_cells_come_back_and_nothing_else(li):
    book = exported(li, query=COLUMNS)
    before = Household.objects.using("owner").in_bulk()
    set_cell(book, household().pk, "组", "二组")
    set_cell(book, household(OTHER).pk, "住址", "曜头村 7 号")
    batch = returned(book, li)
    assert (batch.state, batch.dataset, counts(batch)) == ("applied", "households", (0, 2, 0, 0)), (
        batch.failure,
        words(batch),
    )
    assert (household().team, household(OTHER).address) == ("二组", "曜头村 7 号")
    for number, held in Household.objects.using("owner").in_bulk().items():
        old = vars(before[number]) | {"team": held.team, "address": held.address}
        moved = {"_state", "source", "batch_id", "changed_at"}
        assert {k: v for k, v in vars(held).items() if k not in moved} == {
            k: v for k, v in old.items() if k not in moved
        }
    history = Change.objects.using("owner").filter(batch_id=batch.pk).order_by("subject_id")
    assert [set(one.before) for one in history] == [{"team"}, {"address"}]


def test_what_another_officer_changed_meanwhile_is_chosen_and_taken_back(li):
    book = exported(li, query=COLUMNS)
    row = set_cell(book, household().pk, "组", "二组")
    set_cell(book, household(OTHER).pk, "组", "九组")
    send("households", HOUSEHOLD | {"组": "三组"})
    batch = returned(book, li)
    assert (batch.state, batch.dry_run, counts(batch)) == ("checked", True, (0, 1, 1, 0))
    assert faults(batch) == [(row, "team", "return_conflict")]
    assert words(batch) == [
        f"{row} 组 二组｜导出时是“”，现在登记的是“三组”｜选用表里的，或保留现在登记的"
    ]
    conflict = batch.errors.using("owner").get()
    settle(batch=batch, mine=[conflict.pk], by=li, using="owner")
    done = run(batch.pk)
    assert (done.state, counts(done), faults(done)) == ("applied", (0, 2, 0, 0), [])
    assert (household().team, household(OTHER).team) == ("二组", "九组")
    undone = run_undo(
        undo_batch(batch=done, reason="送错了", by=li, dry_run=False, using="owner").pk
    )
    assert undone.state == "undone"
    assert (household().team, household(OTHER).team) == ("三组", "")


def test_a_list_killed_while_it_is_read_goes_on_where_it_stopped(li, monkeypatch):
    monkeypatch.setattr(filling, "CHUNK_ROWS", 1)
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    set_cell(book, household(OTHER).pk, "组", "九组")

    def killed(step: str, batch: Batch) -> None:
        if batch.rows_total == 1:
            raise KeyboardInterrupt

    stored = keep_file([saved(book)])
    batch = receive(dataset="auto", file_name="户.xlsx", stored=stored, by=li, using="owner")
    with pytest.raises(KeyboardInterrupt):
        run(batch.pk, killed)
    done = run(batch.pk)
    assert (done.state, counts(done)) == ("applied", (0, 2, 0, 0))
    assert (household().team, household(OTHER).team) == ("二组", "九组")


def test_kept_as_it_is_now_nothing_is_overwritten(li):
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    set_cell(book, household().pk, "住址", "白文村 3 号")
    send("households", HOUSEHOLD | {"组": "三组"})
    batch = returned(book, li)
    settle(batch=batch, mine=[], by=li, using="owner")
    done = run(batch.pk)
    assert counts(done) == (0, 1, 0, 0)
    assert (household().team, household().address) == ("三组", "白文村 3 号")
    assert household().source == "名单改后交回"
    assert "保留了现在登记的" in words(done)[0]


def test_what_changes_once_more_after_the_choice_stays(li):
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    send("households", HOUSEHOLD | {"组": "三组"})
    batch = returned(book, li)
    conflict = batch.errors.using("owner").get()
    settle(batch=batch, mine=[conflict.pk], by=li, using="owner")
    send("households", HOUSEHOLD | {"组": "四组"})
    done = run(batch.pk)
    assert (household().team, counts(done)) == ("四组", (0, 0, 1, 0))
    assert "现在登记的是“四组”" in words(done)[0]


def test_a_checked_list_is_compared_again_when_it_is_let_in(li):
    book = exported(li, query=COLUMNS)
    set_cell(book, household().pk, "组", "二组")
    batch = returned(book, li, dry_run=True)
    assert (batch.state, counts(batch), faults(batch)) == ("checked", (0, 1, 0, 0), [])
    send("households", HOUSEHOLD | {"组": "三组"})
    apply_checked(batch=batch, by=li, using="owner")
    again = run(batch.pk)
    assert (again.state, household().team) == ("checked", "三组")
    assert [code for _, _, code in faults(again)] == ["return_conflict"]


def test_opened_names_and_numbers_are_mended_and_a_blank_takes_a_number_away(li):
    boy = Person.objects.using("owner").get(name="李小军")
    book = exported(li, "persons", "?col=name&col=phone", clear="1")
    set_cell(book, boy.pk, "姓名", "李晓军")
    set_cell(book, boy.pk, "联系电话", "15400000009")
    mother = Person.objects.using("owner").get(name="王秀英")
    set_cell(book, mother.pk, "联系电话", None)
    batch = returned(book, li)
    assert counts(batch) == (0, 2, 0, 0), words(batch)
    held = Person.objects.using("owner").get(pk=boy.pk)
    assert (held.name, held.name_pinyin) == ("李晓军", "li xiao jun")
    ring = keyring(settings.DATA_KEYS)
    assert ring.open(held.phone_sealed, purpose=b"registry_person.phone") == "15400000009"
    assert Person.objects.using("owner").get(pk=mother.pk).phone_index is None
    assert Person.objects.using("owner").get(pk=mother.pk).id_number_index is not None


def test_an_english_list_is_read_in_english(li):
    client = Client()
    client.force_login(li)
    client.cookies["django_language"] = "en"
    there = client.post("/lists/persons/export/", {"format": "xlsx", "purpose": "check"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(there["Location"] + "file/"))))
    boy = Person.objects.using("owner").get(name="李小军")
    headings = [c.value for c in book.worksheets[0][3]]
    sheet = book.worksheets[0]
    for row in sheet.iter_rows(min_row=4):
        if row[-1].value == boy.pk:
            row[headings.index("Sex")].value = "Female"
    batch = returned(book, li)
    assert counts(batch)[1] == 1, (batch.failure, headings, words(batch))
    assert Person.objects.using("owner").get(pk=boy.pk).sex == "female"


def test_only_what_is_stated_is_observed_anew(li):
    book = exported(li, "persons", "?col=name&col=work_months&col=resident_medical")
    boy = Person.objects.using("owner").get(name="李小军")
    before = Reading.objects.using("owner").count()
    set_cell(book, boy.pk, "务工月数", 3)
    assert counts(returned(book, li, as_of=dt.date(2021, 1, 1))) == (0, 1, 0, 0)
    assert Reading.objects.using("owner").count() == before
    book = exported(li, "persons", "?col=name&col=resident_medical")
    set_cell(book, boy.pk, "是否参加城乡居民基本医疗保险", "否")
    assert counts(returned(book, li, as_of=dt.date(2021, 1, 1))) == (0, 1, 0, 0)
    added = Reading.objects.using("owner").latest("pk")
    assert (added.indicator, added.value_text) == ("medical", "uninsured")
    assert Reading.objects.using("owner").count() == before + 1


def test_sums_still_have_to_be_right(li):
    send("incomes", INCOME)
    income = YearlyIncome.objects.using("owner").get()
    book = exported(li, "incomes", "?col=year&col=wage&col=total&col=net&col=per_capita")
    row = set_cell(book, income.pk, "工资性收入", 7000)
    assert faults(returned(book, li)) == [(row, "total", "total_sum")]
    set_cell(book, income.pk, "年收入", 13000)
    set_cell(book, income.pk, "纯收入", 11999.99)
    set_cell(book, income.pk, "人均纯收入", 6000)
    batch = returned(book, li)
    assert counts(batch) == (0, 1, 0, 0), words(batch)
    again = YearlyIncome.objects.using("owner").get()
    assert (again.wage_fen, again.per_capita_fen) == (700000, 600000)
    assert again.minimum_living_fen == income.minimum_living_fen


@pytest.mark.parametrize("listing", ["payments", "measures"])
def test_payments_and_measures_come_back_too(li, listing):
    send(listing, GOOD[listing])
    table: Any = {"payments": Payment, "measures": Measure}[listing]
    table = table.objects.using("owner")
    heading, name, value = {
        "payments": ("发放渠道", "channel", "现金"),
        "measures": ("责任单位", "responsible_unit", "白文镇政府"),
    }[listing]
    book = exported(li, listing)
    set_cell(book, table.get().pk, heading, value)
    batch = returned(book, li)
    assert counts(batch) == (0, 1, 0, 0), (batch.failure, words(batch))
    assert getattr(table.get(), name) == value


EDITS = {
    "组": ("team", ["一组", "二组", "", "=1+1", "组&<>"]),
    "住址": ("address", ["白文村 1 号", "", "曜头村东"]),
    "家庭人口数": ("member_count", [1, 2, 9]),
    "登记类别": ("register_class", ["建档立卡户", "一般农户"]),
    "识别年度": ("recognised_year", [2014, 2016]),
}
_SLUGS = {"建档立卡户": "archived", "一般农户": "ordinary"}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_edited_exactly_that_is_applied(li, seed):
    chance = random.Random(seed)  # noqa: S311 - no secret
    query = "?col=head_name&" + "&".join(f"col={name}" for name, _ in EDITS.values())
    book = exported(li, query=query)
    expected = {h.pk: h for h in Household.objects.using("owner").all()}
    touched = set()
    for pk, wanted in expected.items():
        for heading, (name, values) in EDITS.items():
            if chance.random() < 0.4:
                value: Any = chance.choice(values)
                set_cell(book, pk, heading, value)
                said = _SLUGS.get(value, value)
                if getattr(wanted, name) != said:
                    touched.add(pk)
                setattr(wanted, name, said)
    sheet = book.worksheets[0]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=4)]
    chance.shuffle(rows)
    for at, row in enumerate(rows, start=4):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(at, column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    batch = returned(book, li)
    assert (batch.state, batch.updated, batch.rejected) == ("applied", len(touched), 0), words(
        batch
    )
    keep = {"_state", "source", "batch_id", "changed_at"}
    for pk, held in Household.objects.using("owner").in_bulk().items():
        after = {k: v for k, v in vars(held).items() if k not in keep}
        assert after == {k: v for k, v in vars(expected[pk]).items() if k not in keep}
