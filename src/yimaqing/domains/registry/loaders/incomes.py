"""Dataset incomes: table AC07 of the national register, yuan in the file, fen inside.

What follows from a row's other cells need not be stated: transfer from its six parts, total from
the four sources, net from total and cost, per_capita from net and divisor. What is stated is held
against that.
"""

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
    year_not_future,
)
from yimaqing.domains.registry.loaders.undoing import (
    MESSAGES as UNDO_MESSAGES,
)
from yimaqing.domains.registry.loaders.undoing import (
    UNDO_INCOMES,
)
from yimaqing.kit.dataset import Column, Dataset, Field, Finding, Kind, Message, Rule

_MOST_YUAN = 100_000_000
#: Rounding of a quotient to fen on either side, and of one that is stated in whole yuan.
_TOLERANCE_FEN, _WHOLE_YUAN_FEN = 1, 50
_MOST_SHARERS = 30


def _yuan(
    name: str,
    label: str,
    code: str,
    *,
    required: bool = False,
    low: float = 0,
    follows: tuple[str, ...] = (),
) -> Column:
    high = _MOST_YUAN
    return Column(
        name, label, (code,), Kind.MONEY, required=required, low=low, high=high, follows=follows
    )


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
    _yuan("wage", _n("工资性收入"), "aac073", required=True),
    _yuan("operating", _n("生产经营性收入"), "aac071", required=True),
    _yuan("property", _n("财产性收入"), "aac072", required=True),
    _yuan("transfer", _n("转移性收入"), "aac085", required=True, follows=tuple(PARTS)),
    *(_yuan(name, label, code) for name, (label, code) in PARTS.items()),
    _yuan("operating_cost", _n("生产经营性支出"), "aac074", required=True),
    _yuan("total", _n("年收入"), "aac081", follows=_SOURCES),
    _yuan("net", _n("纯收入"), "aac079", low=-_MOST_YUAN, follows=("total", "operating_cost")),
    Column("divisor", _n("核算人口数"), (), Kind.INTEGER, low=1, high=_MOST_SHARERS),
    coded("divisor_basis", _n("核算口径")),
    _yuan("per_capita", _n("人均纯收入"), "aac082", low=-_MOST_YUAN, follows=("net", "divisor")),
)


def _differs(
    code: str, column: str, stated: pl.Series, right: pl.Series, by: pl.Series | int = 0
) -> Finding:
    yuan = (right / 100).map_elements(lambda fen: f"{fen:.2f}", pl.String)
    return Finding(code, column, (stated - right).abs() > by, {"right": yuan})


def _transfer(frame: pl.DataFrame) -> pl.Series:
    """As stated, else the sum of the parts where all are: what is not known is not zero."""
    whole = pl.all_horizontal(pl.col(list(PARTS)).is_not_null())
    parts = pl.when(whole).then(pl.sum_horizontal(*PARTS))
    return frame.select(transfer=pl.coalesce("transfer", parts)).to_series()


def _sources(frame: pl.DataFrame) -> pl.Series:
    return frame["wage"] + frame["operating"] + frame["property"] + _transfer(frame)


def _total(frame: pl.DataFrame) -> pl.Series:
    return frame["total"].fill_null(_sources(frame))


def _net(frame: pl.DataFrame) -> pl.Series:
    return frame["net"].fill_null(_total(frame) - frame["operating_cost"])


def _identities(frame: pl.DataFrame) -> list[Finding]:
    parts = frame.select(pl.any_horizontal(pl.col(list(PARTS)).is_not_null())).to_series()
    of_parts = frame.select(pl.sum_horizontal(*PARTS)).to_series()
    transfer = _differs("transfer_sum", "transfer", frame["transfer"], of_parts)
    share = (_net(frame) / frame["divisor"]).round().cast(pl.Int64, strict=False)
    cost, per_capita = frame["operating_cost"], frame["per_capita"]
    rounded = frame.select(
        pl.when(pl.col("per_capita") % 100 == 0).then(_WHOLE_YUAN_FEN).otherwise(_TOLERANCE_FEN)
    ).to_series()
    return [
        Finding("transfer_unknown", "transfer", _transfer(frame).is_null()),
        Finding(transfer.code, transfer.column, transfer.rows & parts, transfer.params),
        _differs("total_sum", "total", frame["total"], _sources(frame)),
        _differs("net_difference", "net", frame["net"], _total(frame) - cost),
        _differs("per_capita_share", "per_capita", per_capita, share, rounded),
    ]


#: Whether a stated income a head is the net income shared by so many, both rounded.
_FITS = (
    "2 * abs(s.per_capita * {0} - s.net) <= CASE WHEN mod(s.per_capita, 100) = 0"
    f" THEN {2 * _WHOLE_YUAN_FEN + 1} ELSE {2 * _TOLERANCE_FEN + 1} END * {{0}}"
)
_IMPLIED = (
    "SELECT CASE count(*) WHEN 1 THEN min(q) END"
    f" FROM generate_series(1, {_MOST_SHARERS}) q WHERE {_FITS.format('q')}"
)
# Who share the income, where the file does not say: as many as that year's record has, as the
# stated figures imply, or as the register has. It has no number of a household's residents.
_SHARERS = (
    "SELECT c.* FROM (VALUES (1, 'held', t.divisor, t.divisor_basis),"
    f" (2, 'implied', ({_IMPLIED})::int, ''),"
    " (3, 'register', h.member_count, 'registered')) c (rank, origin, divisor, basis)"
    " WHERE s.divisor IS NULL AND c.divisor IS NOT NULL"
    f" AND (s.per_capita IS NULL OR {_FITS.format('c.divisor')})"
    " AND (s.divisor_basis IS NULL OR c.basis IN ('', s.divisor_basis))"
    " ORDER BY c.rank LIMIT 1"
)
LOOKUP = (
    "SELECT s.row_no, h.id AS household_id, h.place_code, t.place_code AS held_place,"
    " t.id AS target_id, n.origin, coalesce(s.divisor, n.divisor) AS divisor,"
    " coalesce(s.divisor_basis, n.basis, '') AS divisor_basis, coalesce(s.per_capita,"
    " round(s.net::numeric / coalesce(s.divisor, n.divisor))::bigint) AS per_capita"
    f" FROM {{stage}} s {FIND_HOUSEHOLD}"
    " LEFT JOIN registry_yearlyincome t ON t.household_id = h.id AND t.year = s.year"
    f" LEFT JOIN LATERAL ({_SHARERS}) n ON true"
)
_ROWS = " FROM {stage} s JOIN intake_found r ON r.row_no = s.row_no WHERE"
_UNSHARED = "r.household_id IS NOT NULL AND r.divisor IS NULL AND s.per_capita IS"
_SHOWN = 5
RULES = (
    HOUSEHOLD_UNKNOWN,
    former_household(further=" AND o.year = s.year"),
    Rule(
        "divisor_unknown",
        "divisor",
        f"SELECT s.row_no, '' AS value, '{{}}'::jsonb AS params{_ROWS} {_UNSHARED} NULL",
    ),
    Rule(
        "divisor_unclear",
        "per_capita",
        "SELECT s.row_no, (s.per_capita / 100.0)::numeric(14, 2)::text AS value,"
        " jsonb_build_object('net', (s.net / 100.0)::numeric(14, 2)::text) AS params"
        f"{_ROWS} {_UNSHARED} NOT NULL",
    ),
    Rule(
        "divisor_registered",
        "divisor",
        "SELECT 0 AS row_no, '' AS value, jsonb_build_object('count', count(*), 'rows',"
        " string_agg(x.row_no::text, ', ' ORDER BY x.row_no) FILTER (WHERE x.at <="
        f" {_SHOWN}) || CASE WHEN count(*) > {_SHOWN} THEN ' …' ELSE '' END) AS params"
        " FROM (SELECT s.row_no, row_number() OVER (ORDER BY s.row_no) AS at"
        f"{_ROWS} r.origin = 'register'"
        " AND s.row_no NOT IN (SELECT row_no FROM intake_rejected)) x HAVING count(*) > 0",
        warning=True,
    ),
)

READINGS = observe(
    "SELECT 'known' AS outcome, r.place_code, r.household_id, NULL::bigint AS person_id,"
    " 'income' AS indicator,"
    " '' AS value_text, r.per_capita / 100.0::float8 AS value_number,"
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
    lookup=LOOKUP,
    fields=(
        *OF_HOUSEHOLD,
        Field("year", "s.year"),
        *(Field(f"{n}_fen", f"s.{n}", n) for n in (*_SOURCES, "operating_cost")),
        *(Field(f"{n}_fen", f"coalesce(s.{n}, 0)", n) for n in PARTS),
        *(Field(f"{n}_fen", f"s.{n}", n) for n in ("total", "net")),
        Field("per_capita_fen", "r.per_capita", "per_capita"),
        Field("divisor", "r.divisor"),
        Field("divisor_basis", "r.divisor_basis", "divisor_basis"),
    ),
    derived={"transfer": _transfer, "total": _total, "net": _net},
    checks=(year_not_future, _identities),
    rules=RULES,
    after=(history("yearlyincome"), READINGS),
    messages={
        **MESSAGES,
        **UNDO_MESSAGES,
        "transfer_sum": Message(
            _n("转移性收入不等于六个分项之和 %(right)s 元"), _n("核对转移性收入与各分项")
        ),
        "transfer_unknown": Message(
            _n("没有转移性收入，六个分项也不全"),
            _n("填写转移性收入，或填全六个分项（没有的填 0）"),
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
        "divisor_unknown": Message(
            _n("没有核算人口数，核算口径又不是户籍人口"),
            _n("填写核算人口数；户册只有登记的家庭人口数"),
        ),
        "divisor_unclear": Message(
            _n("没有核算人口数，由纯收入 %(net)s 元与人均纯收入也算不出"),
            _n("核对两项并填写核算人口数，或空着人均纯收入，由系统计算"),
        ),
        "divisor_registered": Message(
            _n(
                "%(count)s 行没有核算人口数（第 %(rows)s 行），"
                "以户册现登记的家庭人口数计算人均纯收入"
            ),
            _n("核算人口与登记人口不同的户，填写核算人口数后重新导入"),
        ),
    },
    source=SOURCE,
    undo=UNDO_INCOMES,
    elsewhere=(
        (
            (
                "没有核算人口数的行，依次取该年度已有记录的人数、纯收入与人均纯收入相除所得的整数、"
                "户册登记的家庭人口数（口径记为户籍人口，并提示）。"
            ),
            (
                "A row without 核算人口数 takes it from that year's record, from 纯收入 and"
                " 人均纯收入 where they give a whole number, or else from 家庭人口数 of the"
                " households list (counted as 户籍人口, and told)."
            ),
        ),
    ),
)
