"""Yearly files of villages, townships and counties, in step with the register's people.

The rural population follows from the archived people and the incidence, which differs by
village and is exactly the published one over all villages of the file. Townships and
counties are the sums of their villages in the file.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo import margins
from demo.draw import Bools, Floats, Ints, Rng, spread, stream, unless, words
from demo.homes import Homes
from demo.money import Year
from demo.people import DISABLED
from demo.registered import ARCHIVED, Register

_COUNTS = (
    "户数", "低保户数", "人口数", "乡村人口数", "残疾人数", "劳动力人数", "外出务工人数",
    "饮水困难户数", "饮水未达标户数", "危房户数", "卫生室个数",
)  # fmt: skip


def village_year(seed: int, r: Register, years: tuple[Year, Year], house: Homes) -> pl.DataFrame:
    """The rows of village_year.csv for both years."""
    rng = stream(seed, "village_files")
    rural = _rural_population(rng, r)
    return pl.concat([_year(rng, r, rural, year, house, last=year is years[-1]) for year in years])


def archived_people(r: Register) -> Ints:
    """Members of archived households per village."""
    archived = np.where(r.register_class == ARCHIVED, r.size, 0)
    return np.bincount(r.village, weights=archived, minlength=r.villages.height).astype(np.int64)


def _rural_population(rng: Rng, r: Register) -> Ints:
    people = archived_people(r)
    poor = r.villages["poor"].to_numpy()
    incidence = np.clip(rng.beta(7, 12, len(poor)) * np.where(poor, 1.0, 0.42), 0.03, 0.85)
    total = round(int(people.sum()) / margins.INCIDENCE)
    outsiders = spread(total - int(people.sum()), people / incidence - people)
    return people + outsiders


def _per_village(r: Register, per_household: Ints | Floats | Bools) -> Ints:
    weights = np.asarray(per_household, dtype=np.float64)
    return np.rint(np.bincount(r.village, weights=weights, minlength=r.villages.height)).astype(
        np.int64
    )


def _year(
    rng: Rng, r: Register, rural: Ints, year: Year, house: Homes, *, last: bool
) -> pl.DataFrame:
    n = r.villages.height
    outside = rural - archived_people(r)
    disabled = _per_village(r, r.count_members(r.persons.health == DISABLED))
    unsafe = _per_village(r, house.grade >= 2)
    troubled = 1 if last else 2
    # the others of the village fare about as the register's people, with fewer troubles
    counts: dict[str, Ints] = {
        "户数": np.maximum(rural * 10 // 29, 1),
        "低保户数": _per_village(r, r.attribute == 1) + outside // 160,
        "人口数": rural + rng.binomial(np.maximum(rural // 20, 1), 0.3),
        "乡村人口数": rural,
        "残疾人数": disabled + rng.binomial(outside, 0.035),
        "劳动力人数": rural * 54 // 100,
        "外出务工人数": _per_village(r, r.count_members(r.persons.works)) + outside // 5,
        "饮水困难户数": rng.binomial(np.maximum(rural // 30, 1), 0.012 * troubled),
        "饮水未达标户数": rng.binomial(np.maximum(rural // 30, 1), 0.01 * troubled),
        "危房户数": unsafe * troubled,
        "卫生室个数": np.where(rng.random(n) < 0.97, 1, 0) + rural // 2500,
    }
    villages = r.villages.select("code", "township", "county", "poor", "exit_year").with_columns(
        *(pl.Series(name, column) for name, column in counts.items()),
        pl.Series("income", _mean_income(r, year, rural)),
        pl.Series("collective", _collective(rng, n)),
    )
    return pl.concat(
        [_villages(villages, year.year), *(_sums(villages, year.year, w) for w in (9, 6))]
    )


def _mean_income(r: Register, year: Year, rural: Ints) -> Ints:
    """Per-capita net income of all villagers: the register's mean, and others 55 % above it."""
    net = year.operating + year.property + year.wage + sum(year.transfers) - year.cost
    people = np.maximum(_per_village(r, year.divisor), 1)
    register_mean = _per_village(r, net) / people / 100
    share = np.minimum(people / np.maximum(rural, 1), 1.0)
    return np.rint(register_mean * (share + 1.55 * (1 - share))).astype(np.int64)


def _collective(rng: Rng, n: int) -> Ints:
    return (np.exp(rng.normal(10.8, 0.7, n)) // 100 * 100).astype(np.int64)


def _villages(villages: pl.DataFrame, year: int) -> pl.DataFrame:
    poor = villages["poor"]
    exit_year = pl.select(
        pl.when(poor & (villages["exit_year"] <= year)).then(villages["exit_year"].cast(pl.String))
    ).to_series()
    kind = words(("非贫困村", "贫困村"), poor.to_numpy())
    return _layout(villages, villages["code"], year, kind, exit_year)


def _sums(villages: pl.DataFrame, year: int, width: int) -> pl.DataFrame:
    """Townships (9 digits) or counties (6 digits)."""
    prefix = {9: "township", 6: "county"}[width]
    places = (
        villages.group_by(prefix)
        .agg(
            *(pl.col(name).sum() for name in _COUNTS),
            pl.col("collective").sum(),
            ((pl.col("income") * pl.col("乡村人口数")).sum() / pl.col("乡村人口数").sum())
            .round()
            .cast(pl.Int64)
            .alias("income"),
        )
        .sort(prefix)
    )
    none = np.ones(places.height, dtype=np.bool_)
    kind = pl.repeat("", places.height, eager=True)
    exit_year = unless(none, kind)
    if width == 6:
        kind = places[prefix].map_elements(_county_kind, return_dtype=pl.String)
        left = places[prefix].map_elements(
            lambda code: margins.COUNTY_EXIT_YEAR.get(code, 9999), return_dtype=pl.Int64
        )
        exit_year = unless((left > year).to_numpy(), left.cast(pl.String))
    else:
        kind = unless(none, kind)
    return _layout(places, places[prefix].str.pad_end(12, "0"), year, kind, exit_year)


def _county_kind(code: str) -> str:
    if code in margins.NATIONAL_COUNTIES:
        return "国家级贫困县"
    return "省级贫困县" if code in margins.PROVINCIAL_COUNTIES else "非贫困县"


def _layout(
    table: pl.DataFrame, code: pl.Series, year: int, kind: pl.Series, exit_year: pl.Series
) -> pl.DataFrame:
    counts = [table[name].cast(pl.String) for name in _COUNTS]
    return pl.DataFrame(
        [
            code.alias("地点编号"),
            pl.repeat(str(year), table.height, eager=True).alias("年度"),
            kind.alias("地点属性"),
            *counts[:7],
            table["income"].cast(pl.String).alias("人均纯收入"),
            table["collective"].cast(pl.String).alias("集体经济收入"),
            *counts[7:],
            exit_year.alias("摘帽（退出）年度"),
        ]
    )
