"""The kinds of errors, by file: what offices really send, one small mistake at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from demo.dirt import REPORTED, Cells, Kind, Spoil
from demo.draw import Rng
from yimaqing.kit.ids import id_check_digit

# No register knows these numbers: the serial 999999 is never drawn.
_UNKNOWN_HOUSEHOLD = "86141199999999"
# Their members are left out of persons.csv.
NO_MEMBERS = "household_without_members"
_THREE = "因学、因灾、缺水"


def _fixed(*values: str | None) -> Spoil:
    """Cells drawn from a few constants."""

    def spoil(rng: Rng, cells: Cells) -> Cells:
        return [values[int(k)] for k in rng.integers(0, len(values), len(cells))]

    return spoil


def _changed(change: str) -> Spoil:
    """Cells made from the old value by the named function below."""
    function = _CHANGES[change]

    def spoil(_rng: Rng, cells: Cells) -> Cells:
        return [function(cell or "") for cell in cells]

    return spoil


def _wrong_check(number: str) -> str:
    return number[:17] + ("0" if number[17] != "0" else "1")


def _rounded(number: str) -> str:
    """What a spreadsheet makes of 18 digits: it keeps 15."""
    rounded = number[:15] + "000"
    # one in eleven would pass the check digit by chance
    return rounded if id_check_digit(rounded[:17]) != "0" else number[:15] + "001"


def _region_before_2003(code: str) -> str:
    """吕梁地区 (1423) became 吕梁市 (1411) in 2003; its villages' codes changed with it."""
    return "1423" + code[4:]


def _more(amount: str) -> str:
    return f"{float(amount) + 1000:.2f}"


def _year_later(day: str) -> str:
    return f"{int(day[:4]) + 1}-01-15"


def _other_people(count: str) -> str:
    return str(int(count) + 3)


_CHANGES: dict[str, Callable[[str], str]] = {
    "wrong_check": _wrong_check,
    "rounded": _rounded,
    "before_2003": _region_before_2003,
    "more": _more,
    "year_later": _year_later,
    "other_people": _other_people,
    "short": lambda number: number[:-1],
    "next_number": lambda number: number[:-2] + "77",
    "minus": lambda amount: f"-{float(amount) + 1:.2f}",
    "apostrophe": lambda number: number + "号",
}


_HEAD = ("与户主关系", ["户主"])


def _not_head(table: pl.DataFrame) -> pl.Series:
    return table["与户主关系"] != "户主"


class _Has:
    """Rows whose cell is filled."""

    def __init__(self, column: str) -> None:
        self.column = column

    def __call__(self, table: pl.DataFrame) -> pl.Series:
        return table[self.column].is_not_null() & (table[self.column] != "")


class _Is:
    """Rows whose cell is one of the values."""

    def __init__(self, column: str, values: Sequence[str]) -> None:
        self.column, self.values = column, list(values)

    def __call__(self, table: pl.DataFrame) -> pl.Series:
        return table[self.column].is_in(self.values)


class _Early:
    """Rows of the earlier half by a date: what is known of today stays known."""

    def __init__(self, column: str, of: _Is | None = None) -> None:
        self.column, self.of = column, of

    def __call__(self, table: pl.DataFrame) -> pl.Series:
        days = table[self.column]
        early: pl.Series = days < days.sort()[len(days) // 2]
        return early & self.of(table) if self.of else early


_EARLY = _Early("观测日期")
_AMOUNTS = _Early("观测日期", _Is("指标", ["饮水水量", "缺水天数"]))
_VERDICTS = _Early("观测日期", _Is("指标", ["不愁吃", "不愁穿"]))
_unknown_household = Kind("unknown_household", "户编号", _fixed(_UNKNOWN_HOUSEHOLD))

KINDS: dict[str, tuple[Kind, ...]] = {
    "households": (
        Kind("unknown_village", "村编号", _fixed("141102999201", "141124199999")),
        Kind("outdated_village", "村编号", _changed("before_2003")),
        Kind("head_name_missing", "户主姓名", _fixed(None)),
        Kind("head_id_check_digit", "户主证件号", _changed("wrong_check")),
        Kind("bad_household_number", "户编号", _changed("short")),
        Kind("unknown_label", "脱贫状态", _fixed("脱贫了", "己脱贫"), only=_Has("脱贫状态")),
        Kind("unknown_label", "主要致贫原因", _fixed("懒", "因穷"), only=_Has("主要致贫原因")),
        Kind("bad_year", "识别年度", _fixed("2O15", "215"), only=_Has("识别年度")),
        Kind("too_many_causes", "其他致贫原因", _fixed(_THREE), only=_Has("其他致贫原因")),
        Kind("member_count_differs", "家庭人口数", _changed("other_people"), REPORTED),
        Kind(NO_MEMBERS, "户编号", None, REPORTED),
        Kind("duplicate_row", "户编号", None, copied=True),
        Kind("duplicate_key", "户主姓名", _fixed("张演示", "李演示"), copied=True),
    ),
    "persons": (
        Kind("bad_check_digit", "证件号码", _changed("wrong_check"), only=_not_head),
        Kind("id_rounded_by_spreadsheet", "证件号码", _changed("rounded"), only=_not_head),
        Kind("id_in_scientific_notation", "证件号码", _fixed("1.41199E+17"), only=_not_head),
        Kind("id_too_short", "证件号码", _changed("short"), only=_not_head),
        Kind("birth_differs_from_id", "出生日期", _changed("year_later"), only=_not_head),
        Kind("bad_date", "出生日期", _fixed("1975-02-30", "1975.13.1", "七五年"), only=_not_head),
        Kind("future_date", "出生日期", _fixed("2099-01-01"), only=_not_head),
        Kind("name_missing", "姓名", _fixed(None), only=_not_head),
        Kind("unknown_label", "与户主关系", _fixed("之朋友", "邻居"), only=_not_head),
        Kind("unknown_label", "健康状况", _fixed("还行", "一般般"), only=_not_head),
        Kind("unknown_household", "户编号", _fixed(_UNKNOWN_HOUSEHOLD), only=_not_head),
        Kind("head_missing", "与户主关系", _fixed("其他"), REPORTED, only=_Is(*_HEAD)),
        Kind("second_head", "与户主关系", _fixed("户主"), only=_Is("与户主关系", ["配偶"])),
        Kind("duplicate_row", "人编号", None, only=_not_head, copied=True),
        Kind(
            "same_id_two_persons", "人编号", _changed("next_number"), only=_not_head,
            copied=True,
        ),
    ),
    "incomes": (
        _unknown_household,
        Kind("identity_transfer", "转移性收入", _changed("more")),
        Kind("identity_total", "年收入", _changed("more")),
        Kind("identity_net", "纯收入", _changed("more")),
        Kind("identity_per_capita", "人均纯收入", _changed("more")),
        Kind("negative_amount", "工资性收入", _changed("minus")),
        Kind("not_a_number", "生产经营性收入", _fixed("约三千", "5千元", "-")),
        Kind("bad_year", "年度", _fixed("20l9", "219", "2099")),
        Kind("divisor_zero", "核算人口数", _fixed("0")),
        Kind("duplicate_row", "户编号", None, copied=True),
    ),
    "living_conditions": (
        _unknown_household,
        Kind("negative_area", "耕地面积", _fixed("-3.5", "-1.0")),
        Kind("not_a_number", "住房面积", _fixed("三间", "80平米")),
        Kind("unknown_label", "危房级别", _fixed("E级", "危")),
        Kind("unknown_label", "入户路类型", _fixed("高速路", "好路")),
        Kind("unknown_label", "是否有卫生厕所", _fixed("√", "大概有")),
        Kind("bad_date", "鉴定日期", _fixed("2019-02-30", "去年春天")),
        Kind("future_date", "鉴定日期", _fixed("2099-05-01")),
        Kind("duplicate_row", "户编号", None, copied=True),
    ),
    "measures": (
        _unknown_household,
        Kind("unknown_label", "帮扶类别", _fixed("送温暖", "其它")),
        Kind("bad_date", "开始日期", _fixed("2019-06-31", "六月")),
        Kind("end_before_start", "结束日期", _fixed("2009-01-01")),
        Kind("name_missing", "措施名称", _fixed(None)),
        Kind("duplicate_row", "措施编号", None, copied=True),
    ),
    "payments": (
        _unknown_household,
        Kind("negative_amount", "金额", _changed("minus")),
        Kind("not_a_number", "金额", _fixed("贰佰元", "300元整")),
        Kind("future_date", "发放日期", _fixed("2099-03-01")),
        Kind("bad_date", "发放日期", _fixed("2019-11-31")),
        Kind("fund_missing", "资金名称", _fixed(None)),
        Kind("duplicate_row", "流水号", None, copied=True),
    ),
    "readings": (
        Kind("unknown_household", "户编号", _fixed(_UNKNOWN_HOUSEHOLD), only=_EARLY),
        Kind("unknown_indicator", "指标", _fixed("满意度", "不愁喝"), only=_EARLY),
        Kind("bad_value", "值", _fixed("很多"), only=_AMOUNTS),
        Kind("bad_value", "值", _fixed("差不多"), only=_VERDICTS),
        Kind("out_of_range", "值", _fixed("-5"), only=_AMOUNTS),
        Kind("future_date", "观测日期", _fixed("2099-01-01"), only=_EARLY),
        Kind("bad_date", "观测日期", _fixed("2020-02-30"), only=_EARLY),
        Kind("duplicate_row", "户编号", None, copied=True),
    ),
    "pairings": (
        _unknown_household,
        Kind("name_missing", "帮扶干部姓名", _fixed(None), only=_Is("帮扶次序", ["2"])),
        Kind("bad_rank", "帮扶次序", _fixed("3", "一把手"), only=_Is("帮扶次序", ["2"])),
        Kind("bad_date", "开始日期", _fixed("2018-04-31")),
        Kind("duplicate_row", "户编号", None, copied=True),
    ),
    "village_year": (
        Kind("unknown_place", "地点编号", _fixed("141102999201")),
        Kind("negative_amount", "户数", _fixed("-12")),
        Kind("not_a_number", "集体经济收入", _fixed("五万")),
    ),
}  # fmt: skip
