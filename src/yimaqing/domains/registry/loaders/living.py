"""Dataset living_conditions: table AC30 of the national register."""

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
    not_future,
    observe,
    plain,
    text,
    year_not_future,
    yes_no,
)
from yimaqing.domains.registry.loaders.undoing import (
    MESSAGES as UNDO_MESSAGES,
)
from yimaqing.domains.registry.loaders.undoing import (
    UNDO_LIVING,
)
from yimaqing.kit.dataset import Column, Dataset, Field, Finding, Kind, Message

_MOST_MU = 100_000
#: Above these a household's land is doubtful (audit rules 5_14_*: 100 and 200 mu).
_DOUBTFUL_MU = {"arable_mu": 100, "forest_mu": 200}

_LAND = {
    "arable_mu": (_n("耕地面积"), "aac301"),
    "irrigated_mu": (_n("有效灌溉面积"), "aac302"),
    "forest_mu": (_n("林地面积"), "aac303"),
    "returned_farmland_mu": (_n("退耕还林面积"), "aac304"),
    "orchard_mu": (_n("林果面积"), "aac305"),
    "grassland_mu": (_n("牧草地面积"), "aac306"),
    "water_surface_mu": (_n("水面面积"), "aac307"),
}

COLUMNS = (
    HOUSEHOLD_NUMBER,
    YEAR,
    *(
        Column(name, label, (code,), Kind.DECIMAL, low=0, high=_MOST_MU)
        for name, (label, code) in _LAND.items()
    ),
    yes_no("production_power", _n("是否通生产用电"), "aac308"),
    yes_no("water_difficult", _n("是否饮水困难"), "aac311"),
    yes_no("water_safe", _n("饮水是否安全"), "aac312"),
    Column("road_distance_km", _n("与村主干路距离"), ("aac315",), Kind.DECIMAL, low=0, high=500),
    coded("road_kind", _n("入户路类型"), "aac316"),
    Column("house_area_m2", _n("住房面积"), ("aac317",), Kind.DECIMAL, low=0, high=5000),
    coded("house_structure", _n("住房结构")),
    yes_no("dangerous_house", _n("是否危房户"), "aac318"),
    coded("house_grade", _n("危房级别"), "aac322"),
    Column("house_graded_on", _n("鉴定日期"), (), Kind.DATE),
    yes_no("sanitary_toilet", _n("是否有卫生厕所"), "aac319"),
    coded("fuel", _n("主要燃料类型"), "aac320"),
    yes_no("cooperative", _n("是否加入合作社"), "aac084"),
)


def _house(frame: pl.DataFrame) -> list[Finding]:
    grade, dangerous = frame["house_grade"], frame["dangerous_house"]
    return [
        Finding(
            "grade_contradicts", "house_grade", dangerous & grade.is_in(["A", "B"]), warning=True
        ),
        Finding(
            "grade_contradicts", "house_grade", ~dangerous & grade.is_in(["C", "D"]), warning=True
        ),
        Finding("grade_missing", "house_grade", dangerous & grade.is_null(), warning=True),
    ]


def _land(frame: pl.DataFrame) -> list[Finding]:
    return [
        Finding("land_doubtful", name, frame[name] > most, {"most": most}, warning=True)
        for name, most in _DOUBTFUL_MU.items()
    ]


_OBSERVED = (
    "SELECT 'known' AS outcome, r.place_code, r.household_id, NULL::bigint AS person_id,"
    " v.indicator, v.value_text, NULL::float8 AS value_number, v.observed_on, s.year"
    " FROM intake_plan r JOIN {stage} s ON s.row_no = r.row_no, LATERAL (VALUES"
    f" ('housing', s.house_grade, coalesce(s.house_graded_on, {WINDOW_END})),"
    " ('water', CASE WHEN s.water_safe THEN 'pass' WHEN NOT s.water_safe THEN 'fail' END,"
    f" {WINDOW_END})) v (indicator, value_text, observed_on)"
    " WHERE r.outcome <> 'unchanged' AND v.value_text IS NOT NULL"
)
# Two years may name the same inspection: it is one reading, as the later year states it.
READINGS = observe(
    f"SELECT DISTINCT ON (household_id, indicator, observed_on) * FROM ({_OBSERVED}) o"
    " ORDER BY household_id, indicator, observed_on, year DESC"
)

living_conditions = Dataset(
    name="living_conditions",
    label=_n("生产生活条件"),
    columns=COLUMNS,
    table="registry_livingcondition",
    key=("s.household_number", "s.year"),
    key_column="household_number",
    lookup=(
        "SELECT s.row_no, h.id AS household_id, h.place_code, t.place_code AS held_place,"
        f" t.id AS target_id FROM {{stage}} s {FIND_HOUSEHOLD}"
        " LEFT JOIN registry_livingcondition t ON t.household_id = h.id AND t.year = s.year"
    ),
    fields=(
        *OF_HOUSEHOLD,
        Field("year", "s.year"),
        *(plain(name) for name in _LAND),
        *(plain(n) for n in ("production_power", "water_difficult", "water_safe")),
        plain("road_distance_km"),
        text("road_kind"),
        plain("house_area_m2"),
        text("house_structure"),
        plain("dangerous_house"),
        text("house_grade"),
        *(plain(n) for n in ("house_graded_on", "sanitary_toilet")),
        text("fuel"),
        plain("cooperative"),
    ),
    checks=(year_not_future, not_future("house_graded_on"), _house, _land),
    rules=(HOUSEHOLD_UNKNOWN, former_household(further=" AND o.year = s.year")),
    after=(history("livingcondition"), READINGS),
    messages={
        **MESSAGES,
        **UNDO_MESSAGES,
        "grade_contradicts": Message(_n("危房级别与是否危房户不一致"), _n("对照鉴定报告核实")),
        "grade_missing": Message(_n("危房户没有危房级别"), _n("按鉴定报告补填")),
        "land_doubtful": Message(_n("面积超过 %(most)s 亩"), _n("核实面积与单位（亩）")),
    },
    source=SOURCE,
    undo=UNDO_LIVING,
)
