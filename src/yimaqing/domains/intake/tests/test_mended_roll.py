"""A roll of households with their members below each other, mended in Excel and sent once more."""

import io

import openpyxl
from django.test import Client
from django.urls import reverse
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.tests.test_mapping import ZHAO, workbook
from yimaqing.domains.registry.models import Person
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    NUMBER,
    SON,
    WANG,
    counts,
    faults,
    make_places,
    send,
)

WRONG = SON[:17] + ("1" if SON[17] == "0" else "0")
HEADINGS = [
    ["序号", "户编号", "村民小组", "户主", "家庭成员", None, None, None],
    [None, None, None, None, "姓名", "与户主关系", "性别", "身份证号码"],
]
ROLL = [
    *HEADINGS,
    [1, NUMBER, "一组", "王秀英", "王秀英", "户主", "女", WANG],
    [None, None, None, None, "李小军", "长子", "男", WRONG],
    [None, None, None, None, "赵强", "之婿", "男", ZHAO],
]
MERGES = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:H1", "A3:A5", "B3:B5", "C3:C5", "D3:D5"]


def test_members_whose_first_cells_are_blank_are_no_second_heading(database):
    make_places()
    send("households", HOUSEHOLD)
    rows = [*ROLL, HEADINGS[0], HEADINGS[1]]
    batch = send("persons", data=workbook(花名册=(rows, [])))
    assert counts(batch) == (2, 0, 0, 1), (batch.failure, faults(batch))
    assert {(6, "", "heading_again"), (7, "", "heading_again")} <= set(faults(batch))


def test_the_workbook_of_errors_comes_back_with_its_merged_cells(database):
    make_places()
    by = make_user("township_officer", "141124104000")
    client = Client()
    client.force_login(by)
    with translation.override("zh-hans"):
        send("households", HOUSEHOLD)
        batch = send("persons", data=workbook(花名册=(ROLL, MERGES)), by=by)
        assert counts(batch) == (2, 0, 0, 1)
        assert [f for f in faults(batch) if f[0] == 4] == [(4, "id_number", "id_check_digit")]
        answer = client.post(reverse("intake:error_workbook", args=[batch.pk]))
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))
        own = book.worksheets[0]
        assert {str(one) for one in own.merged_cells.ranges} == set(MERGES)
        own["H4"] = SON
        mended = io.BytesIO()
        book.save(mended)
        again = send("persons", data=mended.getvalue(), by=by)
        assert counts(again) == (1, 0, 2, 0), again.failure
    assert Person.objects.using("owner").count() == 3
