"""Identity numbers, phones, accounts and register numbers that belong to nobody.

* Identity numbers carry the region 141199, which no county of Lüliang (1411xx) has or
  had, and pass the check digit.
* Mobile numbers begin with 154: among the segments that no operator was given.
* Office numbers are 0358-0…: no local number begins with 0.
* Bank accounts begin with 0: no card issuer's number does (ISO/IEC 7812).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from demo.draw import Bools, Days, Ints, Rng, numbered, words

REGION = 141199
_PER_DAY_AND_SEX = 500
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = tuple("10X98765432")


class TooManyBornOnOneDay(ValueError):
    """The three serial digits of the one synthetic region do not suffice."""


def id_numbers(rng: Rng, born: Days, male: Bools) -> pl.Series:
    """Unique 18-digit numbers: region, birth date, serial (odd for men), check digit."""
    day = _yyyymmdd(born)
    serial = numbered(rng, day * 2 + male)
    if int(serial.max(initial=0)) >= _PER_DAY_AND_SEX:
        raise TooManyBornOnOneDay(f"more than {_PER_DAY_AND_SEX} persons share a birth date")
    first17 = (REGION * 10**8 + day) * 1000 + serial * 2 + male
    total = np.zeros(len(day), dtype=np.int64)
    for position, weight in enumerate(_WEIGHTS):
        total += first17 // 10 ** (16 - position) % 10 * weight
    return pl.Series(first17).cast(pl.String) + words(_CHECK, total % 11)


def _yyyymmdd(born: Days) -> Ints:
    months = born.astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64) + 1
    day = (born.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    return np.asarray((years.astype(np.int64) + 1970) * 10_000 + month * 100 + day, dtype=np.int64)


def mobile_numbers(rng: Rng, size: int) -> pl.Series:
    """11 digits in the unassigned segment 154."""
    return pl.Series(15_400_000_000 + rng.integers(0, 10**8, size)).cast(pl.String)


def office_numbers(rng: Rng, size: int) -> pl.Series:
    """0358-0xxxxxx: Lüliang's area code and a local number that cannot exist."""
    return "0358-0" + pl.Series(rng.integers(0, 10**6, size)).cast(pl.String).str.zfill(6)


def bank_accounts(rng: Rng, size: int) -> pl.Series:
    """19 digits beginning 0000."""
    return "0000" + pl.Series(rng.integers(0, 10**15, size)).cast(pl.String).str.zfill(15)


def household_numbers(rng: Rng, county: Ints) -> pl.Series:
    """14 digits: 86, the county's six digits, a random serial of six inside the county."""
    serial = numbered(rng, county) * 4 + rng.integers(0, 4, len(county))
    return "86" + pl.Series(county).cast(pl.String) + pl.Series(serial).cast(pl.String).str.zfill(6)


def person_numbers(household_number: pl.Series, order: Ints) -> pl.Series:
    """16 digits: the household's number and the member's place in it."""
    return household_number + pl.Series(order + 1).cast(pl.String).str.zfill(2)
