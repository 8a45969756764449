"""Land, house, water and road of each household in two years, and how its house became safe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo import margins
from demo.draw import Bools, Floats, Ints, Rng, chance, dates, pick, stream, words, yes_no
from demo.money import register_years
from demo.registered import Register

_STRUCTURES = ("钢混", "砖混", "砖木石窑洞", "土坯土窑洞", "其他")
_ROADS = ("水泥路", "沥青路", "砂石路", "泥土路", "其他")
_FUELS = ("柴草", "干畜粪", "煤炭", "清洁能源", "其他")
_GRADES = ("A级", "B级", "C级", "D级")


@dataclass(frozen=True)
class Homes:
    """What other files need to know of the houses."""

    rebuilt: Bools
    moved: Bools
    grade: Ints  # 0 A .. 3 D, in the last finished year
    safe_elsewhere: Bools  # C or D, but living in another safe house
    table: pl.DataFrame


def homes(seed: int, r: Register) -> Homes:
    """Draw houses; the split safe / rebuilt / moved is the census's."""
    rng = stream(seed, "homes")
    n = r.households
    way = pick(rng, [margins.HOUSING_SAFE, margins.HOUSING_REBUILT, margins.HOUSING_MOVED], n)
    failing = (way == 0) & chance(rng, margins.FAIL_HOUSING / margins.HOUSING_SAFE, n)
    mending = (way == 0) & ~failing & chance(rng, margins.FAIL_HOUSING * 1.6, n)
    elsewhere = (way == 0) & ~failing & ~mending & chance(rng, 0.006, n)
    sound = np.where(chance(rng, 0.66, n) | (way > 0), 0, 1)
    bad = pick(rng, [0.6, 0.4], n) + 2
    grade = np.where(failing | elsewhere, bad, sound)
    grade_before = np.where(mending, bad, grade)
    years = register_years(r.as_of)
    land = _land(rng, n)
    fixed = _fixed(rng, r, way)
    tables = [
        _rows(rng, r, land, fixed, year, now)
        for year, now in zip(years, (grade_before, grade), strict=True)
    ]
    return Homes(way == 1, way == 2, grade, elsewhere, pl.concat(tables))


def _land(rng: Rng, n: int) -> dict[str, Floats]:
    """Areas in mu, within what auditors take for possible (arable up to 100 mu)."""
    arable = np.round(np.minimum(rng.gamma(2.2, 3.6, n), 80.0), 1)
    forest = np.where(chance(rng, 0.4, n), rng.gamma(1.6, 3.0, n), 0)
    returned = np.where(chance(rng, 0.45, n), np.minimum(arable, rng.gamma(1.8, 2.0, n)), 0)
    orchard = np.where(chance(rng, 0.35, n), rng.gamma(1.6, 2.0, n), 0)
    grass = np.where(chance(rng, 0.04, n), rng.gamma(1.5, 3.0, n), 0)
    return {
        "耕地面积": arable,
        "有效灌溉面积": arable * np.where(chance(rng, 0.2, n), rng.uniform(0.1, 0.9, n), 0),
        "林地面积": forest,
        "退耕还林面积": returned,
        "林果面积": orchard,
        "牧草地面积": grass,
        "水面面积": np.where(chance(rng, 0.01, n), rng.uniform(0.2, 3, n), 0),
    }


def _fixed(rng: Rng, r: Register, way: Ints) -> dict[str, pl.Series]:
    """What hardly changes between two years."""
    n = r.households
    structure = pick(rng, [0.08, 0.36, 0.42, 0.09, 0.05], n)
    structure = np.where(way == 2, np.where(chance(rng, 0.6, n), 0, 1), structure)
    area = np.clip(rng.normal(26, 7, n) * np.sqrt(r.size) + 18, 18, 260)
    return {
        "与村主干路距离": _decimals(np.minimum(rng.gamma(1.1, 0.35, n), 9.0)),
        "入户路类型": words(_ROADS, pick(rng, [0.62, 0.06, 0.15, 0.14, 0.03], n)),
        "住房面积": _decimals(area),
        "住房结构": words(_STRUCTURES, structure),
    }


def _rows(
    rng: Rng, r: Register, land: dict[str, Floats], fixed: dict[str, pl.Series], year: int,
    grade: Ints,
) -> pl.DataFrame:  # fmt: skip
    n = r.households
    danger = grade >= 2
    difficult = chance(rng, 0.006, n)
    graded = np.datetime64(f"{year}-03-01") + rng.integers(0, 200, n)
    return pl.DataFrame(
        {
            "户编号": r.number,
            "年度": pl.repeat(str(year), n, eager=True),
            **{name: _decimals(area) for name, area in land.items()},
            "是否通生产用电": yes_no(chance(rng, 0.985, n)),
            "是否饮水困难": yes_no(difficult),
            "饮水是否安全": yes_no(~chance(rng, 0.0015, n)),
            **fixed,
            "是否危房户": yes_no(danger),
            "危房级别": words(_GRADES, grade),
            "鉴定日期": dates(graded.astype("datetime64[D]")),
            "是否有卫生厕所": yes_no(chance(rng, 0.62, n)),
            "主要燃料类型": words(_FUELS, pick(rng, [0.24, 0.01, 0.5, 0.22, 0.03], n)),
            "是否加入合作社": yes_no(chance(rng, 0.58, n)),
        }
    )


def _decimals(values: Floats) -> pl.Series:
    """One decimal place."""
    tenths = pl.Series(np.rint(np.asarray(values) * 10).astype(np.int64))
    return (tenths // 10).cast(pl.String) + "." + (tenths % 10).cast(pl.String)
