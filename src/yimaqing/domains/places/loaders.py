"""Dataset village_year: the yearly file of a village, township or county."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext_noop as _n

from yimaqing.domains.places.finding import VILLAGE_BY_NAME
from yimaqing.domains.places.former import CODE_MESSAGES, CODE_RULES
from yimaqing.domains.places.models import Standing
from yimaqing.kit.dataset import CodeTable, Column, Dataset, Field, Finding, Kind, Message, Undo

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
        finders=(VILLAGE_BY_NAME,),
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
# What it was before is kept beside the batch's other old values, for an undo.
_KEEP = (
    "INSERT INTO intake_kept (batch_id, part, subject_id, before)"
    " SELECT %(batch)s, 'status', id, before FROM x"
)
STATUSES = (
    (
        "WITH x AS (UPDATE places_placestatus p SET ends_on = x.ends_on, source = %(source)s FROM ("
        f"SELECT s.place_code, s.attribute, max({_ENDS}) AS ends_on FROM {{stage}} s"
        " JOIN intake_plan r ON r.row_no = s.row_no WHERE s.exit_year IS NOT NULL GROUP BY 1, 2) x"
        " WHERE p.place_id = x.place_code AND p.status = x.attribute"
        " AND p.ends_on IS DISTINCT FROM x.ends_on AND p.starts_on < x.ends_on"
        " RETURNING p.id, jsonb_build_object('ends_on', old.ends_on, 'source', old.source)"
        f" AS before) {_KEEP}"
    ),
    (
        f"WITH x AS (INSERT INTO places_placestatus ({_STATUS_COLUMNS})"
        " SELECT s.place_code, s.attribute,"
        f" make_date(least(min(s.year), min(s.exit_year))::int, 1, 1), max({_ENDS}), %(source)s"
        " FROM {stage} s JOIN intake_plan r ON r.row_no = s.row_no WHERE"
        " s.attribute <> 'ordinary_county'"
        " AND NOT EXISTS (SELECT FROM places_placestatus p WHERE p.place_id = s.place_code"
        " AND p.status = s.attribute) GROUP BY s.place_code, s.attribute"
        f" RETURNING id, NULL::jsonb AS before) {_KEEP}"
    ),
)
# Of a year that a later batch changed, that batch keeps whose it was.
_CREATED = (
    "SELECT t.id FROM places_placeyear t WHERE t.batch_id = %(batch)s AND NOT EXISTS"
    " (SELECT FROM intake_kept k WHERE k.batch_id = t.batch_id AND k.part = ''"
    " AND k.subject_id = t.id) UNION SELECT k.subject_id FROM intake_kept k"
    " JOIN intake_batch b ON b.id = k.batch_id AND b.dataset = 'village_year'"
    " WHERE k.part = '' AND (k.before ->> 'batch_id')::bigint = %(batch)s AND NOT EXISTS"
    " (SELECT FROM intake_kept o WHERE o.batch_id = %(batch)s AND o.part = ''"
    " AND o.subject_id = k.subject_id)"
)
# A status that a later batch has changed again stays as that one left it.
_OWN_STATUS = (
    " k.batch_id = %(batch)s AND k.part = 'status' AND k.subject_id = p.id AND NOT EXISTS"
    " (SELECT FROM intake_kept o JOIN intake_batch b ON b.id = o.batch_id"
    " WHERE o.part = 'status' AND o.subject_id = p.id AND b.finished_at > %(applied)s)"
)
UNDO = Undo(
    created=_CREATED,
    place="t.place_id",
    label="t.place_id || ' · ' || t.year",
    after=(
        (
            "DELETE FROM places_placestatus p USING intake_kept k"
            f" WHERE k.before IS NULL AND {_OWN_STATUS}"
        ),
        (
            "UPDATE places_placestatus p SET ends_on = (k.before ->> 'ends_on')::date,"
            " source = k.before ->> 'source' FROM intake_kept k"
            f" WHERE k.before IS NOT NULL AND {_OWN_STATUS}"
        ),
        "DELETE FROM intake_kept WHERE batch_id = %(batch)s AND part = 'status'",
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
        "undo_changed": Message(_n("入库后又有文件改过"), _n("保留现在的值；先撤销那一批次")),
        "undo_out_of_scope": Message(
            _n("现属您负责范围以外的地点 %(place)s"), _n("请由当地负责的单位办理")
        ),
        "part_too_large": Message(_n("大于总数 %(whole)s"), _n("核对该数与总数")),
    },
    provenance=("source", "batch_id"),
    source="村级年度档案",
    undo=UNDO,
)

datasets = [village_year]

#: What other people's sheets call the columns, and words of their titles.
headings: dict[str, dict[str, list[str]]] = {
    "village_year": {
        "place_code": [
            "村代码",
            "行政村代码",
            "区划代码",
            "行政区划代码",
            "village code",
            "org unit code",
        ],
        "attribute": ["村属性", "是否贫困村", "village status"],
        "households": ["总户数", "农户数", "农户总数", "number of households", "total households"],
        "minimum_living_households": ["低保户", "低保户数(户)"],
        "population": ["总人口", "总人口数", "人口总数", "total population"],
        "rural_population": ["农业人口", "乡村人口", "rural population"],
        "disabled_people": ["残疾人", "残疾人口", "残疾人口数", "people with disabilities"],
        "labour_force": ["劳动力", "劳动力总数", "labour force"],
        "migrant_workers": ["外出务工", "务工人数", "外出务工人口", "migrant workers"],
        "clinics": ["卫生室", "村卫生室", "clinics"],
        "net_income": [
            "农民人均纯收入",
            "人均收入",
            "人均可支配收入",
            "村民人均纯收入",
            "per capita net income",
        ],
        "collective_income": ["村集体收入", "集体收入", "村集体经济收入", "collective income"],
        "dangerous_houses": ["危房", "危房户", "危房数", "dangerous houses"],
        "exit_year": ["出列年度", "脱贫出列年度", "摘帽时间", "出列时间"],
    }
}
titles = {"village_year": ["村情", "行政村", "村基本情况", "村表", "villages"]}
