"""An exported list comes back edited: only the changed cells are taken, and each oddity is told.

Cast: 李明 is an officer of 临县; 王秀英 heads a household of 白文村, 赵强 one of 曜头村. Another
officer works on the same households while 李明's list is away.
"""

import io

import openpyxl
import pytest
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.returned.settling import settle
from yimaqing.domains.intake.running import run
from yimaqing.domains.lists.models import Export
from yimaqing.domains.registry.models import Change, Household, Person
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    NUMBER,
    OTHER,
    PAYMENT,
    PERSON,
    YAOTOU,
    counts,
    faults,
    id_number,
    make_places,
    send,
    words,
)

SECOND = HOUSEHOLD | {
    "户编号": OTHER,
    "村编号": YAOTOU,
    "户主姓名": "赵强",
    "户主证件号": id_number(order=3),
    "联系电话": "15400000002",
    "银行账号": "0000123456780",
    "家庭人口数": "1",
}


@pytest.fixture
def li(database):
    make_places()
    send("households", HOUSEHOLD, SECOND)
    send("persons", PERSON, BOY)
    return make_user("county_officer", "141124000000")


def exported(user, listing="households", query="", **form):
    """A list as a county officer takes it along."""
    client = Client()
    client.force_login(user)
    sent = {"format": "xlsx", "purpose": "核对底册", **form}
    there = client.post(f"/lists/{listing}/export/{query}", sent)
    file = client.get(there["Location"] + "file/")
    return openpyxl.load_workbook(io.BytesIO(b"".join(file)))


def set_cell(book, record, heading, value):
    """Write into the row of a record under a heading, as somebody at a desk does."""
    sheet = book.worksheets[0]
    headings = {c.value: c.column for c in sheet[3]}
    for row in sheet.iter_rows(min_row=4):
        if row[headings["行标识"] - 1].value == record:
            row[headings[heading] - 1].value = value
            return row[0].row
    raise LookupError(record)


def saved(book):
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def returned(book, user, **options):
    data = book if isinstance(book, bytes) else saved(book)
    return send("auto", by=user, data=data, **options)


def household(number=NUMBER):
    return Household.objects.using("owner").get(household_number=number)


COLUMNS = "?col=head_name&col=team&col=address&col=household_number&col=phone"


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
