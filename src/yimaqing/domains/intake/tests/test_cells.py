"""Cells: what is read from how people type, and which fault each mistake is."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimaqing.domains.intake.reading.cells import parse, trimmed
from yimaqing.domains.intake.reading.chunks import _masked_column
from yimaqing.kit.dataset import CodeTable, Column, Kind
from yimaqing.kit.ids import (
    IdNumberFault,
    id_check_digit,
    id_number_fault,
    mask_account,
    mask_id_number,
    mask_phone,
)

HEALTH = CodeTable(
    "health", {"健康": "healthy", "残疾": "disabled"}, {"healthy": "健康", "disabled": "残疾"}, {}
)
GOOD = "14119919750214001" + id_check_digit("14119919750214001")


@pytest.mark.parametrize("cell", ["2019年", "２０１９年度", "二〇一九年", "二零一九", "2019"])
def test_a_year_is_read_as_people_write_it(cell):
    assert read(Kind.INTEGER, cell, low=2005, high=2100) == 2019
    assert read(Kind.INTEGER, "二〇一九年三月", low=2005, high=2100) == "integer"
    if "年" in cell:
        assert read(Kind.INTEGER, cell, low=1, high=3000) == "integer", "only where a year belongs"


def read(kind, cell, **options):
    """The value of one cell, or the code of its fault."""
    cells = parse(Column("x", "某列", kind=kind, **options), trimmed([cell]))
    codes = [code for code, rows, _ in cells.faults if rows[0]]
    assert cells.values[0] is None or not codes
    return codes[0] if codes else cells.values[0]


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.INTEGER, " 1,234 ", 1234),
        (Kind.INTEGER, "４.0", 4),
        (Kind.MONEY, "1,234.50", 123450),
        (Kind.MONEY, "0.07", 7),
        (Kind.MONEY, "-3.3", -330),
        (Kind.DECIMAL, "12.25", 12.25),
        (Kind.YES_NO, "是", True),
        (Kind.YES_NO, "无", False),
        (Kind.DATE, "2020-8-9", dt.date(2020, 8, 9)),
        (Kind.DATE, "2020年8月9日", dt.date(2020, 8, 9)),
        (Kind.DATE, "20200809", dt.date(2020, 8, 9)),
        (Kind.DATE, "二〇二〇年八月九日", dt.date(2020, 8, 9)),
        (Kind.DATE, "二○一九年十二月三十一日", dt.date(2019, 12, 31)),
        (Kind.DATE, "2020年08月09号", dt.date(2020, 8, 9)),
        (Kind.DATE, "44052", dt.date(2020, 8, 9)),
        (Kind.DATE, "2020-08-09T14:30:00Z", dt.date(2020, 8, 9)),
        (Kind.DATE, "2020/08/09 00:00:00", dt.date(2020, 8, 9)),
        (Kind.NAME, "王　明", "王明"),
        (Kind.NAME, "买买提·吐尔逊", "买买提·吐尔逊"),
        (Kind.PHONE, "138-0000 0001", "13800000001"),
        (Kind.ACCOUNT, "6217 0000 1234 5678", "6217000012345678"),
        (Kind.PLACE, "１41124104201", "141124104201"),
        (Kind.ID_NUMBER, GOOD.lower(), GOOD),
        (Kind.ID_NUMBER, GOOD + "43", GOOD + "43"),
        (Kind.ID_NUMBER, GOOD[:6] + GOOD[8:17], GOOD),
        (Kind.TEXT, "\u3000白文村 ", "白文村"),
        (Kind.TEXT, "  ", None),
    ],
)
def test_values_are_read_however_they_are_typed(kind, cell, value):
    assert read(kind, cell) == value


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        (Kind.INTEGER, "三", "integer"),
        (Kind.INTEGER, "3.5", "integer"),
        (Kind.MONEY, "300元整", "money"),
        (Kind.MONEY, "3.999", "money"),
        (Kind.DECIMAL, "80平米", "decimal"),
        (Kind.YES_NO, "√", "yes_no"),
        (Kind.DATE, "2020-02-30", "date"),
        (Kind.DATE, "七五年", "date"),
        (Kind.DATE, "0020-01-01", "date"),
        (Kind.NAME, "王明(户主)", "name"),
        (Kind.PHONE, "1380000000", "phone"),
        (Kind.PHONE, "1.38E+10", "scientific"),
        (Kind.ACCOUNT, "123", "account"),
        (Kind.PLACE, "1411", "place_digits"),
        (Kind.PLACE, "41124104201", "place_short"),
        (Kind.PHONE, "3588222222", "zero_lost"),
        (Kind.DATE, "2019年3月", "date_month"),
        (Kind.DATE, "\x02", "formula_uncounted"),
        (Kind.ID_NUMBER, "1.41199E+17", "scientific"),
        (Kind.ID_NUMBER, GOOD[:17], "id_length"),
        (Kind.ID_NUMBER, "A" + GOOD[1:], "id_characters"),
        (Kind.ID_NUMBER, GOOD[:10] + "13" + GOOD[12:], "id_birth_date"),
        (Kind.ID_NUMBER, GOOD[:17] + ("0" if GOOD[17] != "0" else "1"), "id_check_digit"),
        (Kind.ID_NUMBER, "141199197502140000", "id_rounded"),
        (Kind.TEXT, "白\x07文", "control"),
        (Kind.TEXT, "字" * 201, "too_long"),
        (Kind.TEXT, "\x01141199197502140013", "digits_lost"),
    ],
)
def test_each_mistake_has_its_own_fault(kind, cell, code):
    assert read(kind, cell) == code


def test_bounds_and_patterns_say_what_would_be_right():
    cells = parse(Column("x", "x", kind=Kind.INTEGER, low=1, high=30), trimmed(["0", "31", "5"]))
    [(code, rows, params)] = cells.faults
    assert (code, rows.to_list(), params) == (
        "range",
        [True, True, False],
        {"low": "1", "high": "30"},
    )
    column = Column("x", "x", pattern=r"86\d{12}", example="86141124000123")
    [(code, _, params)] = parse(column, trimmed(["8614112400012"])).faults
    assert (code, params) == ("pattern", {"example": "86141124000123"})


def test_labels_are_mapped_never_numbers():
    column = Column("health", "健康状况", kind=Kind.CODE, table=HEALTH)
    cells = parse(column, trimmed(["健康", "健 康", "1", ""]))
    assert cells.values.to_list() == ["healthy", None, None, None]
    [(code, rows, params)] = cells.faults
    assert (code, rows.to_list()) == ("label", [False, True, True, False])
    assert params["allowed"] == "健康、残疾"
    assert params["near"]["健 康"] == "健康"


def test_several_labels_are_read_in_their_order_up_to_the_limit():
    column = Column("x", "x", kind=Kind.CODES, table=HEALTH, most=1)
    cells = parse(column, trimmed(["残疾", "残疾、健康", "残疾，无"]))
    assert cells.values.to_list() == ["{disabled}", None, None]
    assert [code for code, _, _ in cells.faults] == ["label", "too_many"]


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet="0123456789X", min_size=18, max_size=18))
def test_whole_columns_judge_identity_numbers_as_one_number_is_judged(number):
    expected = {
        None: number,
        IdNumberFault.CHARACTERS: "id_characters",
        IdNumberFault.BIRTH_DATE: "id_birth_date",
        IdNumberFault.CHECK_DIGIT: "id_check_digit",
    }[id_number_fault(number)]
    if expected == "id_check_digit" and number.endswith("000"):
        expected = "id_rounded"
    if number[6:10] < "1900" and expected in (number, "id_check_digit", "id_rounded"):
        expected = "id_birth_date"  # nobody in a register was born before 1900
    assert read(Kind.ID_NUMBER, number) == expected


@settings(deadline=None)
@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
def test_every_date_survives_every_way_of_writing_it(day):
    ways = (f"{day:%Y-%m-%d}", f"{day.year}/{day.month}/{day.day}", f"{day:%Y%m%d}")
    assert [read(Kind.DATE, way) for way in ways] == [day] * 3


@settings(deadline=None)
@given(st.integers(-(10**11), 10**11))
def test_money_is_exact_to_the_fen(fen):
    sign, whole, rest = "-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100
    assert read(Kind.MONEY, f"{sign}{whole}.{rest:02d}") == fen


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=20), st.sampled_from(Kind))
def test_no_cell_breaks_the_reader(cells, kind):
    column = Column("x", "x", kind=kind, table=HEALTH, low=0, high=9)
    parsed = parse(column, trimmed(cells))
    assert len(parsed.values) == len(cells)
    for _code, rows, _params in parsed.faults:
        assert rows.dtype == pl.Boolean
        assert parsed.values.filter(rows).null_count() == rows.sum()


def test_whole_columns_are_masked_as_one_value_is():
    values = {
        Kind.ID_NUMBER: [GOOD, GOOD + "43", None],
        Kind.PHONE: ["15400000001", "0358822", None],
        Kind.ACCOUNT: ["6217000012345678", "12345678", None],
    }
    one_by_one = {
        Kind.ID_NUMBER: mask_id_number,
        Kind.PHONE: mask_phone,
        Kind.ACCOUNT: mask_account,
    }
    for kind, cells in values.items():
        column = Column("x", "x", kind=kind, purpose=b"t.x")
        expected = [cell and one_by_one[kind](cell) for cell in cells]
        assert _masked_column(column, pl.Series(cells)).to_list() == expected
