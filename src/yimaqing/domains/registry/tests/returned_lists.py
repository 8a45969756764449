"""Lists that an officer takes along, edits as somebody at a desk does, and sends back.

李明 is an officer of 临县; 王秀英 heads a household of 白文村, 赵强 one of 曜头村.
"""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    NUMBER,
    OTHER,
    PERSON,
    YAOTOU,
    id_number,
    make_places,
    send,
)

COLUMNS = "?col=head_name&col=team&col=address&col=household_number&col=phone"
SECOND = HOUSEHOLD | {
    "户编号": OTHER,
    "村编号": YAOTOU,
    "户主姓名": "赵强",
    "户主证件号": id_number(order=3),
    "联系电话": "15400000002",
    "银行账号": "0000123456780",
    "家庭人口数": "1",
}


def officer() -> User:
    """李明, once the two households and the members of one are in the register."""
    make_places()
    send("households", HOUSEHOLD, SECOND)
    send("persons", PERSON, BOY)
    return make_user("county_officer", "141124000000")


def exported(
    user: User, listing: str = "households", query: str = "", **form: str
) -> openpyxl.Workbook:
    """A list as a county officer takes it along."""
    client = Client()
    client.force_login(user)
    sent = {"format": "xlsx", "purpose": "核对底册", **form}
    there = client.post(f"/lists/{listing}/export/{query}", sent)
    file = client.get(there["Location"] + "file/")
    return openpyxl.load_workbook(io.BytesIO(b"".join(file)))


def set_cell(book: openpyxl.Workbook, record: int, heading: str, value: Any) -> int:
    """Write into the row of a record under a heading, as somebody at a desk does."""
    sheet = book.worksheets[0]
    headings: dict[Any, Any] = {c.value: c.column for c in sheet[3]}
    for row in sheet.iter_rows(min_row=4):
        if row[headings["行标识"] - 1].value == record:
            row[headings[heading] - 1].value = value
            return int(row[0].row)
    raise LookupError(record)


def saved(book: openpyxl.Workbook) -> bytes:
    """The file of a workbook."""
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def returned(book: openpyxl.Workbook | bytes, user: User, **options: Any) -> Batch:
    """The batch of a workbook that comes back."""
    data = book if isinstance(book, bytes) else saved(book)
    return send("auto", by=user, data=data, **options)


def household(number: str = NUMBER) -> Household:
    """王秀英's household, or another by its number."""
    return Household.objects.using("owner").get(household_number=number)
