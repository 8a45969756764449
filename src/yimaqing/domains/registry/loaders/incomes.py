"""Dataset incomes: table AC07 of the national register, yuan in the file, fen inside."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.registry.loaders.merged import FIND_HOUSEHOLD, former_household
from yimaqing.domains.registry.loaders.shared import (
    HOUSEHOLD_NUMBER,
    HOUSEHOLD_UNKNOWN,
    MESSAGES,
    OF_HOUSEHOLD,
    SOURCE,
    WINDOW_END,
    YEAR,
    coded,
    history,
    observe,
    plain,
    year_not_future,
)
from yimaqing.domains.registry.loaders.undoing import (
    MESSAGES as UNDO_MESSAGES,
)
from yimaqing.domains.registry.loaders.undoing import (
    UNDO_INCOMES,
)
from yimaqing.kit.dataset import Column, Dataset, Field, Finding, Kind, Message

_MOST_YUAN = 100_000_000
#: Rounding of a quotient to fen on either side.
_TOLERANCE_FEN = 1


def _yuan(name: str, label: str, code: str, *, required: bool = True, low: float = 0) -> Column:
    return Column(name, label, (code,), Kind.MONEY, required=required, low=low, high=_MOST_YUAN)


PARTS = {
    "family_planning": (_n("计划生育金"), "aac076"),
    "minimum_living": (_n("低保金"), "aac077"),
    "ecological": (_n("生态补偿金"), "aac078"),
    "five_guarantee": (_n("五保金"), "aac086"),
    "pension": (_n("养老保险金"), "aac087"),
    "other_transfer": (_n("其他转移性收入"), "aac083"),
}
_SOURCES = ("wage", "operating", "property", "transfer")

COLUMNS = (
    HOUSEHOLD_NUMBER,
    YEAR,
    _yuan("wage", _n("工资性收入"), "aac073"),
    _yuan("operating", _n("生产经营性收入"), "aac071"),
    _yuan("property", _n("财产性收入"), "aac072"),
    _yuan("transfer", _n("转移性收入"), "aac085"),
    *(_yuan(name, label, code, required=False) for name, (label, code) in PARTS.items()),
    _yuan("operating_cost", _n("生产经营性支出"), "aac074"),
    _yuan("total", _n("年收入"), "aac081"),
    _yuan("net", _n("纯收入"), "aac079", low=-_MOST_YUAN),
    Column("divisor", _n("核算人口数"), (), Kind.INTEGER, required=True, low=1, high=30),
    coded("divisor_basis", _n("核算口径"), required=True),
    _yuan("per_capita", _n("人均纯收入"), "aac082", low=-_MOST_YUAN),
)


def _differs(code: str, column: str, stated: pl.Series, right: pl.Series, by: int = 0) -> Finding:
    yuan = (right / 100).map_elements(lambda fen: f"{fen:.2f}", pl.String)
    return Finding(code, column, (stated - right).abs() > by, {"right": yuan})


def _identities(frame: pl.DataFrame) -> list[Finding]:
    parts = frame.select(pl.any_horizontal(pl.col(list(PARTS)).is_not_null())).to_series()
    of_parts = frame.select(pl.sum_horizontal(*PARTS)).to_series()
    of_sources = frame["wage"] + frame["operating"] + frame["property"] + frame["transfer"]
    transfer = _differs("transfer_sum", "transfer", frame["transfer"], of_parts)
    share = (frame["net"] / frame["divisor"]).round().cast(pl.Int64, strict=False)
    return [
        Finding(transfer.code, transfer.column, transfer.rows & parts, transfer.params),
        _differs("total_sum", "total", frame["total"], of_sources),
        _differs("net_difference", "net", frame["net"], frame["total"] - frame["operating_cost"]),
        _differs("per_capita_share", "per_capita", frame["per_capita"], share, _TOLERANCE_FEN),
    ]


READINGS = observe(
    "SELECT 'known' AS outcome, r.place_code, r.household_id, NULL::bigint AS person_id,"
    " 'income' AS indicator,"
    " '' AS value_text, s.per_capita / 100.0::float8 AS value_number,"
    f" {WINDOW_END} AS observed_on"
    " FROM intake_plan r JOIN {stage} s ON s.row_no = r.row_no WHERE r.outcome <> 'unchanged'"
    " AND (s.stated IS NULL OR 'per_capita' = ANY (s.stated))"
)

incomes = Dataset(
    name="incomes",
    label=_n("年度收入"),
    columns=COLUMNS,
    table="registry_yearlyincome",
    key=("s.household_number", "s.year"),
    key_column="household_number",
    lookup=(
        "SELECT s.row_no, h.id AS household_id, h.place_code, t.place_code AS held_place,"
        f" t.id AS target_id FROM {{stage}} s {FIND_HOUSEHOLD}"
        " LEFT JOIN registry_yearlyincome t ON t.household_id = h.id AND t.year = s.year"
    ),
    fields=(
        *OF_HOUSEHOLD,
        Field("year", "s.year"),
        *(Field(f"{n}_fen", f"s.{n}", n) for n in (*_SOURCES, "operating_cost")),
        *(Field(f"{n}_fen", f"coalesce(s.{n}, 0)", n) for n in PARTS),
        *(Field(f"{n}_fen", f"s.{n}", n) for n in ("total", "net", "per_capita")),
        plain("divisor"),
        plain("divisor_basis"),
    ),
    checks=(year_not_future, _identities),
    rules=(HOUSEHOLD_UNKNOWN, former_household(further=" AND o.year = s.year")),
    after=(history("yearlyincome"), READINGS),
    messages={
        **MESSAGES,
        **UNDO_MESSAGES,
        "transfer_sum": Message(
            _n("转移性收入不等于六个分项之和 %(right)s 元"), _n("核对转移性收入与各分项")
        ),
        "total_sum": Message(
            _n("年收入不等于四项收入之和 %(right)s 元"), _n("核对年收入与四项收入")
        ),
        "net_difference": Message(
            _n("纯收入不等于年收入减生产经营性支出 %(right)s 元"), _n("核对纯收入与支出")
        ),
        "per_capita_share": Message(
            _n("人均纯收入不等于纯收入除以核算人口数 %(right)s 元"), _n("核对人均纯收入与人口数")
        ),
    },
    source=SOURCE,
    undo=UNDO_INCOMES,
)
