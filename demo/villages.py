"""Which villages are in the register, which of them are poor, and how many households each has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from demo import margins
from demo.draw import Bools, Floats, Ints, Rng, numbered, spread, stream

DIVISIONS = (
    Path(__file__).resolve().parents[1] / "src/yimaqing/domains/places/data/luliang_divisions.csv"
)
_VILLAGES_PER_TOWNSHIP = 6  # of a sample: enough to make a township's page worth opening


def all_villages(seed: int) -> pl.DataFrame:
    """Every village of the prefecture.

    Columns: code, name, township, county (code prefixes of 9 and 6 digits), rural, poor,
    exit_year, weight (relative number of archived households).
    """
    rng = stream(seed, "villages")
    villages = (
        pl.read_csv(DIVISIONS, infer_schema=False)
        .filter(pl.col("level") == "village")
        .sort("code")
        .select(
            "code",
            "name",
            township=pl.col("code").str.slice(0, 9),
            county=pl.col("code").str.slice(0, 6),
            rural=pl.col("unit_type") == "village_committee",
        )
    )
    poor = _poor(rng, villages)
    years = 2016 + rng.choice(4, villages.height, p=[0.1, 0.3, 0.4, 0.2])
    weight = rng.gamma(3.0, 1 / 3.0, villages.height) * _size_factor(villages, poor)
    return villages.with_columns(
        pl.Series("poor", poor), pl.Series("exit_year", years), pl.Series("weight", weight)
    )


def _rank_of_county(villages: pl.DataFrame) -> Ints:
    """2 national, 1 provincial, 0 other, per village."""
    county = villages["county"]
    national = county.is_in(margins.NATIONAL_COUNTIES).to_numpy()
    provincial = county.is_in(margins.PROVINCIAL_COUNTIES).to_numpy()
    return np.where(national, 2, np.where(provincial, 1, 0)).astype(np.int64)


def _poor(rng: Rng, villages: pl.DataFrame) -> Bools:
    """Exactly the published number of poor villages, most in the national counties (synthetic)."""
    odds = np.array([0.15, 0.7, 3.0])[_rank_of_county(villages)]
    key = np.log(odds) + rng.gumbel(size=villages.height)
    key[~villages["rural"].to_numpy()] = -np.inf
    poor = np.zeros(villages.height, dtype=np.bool_)
    poor[np.argsort(-key, kind="stable")[: margins.POOR_VILLAGES]] = True
    return poor


def _size_factor(villages: pl.DataFrame, poor: Bools) -> Floats:
    county = np.array([0.45, 0.9, 1.25])[_rank_of_county(villages)]
    kind = np.where(poor, 1.3, np.where(villages["rural"].to_numpy(), 0.7, 0.35))
    return np.asarray(county * kind, dtype=np.float64)


def sample(seed: int, households: int) -> pl.DataFrame:
    """The villages of a register of ``households`` archived households.

    The prefecture's own number takes every village; fewer take whole villages, clustered
    in some townships of each of the 13 counties. Adds the column households.
    """
    villages = all_villages(seed)
    share = households / margins.ARCHIVED_HOUSEHOLDS
    if share < 1:
        villages = _some(stream(seed, "sample"), villages, share)
    sizes = spread(households, villages["weight"].to_numpy(), least=3 if share > 0.002 else 1)
    return villages.with_columns(pl.Series("households", sizes))


def _some(rng: Rng, villages: pl.DataFrame, share: float) -> pl.DataFrame:
    counties = villages.group_by("county").agg(pl.col("weight").sum()).sort("county")
    wanted = max(counties.height, round(villages.height * share))
    counts = spread(wanted, counties["weight"].to_numpy(), least=1)
    township = villages["township"].rank("dense").to_numpy().astype(np.int64) - 1
    township_order = rng.permutation(int(township.max()) + 1)
    # village committees first: residents' committees have few archived households
    rank = numbered(rng, township * 2 + ~villages["rural"].to_numpy())
    rank = rank + np.where(villages["rural"].to_numpy(), 0, 1000)
    ordered = villages.with_columns(
        pl.Series("block", rank // _VILLAGES_PER_TOWNSHIP),
        pl.Series("turn", township_order[township]),
        pl.Series("rank", rank),
    ).sort("county", "block", "turn", "rank")
    limits = counties.select("county", pl.Series("wanted", counts))
    return (
        ordered.join(limits, on="county", maintain_order="left")
        .filter(pl.int_range(pl.len()).over("county") < pl.col("wanted"))
        .sort("code")
        .drop("block", "turn", "rank", "wanted")
    )
