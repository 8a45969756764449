"""Who helps a household, and with what."""

from __future__ import annotations

import numpy as np
import polars as pl

from demo import identity
from demo.draw import Bools, Ints, Rng, chance, dates, numbered, pick, stream, words
from demo.homes import Homes
from demo.names import NamePool
from demo.people import CHRONIC, DISABLED, MAJOR
from demo.registered import ARCHIVED, CONTROL, Register

_DEPARTMENTS = (
    "水利局", "教育科技局", "卫生健康局", "农业农村局", "林业局", "自然资源局", "司法局", "财政局",
)  # fmt: skip
_POSTS = ("科员", "副股长", "股长", "副局长", "四级主任科员")
# category, name, who carries it out, months it runs (0 = a single day)
_MEASURES: dict[str, tuple[str, str, str, int]] = {
    "planting": ("产业", "种植补贴（谷子、马铃薯、中药材）", "农业农村局", 0),
    "dividend": ("产业", "合作社分红", "乡镇人民政府", 12),
    "work": ("就业", "外出务工交通补贴", "人力资源和社会保障局", 0),
    "post": ("公益岗位", "护林员公益岗位", "林业局", 12),
    "loan": ("金融", "扶贫小额信贷", "金融工作办公室", 24),
    "rebuilt": ("住房", "农村危房改造", "住房和城乡建设管理局", 6),
    "moved": ("搬迁", "易地扶贫搬迁安置", "发展和改革局", 8),
    "ill": ("健康", "慢性病家庭医生签约服务", "卫生健康局", 12),
    "pupil": ("义务教育", "义务教育家庭经济困难学生生活补助", "教育科技局", 10),
    "student": ("其他教育", "雨露计划职业教育补助", "乡村振兴局", 10),
    "living": ("综合保障", "农村低保", "民政局", 12),
    "land": ("生态补偿", "退耕还林补助", "林业局", 0),
}


def measures(seed: int, r: Register, house: Homes) -> pl.DataFrame:
    """Help measures of this year and the last, by what each household needs."""
    rng = stream(seed, "measures")
    parts = [
        _measure(rng, r, key, np.flatnonzero(chosen & (r.register_class != CONTROL)))
        for key, chosen in _chosen(rng, r, house).items()
    ]
    rows = pl.concat(parts).sort("户编号", "年度", "帮扶类别", "措施名称")
    number = _nth(rows["户编号"])
    return rows.with_columns(
        pl.lit("").alias("说明"),
        ("CS" + rows["户编号"] + number.cast(pl.String).str.zfill(2)).alias("措施编号"),
    )


def _nth(keys: pl.Series) -> pl.Series:
    """1, 2, 3 … inside each run of equal keys."""
    return pl.DataFrame({"key": keys}).select(pl.int_range(1, pl.len() + 1).over("key")).to_series()


def _chosen(rng: Rng, r: Register, house: Homes) -> dict[str, Bools]:
    n = r.households
    works = r.any_member(r.persons.works)
    grade = r.persons.grade
    ill = r.any_member(np.isin(r.persons.health, (CHRONIC, MAJOR, DISABLED)))
    return {
        "planting": chance(rng, 0.34, n),
        "dividend": chance(rng, 0.24, n),
        "work": works & chance(rng, 0.3, n),
        "post": works & chance(rng, 0.09, n),
        "loan": works & chance(rng, 0.08, n),
        "rebuilt": house.rebuilt & chance(rng, 0.05, n),
        "moved": house.moved & chance(rng, 0.08, n),
        "ill": ill & chance(rng, 0.55, n),
        "pupil": r.any_member((grade >= 2) & (grade <= 5)) & chance(rng, 0.8, n),
        "student": r.any_member((grade >= 9) & (grade <= 12)) & chance(rng, 0.9, n),
        "living": r.attribute == 1,
        "land": chance(rng, 0.18, n),
    }


def _measure(rng: Rng, r: Register, key: str, rows: Ints) -> pl.DataFrame:
    category, name, unit, months = _MEASURES[key]
    year = r.year - 1 + chance(rng, 0.45, len(rows)).astype(np.int64)
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    start = np.minimum(first + rng.integers(20, 300, len(rows)), r.as_of)
    end = start + months * 30
    calendar = start.astype("datetime64[Y]")
    return pl.DataFrame(
        {
            "户编号": r.number.gather(pl.Series(rows)),
            "年度": pl.Series(calendar.astype(np.int64) + 1970).cast(pl.String),
            "帮扶类别": pl.repeat(category, len(rows), eager=True),
            "措施名称": pl.repeat(name, len(rows), eager=True),
            "开始日期": dates(start),
            "结束日期": dates(end),
            "责任单位": pl.repeat(unit, len(rows), eager=True),
        }
    )


HELPER_LOGIN = "bangfu"
_CARE = 4  # households that one helper looks after


def pairings(seed: int, r: Register, showcase: str, county_names: dict[str, str]) -> pl.DataFrame:
    """One first helper for each household but the controls, a second one for some.

    ``showcase`` is the village whose first helper has a login in the demonstration.
    """
    rng = stream(seed, "pairings")
    first = np.flatnonzero(r.register_class != CONTROL)
    second = first[chance(rng, 0.05, len(first)) & (r.register_class[first] == ARCHIVED)]
    place = numbered(rng, r.village)
    home = r.villages["code"].to_list().index(showcase)
    logs_in = (r.village == home) & (place < _CARE)
    nobody = np.zeros_like(logs_in)
    return pl.concat(
        [
            _paired(rng, r, first, place // _CARE, county_names, logs_in, "1"),
            _paired(rng, r, second, place // (_CARE + 1), county_names, nobody, "2"),
        ]
    ).sort("户编号", "帮扶次序")


def _paired(
    rng: Rng, r: Register, rows: Ints, share: Ints, county_names: dict[str, str],
    logs_in: Bools, rank: str,
) -> pl.DataFrame:  # fmt: skip
    """Households ``rows`` with the helper of their share of the village."""
    helper, village = _helpers(r.village, share)
    codes = r.villages["code"].to_list()
    staff = _staff(rng, [codes[v] for v in village.tolist()], county_names)
    start = np.datetime64("2018-01-10") + rng.integers(0, 700, len(rows))
    return pl.DataFrame(
        {
            "户编号": r.number.gather(pl.Series(rows)),
            **staff[pl.Series(helper[rows])].to_dict(),
            "开始日期": dates(start.astype("datetime64[D]")),
            "结束日期": pl.repeat(None, len(rows), dtype=pl.String, eager=True),
            "帮扶次序": pl.repeat(rank, len(rows), eager=True),
            "登录名": words((HELPER_LOGIN,), np.where(logs_in[rows], 0, 1)),
        }
    )


def _helpers(village: Ints, share: Ints) -> tuple[Ints, Ints]:
    """Number of each household's helper, and the village of each helper."""
    key = village * 100_000 + share
    unique, helper = np.unique(key, return_inverse=True)
    return helper.astype(np.int64), unique // 100_000


def _staff(rng: Rng, village_codes: list[str], county_names: dict[str, str]) -> pl.DataFrame:
    pool = NamePool()
    n = len(village_codes)
    county = pl.Series([county_names[code[:6]] for code in village_codes], dtype=pl.String)
    return pl.DataFrame(
        {
            "帮扶干部姓名": pool.full(rng, pool.surname(rng, n), chance(rng, 0.66, n)),
            "单位": county + words(_DEPARTMENTS, pick(rng, [1.0] * len(_DEPARTMENTS), n)),
            "职务": words(_POSTS, pick(rng, [0.5, 0.2, 0.15, 0.05, 0.1], n)),
            "办公电话": identity.office_numbers(rng, n),
        }
    )
