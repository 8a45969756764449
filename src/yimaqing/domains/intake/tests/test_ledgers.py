"""A township's ledger of incomes: no totals, no household numbers, nobody's template.

李明 sends it for 白文镇; 王秀英's household of two and 赵强's of three are in the register.
"""

import io

import openpyxl
import pytest

from yimaqing.domains.intake.tasks import run_batch
from yimaqing.domains.intake.tests.test_mapping import logged_in, newest, upload
from yimaqing.domains.registry.models import Household, YearlyIncome
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    OTHER,
    WANG,
    faults,
    id_number,
    make_places,
    send,
)

ZHAO = id_number("19660303", 21)
LEDGER = (
    ["白文镇白文村农户家庭收入台账（2019年度）"],
    ["填报单位：白文村委会", None, None, "单位：元"],
    [
        *("序号", "户主", "身份证号", "工资性收入(元)", "生产经营性收入(元)"),
        *("财产性收入(元)", "转移性收入(元)", "生产经营性支出(元)", "备注"),
    ],
    [1, "王秀英", WANG, 6000, 4000, 0, 2000, 1000.01, None],
    [2, "赵强", ZHAO, 8000, "3,500.50", 120, 880, 2500, "长子在太原务工"],
    ["合计", None, None, 14000, 7500.5, 120, 2880, 3500.01],
)


def ledger():
    book = openpyxl.Workbook()
    for row in LEDGER:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def register(database):
    make_places()
    zhao = {"户编号": OTHER, "户主姓名": "赵强", "户主证件号": ZHAO, "家庭人口数": "3"}
    send("households", HOUSEHOLD, HOUSEHOLD | zhao | {"联系电话": "", "银行账号": ""})


def test_a_ledger_without_totals_becomes_a_year_of_each_household(register):
    liming = logged_in()
    upload(liming, ("台账.xlsx", ledger()), dataset="auto")
    # Whose the numbers are is plain: they stand beside the heads' names. No sum is asked for.
    assert run_batch(newest().pk) == "applied"
    assert newest().dataset == "incomes"
    numbers = dict(Household.objects.using("owner").values_list("pk", "head_name"))
    held = {
        numbers[one.household_id]: (
            one.year,
            one.total_fen,
            one.net_fen,
            one.divisor,
            one.per_capita_fen,
        )
        for one in YearlyIncome.objects.using("owner").all()
    }
    # 12000 − 1000.01 = 10999.99 of two; 8000 + 3500.50 + 120 + 880 − 2500 = 10000.50 of three.
    assert held == {
        "王秀英": (2019, 1_200_000, 1_099_999, 2, 550_000),
        "赵强": (2019, 1_250_050, 1_000_050, 3, 333_350),
    }
    assert faults(newest()) == [(0, "divisor", "divisor_registered"), (6, "", "total_row")]
