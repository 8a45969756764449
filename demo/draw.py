"""Seeded drawing of whole columns.

Every part of the generator draws from its own stream, so that a change in one part
leaves the others' output as it was.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Rng = np.random.Generator


def stream(seed: int, name: str) -> Rng:
    """An independent generator for one named part."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def pick(rng: Rng, weights: Sequence[float] | Floats, size: int) -> Ints:
    """``size`` indices drawn by weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(drawn, len(edges) - 1), dtype=np.int64)


def chance(rng: Rng, probability: float | Floats, size: int) -> Bools:
    """``size`` independent yes/no draws."""
    return np.asarray(rng.random(size) < probability, dtype=np.bool_)


def words(values: Sequence[str], index: Ints | Bools) -> pl.Series:
    """A column of labels by index; the index ``len(values)`` stands for an empty cell."""
    return pl.Series([*values, None], dtype=pl.String).gather(pl.Series(index.astype(np.int64)))


def yes_no(flags: Bools) -> pl.Series:
    """是 / 否."""
    return words(("否", "是"), flags)


def unless(blank: Bools, column: pl.Series) -> pl.Series:
    """``column`` with empty cells where ``blank``."""
    return column.set(pl.Series(blank), None)


def dates(days: Days) -> pl.Series:
    """YYYY-MM-DD."""
    return pl.Series(days.astype("datetime64[ms]")).cast(pl.Date).dt.to_string("%Y-%m-%d")


def yuan(fen: Ints) -> pl.Series:
    """Whole fen as yuan with two decimals, without a detour through binary fractions."""
    amount = pl.Series(np.abs(fen))
    text = (amount // 100).cast(pl.String) + "." + (amount % 100).cast(pl.String).str.zfill(2)
    return pl.select(
        pl.when(pl.Series(fen < 0)).then(pl.lit("-") + text).otherwise(text)
    ).to_series()


def numbered(rng: Rng, group: Ints) -> Ints:
    """Rank of each row inside its group, in random order, from 0."""
    order = np.lexsort((rng.random(len(group)), group))
    sorted_group = group[order]
    starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    ranks = np.empty(len(group), dtype=np.int64)
    ranks[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return ranks


def spread(total: int, weights: Floats, least: int = 0) -> Ints:
    """Split ``total`` into whole parts by weight (largest remainder), each at least ``least``."""
    free = total - least * len(weights)
    if free < 0:
        raise ValueError(f"{total} cannot give {len(weights)} parts {least} each")
    exact = weights / weights.sum() * free
    parts = np.floor(exact).astype(np.int64)
    short = free - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[:short]] += 1
    return np.asarray(parts + least, dtype=np.int64)
