"""Dataset village_year: the yearly file of a village, township or county."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.places.former import CODE_MESSAGES, CODE_RULES
from yimaqing.domains.places.models import Standing
from yimaqing.kit.dataset import CodeTable, Column, Dataset, Field, Finding, Kind, Message

_MOST = 100_000_000
_ENGLISH = {
    Standing.POOR_VILLAGE: "Poor village",
    Standing.ORDINARY_VILLAGE: "Ordinary village",
    Standing.NATIONAL_POVERTY_COUNTY: "National poverty county",
    Standing.PROVINCIAL_POVERTY_COUNTY: "Provincial poverty county",
}
_STANDINGS = CodeTable(
    "place_standing",
    labels={
        **{str(s.label): s.value for s in Standing},
        "非贫困县": "ordinary_county",
        "建档立卡贫困村": Standing.POOR_VILLAGE.value,
        "国家扶贫开发工作重点县": Standing.NATIONAL_POVERTY_COUNTY.value,
        "省级扶贫开发工作重点县": Standing.PROVINCIAL_POVERTY_COUNTY.value,
    },
    shown={**{s.value: str(s.label) for s in Standing}, "ordinary_county": "非贫困县"},
    english={**{s.value: label for s, label in _ENGLISH.items()}, "ordinary_county": "Not poor"},
)


def _count(name: str, label: str, code: str = "") -> Column:
    return Column(name, label, (code,) if code else (), Kind.INTEGER, low=0, high=_MOST)


_COUNTS = (
    _count("households", _n("户数"), "aad005"),
    _count("minimum_living_households", _n("低保户数"), "aad008"),
    _count("population", _n("人口数"), "aad010"),
    _count("rural_population", _n("乡村人口数")),
    _count("disabled_people", _n("残疾人数"), "aad016"),
    _count("labour_force", _n("劳动力人数"), "aad017"),
    _count("migrant_workers", _n("外出务工人数"), "aad018"),
    _count("water_difficult_households", _n("饮水困难户数"), "aad331"),
    _count("water_substandard_households", _n("饮水未达标户数"), "aad332"),
    _count("dangerous_houses", _n("危房户数"), "aad361"),
    _count("clinics", _n("卫生室个数"), "aad391"),
)


def _yuan(name: str, label: str, code: str) -> Column:
    return Column(name, label, (code,), Kind.MONEY, low=0, high=100 * _MOST)


COLUMNS = (
    Column(
        "place_code",
        _n("地点编号"),
        ("aad001", "村编号"),
        Kind.PLACE,
        required=True,
        example="141124104201",
    ),
    Column("year", _n("年度"), ("aar040",), Kind.INTEGER, required=True, low=2005, high=2100),
    Column("attribute", _n("地点属性"), ("aad004",), Kind.CODE, table=_STANDINGS),
    *_COUNTS,
    _yuan("net_income", _n("人均纯收入"), "aad301"),
    _yuan("collective_income", _n("集体经济收入"), "aad302"),
    Column("exit_year", _n("摘帽（退出）年度"), ("退出年度",), Kind.INTEGER, low=2013, high=2100),
)


def _years(frame: pl.DataFrame) -> list[Finding]:
    current = frame["as_of"].dt.year().cast(pl.Int64)
    return [
        Finding("future_year", name, frame[name] > current, {"year": current})
        for name in ("year", "exit_year")
    ]


def _parts(frame: pl.DataFrame) -> list[Finding]:
    """A part is no larger than its whole."""
    pairs = (
        ("minimum_living_households", "households"),
        ("disabled_people", "population"),
        ("labour_force", "population"),
        ("dangerous_houses", "households"),
    )
    return [
        Finding("part_too_large", part, frame[part] > frame[whole], {"whole": frame[whole]})
        for part, whole in pairs
    ]


# A status begins with the first year that states it and ends after the year of exit.
_STATUS_COLUMNS = "place_id, status, starts_on, ends_on, source"
_ENDS = "make_date(s.exit_year::int + 1, 1, 1)"
STATUSES = (
    (
        "UPDATE places_placestatus p SET ends_on = x.ends_on, source = %(source)s FROM ("
        f"SELECT s.place_code, s.attribute, max({_ENDS}) AS ends_on FROM {{stage}} s"
        " JOIN intake_plan r ON r.row_no = s.row_no WHERE s.exit_year IS NOT NULL GROUP BY 1, 2) x"
        " WHERE p.place_id = x.place_code AND p.status = x.attribute"
        " AND p.ends_on IS DISTINCT FROM x.ends_on AND p.starts_on < x.ends_on"
    ),
    (
        f"INSERT INTO places_placestatus ({_STATUS_COLUMNS}) SELECT s.place_code, s.attribute,"
        f" make_date(least(min(s.year), min(s.exit_year))::int, 1, 1), max({_ENDS}), %(source)s"
        " FROM {stage} s JOIN intake_plan r ON r.row_no = s.row_no WHERE"
        " s.attribute <> 'ordinary_county'"
        " AND NOT EXISTS (SELECT FROM places_placestatus p WHERE p.place_id = s.place_code"
        " AND p.status = s.attribute) GROUP BY s.place_code, s.attribute"
    ),
)

village_year = Dataset(
    name="village_year",
    label=_n("地点年度档案"),
    columns=COLUMNS,
    table="places_placeyear",
    key=("s.place_code", "s.year"),
    key_column="place_code",
    lookup=(
        "SELECT s.row_no, s.place_code, t.place_id AS held_place, t.id AS target_id,"
        " p.code IS NOT NULL AS known, p.valid_to AS place_valid_to"
        " FROM {stage} s LEFT JOIN places_place p ON p.code = s.place_code"
        " LEFT JOIN places_placeyear t ON t.place_id = s.place_code AND t.year = s.year"
    ),
    fields=(
        Field("place_id", "s.place_code"),
        Field("year", "s.year"),
        Field("attribute", "coalesce(s.attribute, '')", "attribute"),
        *(Field(c.name, f"s.{c.name}", c.name) for c in _COUNTS),
        Field("net_income_per_capita_fen", "s.net_income", "net_income"),
        Field("collective_income_fen", "s.collective_income", "collective_income"),
    ),
    checks=(_years, _parts),
    rules=CODE_RULES,
    after=STATUSES,
    messages={
        **CODE_MESSAGES,
        "place_unknown": Message(
            _n("地点编号 %(place)s 不在区划表中"), _n("核对 12 位统计用区划代码")
        ),
        "future_year": Message(_n("年度晚于数据年度 %(year)s"), _n("核对年度")),
        "part_too_large": Message(_n("大于总数 %(whole)s"), _n("核对该数与总数")),
    },
    provenance=("source", "batch_id"),
    source="村级年度档案",
)

datasets = [village_year]
