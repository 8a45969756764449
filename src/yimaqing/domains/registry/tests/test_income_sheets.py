"""Income sheets as townships keep them: what follows from a row's own cells is worked out.

Cast: 王秀英's household of two and 赵强's of three, both of 白文村; 李明 sends the sheets.
"""

import datetime as dt
import itertools

import pytest
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.intake.preview import examples_of
from yimaqing.domains.registry.models import Change, Household, Reading, YearlyIncome
from yimaqing.domains.registry.tests.returned_lists import exported, returned, set_cell
from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    INCOME,
    NUMBER,
    OTHER,
    counts,
    faults,
    id_number,
    make_places,
    send,
    words,
)
from yimaqing.domains.registry.tests.test_undo import undo

ZHAO = id_number("19660303", 21)
ZHAOS = HOUSEHOLD | {
    "户编号": OTHER,
    "户主姓名": "赵强",
    "户主证件号": ZHAO,
    "家庭人口数": "3",
    "联系电话": "",
    "银行账号": "",
}
DERIVED = ("年收入", "纯收入", "核算人口数", "核算口径", "人均纯收入")
PARTS = ("计划生育金", "低保金", "生态补偿金", "五保金", "养老保险金", "其他转移性收入")
#: The four sources and the cost, and nothing else: 12000 − 1000.01 = 10999.99.
BARE = {name: cell for name, cell in INCOME.items() if name not in (*DERIVED, *PARTS)}


@pytest.fixture
def village(database):
    make_places()
    send("households", HOUSEHOLD, ZHAOS)


def year(number=NUMBER):
    household = Household.objects.using("owner").get(household_number=number)
    return YearlyIncome.objects.using("owner").get(household_id=household.pk)


def figures(income):
    return (
        income.total_fen,
        income.net_fen,
        income.divisor,
        income.divisor_basis,
        income.per_capita_fen,
    )


def test_a_bare_sheet_becomes_a_year_of_each_household(village):
    row = BARE | {"户编号": OTHER, "工资性收入": "8000", "生产经营性收入": "3500.50"}
    row |= {"财产性收入": "120", "转移性收入": "880", "生产经营性支出": "2500"}
    assert counts(send("incomes", BARE, row)) == (2, 0, 0, 0)
    # 12000 − 1000.01 = 10999.99 of two; 12500.50 − 2500 = 10000.50 of three.
    assert figures(year()) == (1_200_000, 1_099_999, 2, "registered", 550_000)
    assert figures(year(OTHER)) == (1_250_050, 1_000_050, 3, "registered", 333_350)
    [reading] = Reading.objects.using("owner").filter(
        indicator="income", household_id=year(OTHER).household_id
    )
    assert reading.value_number == 3333.5
    assert reading.observed_at.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == dt.date(
        2019, 9, 30
    )


def test_nobody_is_surprised_by_the_number_of_members(village):
    batch = send("incomes", BARE, BARE | {"户编号": OTHER})
    assert faults(batch) == [(0, "divisor", "divisor_registered")]
    [said] = words(batch)
    assert "2 行没有核算人口数（第 2, 3 行），以户册现登记的家庭人口数计算" in said
    assert "填写核算人口数后重新导入" in said
    with translation.override("en"):
        [said] = words(batch)
    assert "2 rows do not state the members counted (rows 2, 3)" in said


def test_of_many_rows_the_first_are_named(village):
    rows = [BARE | {"年度": str(2011 + at)} for at in range(7)]
    [said] = words(send("incomes", *rows, BARE | {"户编号": "86141124000789"}))[:1]
    assert "7 行没有核算人口数（第 2, 3, 4, 5, 6 … 行）" in said


def test_a_check_shows_what_was_worked_out(village):
    batch = send("incomes", BARE, dry_run=True)
    [example] = examples_of(batch)
    told = {label: now for label, _was, now in example.fields}
    assert [told[name] for name in DERIVED] == ["12000.00", "10999.99", "2", "户籍人口", "5500.00"]
    assert faults(batch) == [(0, "divisor", "divisor_registered")]


def test_a_stated_number_is_taken_and_nobody_invents_who_was_counted(village):
    assert faults(send("incomes", BARE | {"核算人口数": "4"})) == []
    assert figures(year()) == (1_200_000, 1_099_999, 4, "", 275_000)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        # 10999.99 / 3666.66 is three, whatever the register says.
        ({"纯收入": "10999.99", "人均纯收入": "3666.66"}, (3, "", 366_666)),
        # Net income need not be stated for that.
        ({"人均纯收入": "3666.66"}, (3, "", 366_666)),
        ({"人均纯收入": "3666.66", "核算口径": "常住人口"}, (3, "resident", 366_666)),
        # In whole yuan, as most ledgers have it.
        ({"人均纯收入": "3667"}, (3, "", 366_700)),
        ({"核算人口数": "3", "人均纯收入": "3667"}, (3, "", 366_700)),
        ({"核算口径": "户籍人口"}, (2, "registered", 550_000)),
        # A loss is shared too.
        ({"生产经营性支出": "15000", "人均纯收入": "-1000"}, (3, "", -100_000)),
        # Of nothing at all any number would do: the register's.
        ({"生产经营性支出": "12000", "人均纯收入": "0"}, (2, "registered", 0)),
    ],
)
def test_the_number_is_what_the_sheet_implies_or_the_register_s(village, cells, found):
    batch = send("incomes", BARE | cells)
    assert counts(batch) == (1, 0, 0, 0), words(batch)
    held = year()
    assert (held.divisor, held.divisor_basis, held.per_capita_fen) == found
    registered = [(0, "divisor", "divisor_registered")]
    assert faults(batch) == (registered if found[1] == "registered" else [])


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ({"年收入": "13000"}, "total_sum"),
        ({"纯收入": "11000"}, "net_difference"),
        ({"年收入": "12000", "纯收入": "11000"}, "net_difference"),
        ({"核算人口数": "2", "人均纯收入": "5000"}, "per_capita_share"),
        ({"人均纯收入": "4000"}, "divisor_unclear"),
        ({"核算口径": "常住人口"}, "divisor_unknown"),
        ({"转移性收入": ""}, "transfer_unknown"),
        ({"转移性收入": "", "低保金": "1500", "生态补偿金": "500"}, "transfer_unknown"),
        ({"转移性收入": "2000", "低保金": "1500"}, "transfer_sum"),
        ({"工资性收入": ""}, "required_amount"),
        ({"生产经营性支出": ""}, "required_amount"),
    ],
)
def test_what_is_stated_still_has_to_be_right(village, cells, fault):
    batch = send("incomes", BARE | {"核算人口数": ""} | cells, BARE | {"户编号": OTHER})
    assert [found[2] for found in faults(batch) if found[0] == 2] == [fault], words(batch)
    assert counts(batch) == (1, 0, 0, 1)


def test_six_parts_make_up_the_transfers(village):
    row = {name: cell for name, cell in INCOME.items() if name not in (*DERIVED, "转移性收入")}
    assert send("incomes", row).created == 1
    assert year().transfer_fen == 200_000
    assert figures(year())[:2] == (1_200_000, 1_099_999)


def test_only_what_nothing_follows_from_is_asked_for(village):
    row = {n: cell for n, cell in BARE.items() if n not in ("转移性收入", "财产性收入")}
    batch = send("incomes", row | {"低保金": "0"})
    assert batch.state == "columns"
    assert (batch.guess or {})["missing"] == ["财产性收入", "转移性收入"]


def test_fewer_columns_later_keep_the_number_and_work_the_rest_out(village):
    resident = INCOME | {"核算人口数": "4", "核算口径": "常住人口", "人均纯收入": "2750.00"}
    send("incomes", resident)
    before = figures(year())
    batch = send("incomes", BARE | {"工资性收入": "7000"})
    assert (counts(batch), faults(batch)) == ((0, 1, 0, 0), [])
    # 13000 − 1000.01 = 11999.99 of the four whom the year's record has.
    assert figures(year()) == (1_300_000, 1_199_999, 4, "resident", 300_000)
    last = Change.objects.using("owner").filter(subject_kind="yearlyincome").latest("id")
    assert last.before == {
        "wage_fen": 600_000,
        "total_fen": 1_200_000,
        "net_fen": 1_099_999,
        "per_capita_fen": 275_000,
    }
    observed = Reading.objects.using("owner").filter(indicator="income").order_by("pk")
    assert [reading.value_number for reading in observed] == [2750.0, 3000.0]
    assert undo(batch).restored == 1
    assert figures(year()) == before
    assert year().wage_fen == 600_000


def test_the_same_sheet_again_changes_nothing_though_a_child_was_born(village):
    send("incomes", BARE)
    send("households", HOUSEHOLD | {"家庭人口数": "3"})
    batch = send("incomes", BARE)
    assert (counts(batch), faults(batch)) == ((0, 0, 1, 0), [])
    assert figures(year())[2:] == (2, "registered", 550_000)
    again = send("incomes", BARE | {"核算人口数": "3"})
    assert (counts(again), faults(again)) == ((0, 1, 0, 0), [])
    assert figures(year())[2:] == (3, "registered", 366_666)


LATER = [
    {"工资性收入": "7000"},
    {"工资性收入": "7000", "生产经营性收入": "5000"},
    # Two changes that leave net income as it was.
    {"工资性收入": "8000", "生产经营性收入": "5000", "生产经营性支出": "2000.01"},
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_figures_of_a_year_are_taken_back_together_in_any_order(village, order):
    send("incomes", INCOME)
    first = figures(year())
    batches = [send("incomes", BARE | cells) for cells in LATER]
    newest = figures(year())
    for at, number in enumerate(order):
        undo(batches[number])
        if 2 not in order[: at + 1]:
            assert figures(year()) == newest
    assert figures(year()) == first
    assert (year().wage_fen, year().operating_cost_fen) == (600_000, 100_001)


def test_sums_that_are_emptied_in_a_returned_list_are_worked_out(village):
    liming = make_user("county_officer", "141124000000")
    send("incomes", INCOME)
    book = exported(liming, "incomes", "?col=year&col=wage&col=total&col=net&col=per_capita")
    set_cell(book, year().pk, "工资性收入", 7000)
    for heading in ("年收入", "纯收入", "人均纯收入"):
        set_cell(book, year().pk, heading, None)
    batch = returned(book, liming)
    assert counts(batch) == (0, 1, 0, 0), words(batch)
    assert figures(year()) == (1_300_000, 1_199_999, 2, "registered", 600_000)
    latest = Reading.objects.using("owner").filter(indicator="income").latest("pk")
    assert latest.value_number == 6000.0


def test_a_number_alone_that_is_changed_in_a_returned_list_is_refused_in_words(village):
    liming = make_user("county_officer", "141124000000")
    send("incomes", INCOME)
    book = exported(liming, "incomes", "?col=year&col=divisor&col=per_capita")
    row = set_cell(book, year().pk, "核算人口数", 3)
    batch = returned(book, liming)
    assert faults(batch) == [(row, "per_capita", "per_capita_share")]
    assert "3666.66" in words(batch)[0]
    set_cell(book, year().pk, "人均纯收入", None)
    assert counts(returned(book, liming)) == (0, 1, 0, 0)
    assert figures(year())[2:] == (3, "registered", 366_666)
