"""What was seen on visits: food, clothing, water, and how a house became safe.

Each household was visited about a year ago and again in the last months, those in
trouble in between as well, so that the indicators move: most failures of last year are
mended, a few are new. Some households were not visited lately, some never.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo import margins
from demo.draw import Bools, Days, Floats, Ints, Rng, chance, dates, pick, stream, words
from demo.homes import Homes
from demo.registered import Register

_SOURCES = ("入户走访", "驻村工作队核查", "乡镇复核", "部门数据比对")
_COMPARED = 3
_BETWEEN, _LATELY = (150, 330), (4, 88)  # days ago, from and to


@dataclass(frozen=True)
class _State:
    """Whether each household fails an indicator now and failed it a year ago."""

    now: Bools
    before: Bools


def last_year(as_of: np.datetime64) -> tuple[int, int]:
    """Days ago, from and to, of last year's round.

    The four weeks before the oldest of the last twelve ends of months: seen at all of
    them, and less than a year old at each.
    """
    this_month = as_of.astype("datetime64[M]")
    oldest = (this_month - 11).astype("datetime64[D]") - 1
    ago = int((as_of - oldest).astype(np.int64))
    return ago + 1, ago + 29


def readings(seed: int, r: Register, house: Homes) -> pl.DataFrame:
    """The rows of readings.csv."""
    rng = stream(seed, "visits")
    states = _states(rng, r)
    n = r.households
    never = chance(rng, margins.NEVER_VISITED, n)
    stale = ~never & chance(rng, margins.NOT_VISITED, n)
    trouble = np.zeros(n, dtype=np.bool_)
    for state in states.values():
        trouble |= state.before | state.now
    rounds = [
        (np.flatnonzero(~never), last_year(r.as_of), "before"),
        (np.flatnonzero(~never & trouble), _BETWEEN, "between"),
        (np.flatnonzero(~never & ~stale), _LATELY, "now"),
    ]
    visits = [_visit(rng, r, states, rows, span, when) for rows, span, when in rounds]
    parts = [*visits, _houses(rng, r, house), *_last_year(rng, r)]
    return pl.concat(parts).sort("户编号", "观测日期", "指标", "证件号码", maintain_order=True)


def _states(rng: Rng, r: Register) -> dict[str, _State]:
    villages = r.villages.height
    bad = chance(rng, margins.BAD_WATER_VILLAGES, villages)
    share = max(float(bad[r.village].mean()), 1e-9)

    def gathered(rate: float) -> Floats:
        """70 % of the failures lie in the villages with bad water."""
        if not bad.any():
            return np.full(r.households, rate)
        inside, outside = 0.7 * rate / share, 0.3 * rate / (1 - share)
        return np.where(bad[r.village], min(inside, 0.6), outside)

    def even(rate: float) -> Floats:
        return np.full(r.households, rate)

    rates = {
        "不愁吃": even(margins.FAIL_FOOD),
        "不愁穿": even(margins.FAIL_CLOTHING),
        "饮水水量": gathered(margins.FAIL_WATER_QUANTITY),
        "取水时间": gathered(margins.FAIL_WATER_CONVENIENCE),
        "缺水天数": gathered(margins.FAIL_WATER_GUARANTEE),
        "饮水水质": gathered(margins.FAIL_WATER_QUALITY),
    }
    return {name: _state(rng, rate) for name, rate in rates.items()}


def _state(rng: Rng, rate: Floats) -> _State:
    now = chance(rng, rate, len(rate))
    mended = chance(rng, np.minimum(rate * (margins.YEAR_AGO - 0.6), 0.5), len(rate))
    return _State(now, np.where(now, chance(rng, 0.6, len(rate)), mended).astype(np.bool_))


def _visit(
    rng: Rng, r: Register, states: dict[str, _State], rows: Ints, span: tuple[int, int], when: str
) -> pl.DataFrame:
    """One round of visits: every visited household gives a reading of each indicator."""
    days = r.as_of - rng.integers(*span, len(rows))
    source = pick(rng, [0.72, 0.2, 0.08], len(rows))
    half_way = chance(rng, 0.5, len(rows))
    parts = []
    for indicator, state in states.items():
        fails = {
            "before": state.before[rows],
            "between": np.where(half_way, state.before[rows], state.now[rows]),
            "now": state.now[rows],
        }[when]
        value = _value(rng, indicator, fails.astype(np.bool_))
        parts.append(_rows(r.number.gather(pl.Series(rows)), indicator, value, days, source))
    return pl.concat(parts)


def _value(rng: Rng, indicator: str, fails: Bools) -> pl.Series:
    """Litres a person a day, minutes a trip (0 = piped), days short a year, or a verdict."""
    n = len(fails)
    if indicator == "饮水水量":
        number = np.where(fails, rng.integers(8, 19, n), rng.integers(41, 81, n))
    elif indicator == "取水时间":
        carried = np.where(chance(rng, 0.86, n), 0, rng.integers(2, 10, n))
        number = np.where(fails, rng.integers(26, 61, n), carried)
    elif indicator == "缺水天数":
        number = np.where(fails, rng.integers(41, 91, n), np.minimum(rng.geometric(0.3, n) - 1, 17))
    else:
        return words(("达标", "不达标"), fails)
    return pl.Series(number).cast(pl.String)


def _rows(
    number: pl.Series, indicator: str, value: pl.Series, days: Days, source: Ints
) -> pl.DataFrame:
    n = len(number)
    return pl.DataFrame(
        {
            "户编号": number,
            "证件号码": pl.repeat(None, n, dtype=pl.String, eager=True),
            "指标": pl.repeat(indicator, n, eager=True),
            "值": value,
            "观测日期": dates(days),
            "来源": words(_SOURCES, source),
        }
    )


def _houses(rng: Rng, r: Register, house: Homes) -> pl.DataFrame:
    """Rebuilt and moved houses, and other safe houses lived in, as checked after the grading."""
    parts = []
    for value, chosen, span in (
        ("已改造", house.rebuilt, _LATELY),
        ("已搬迁", house.moved, _LATELY),
        ("另有安全住房", house.safe_elsewhere, (4, 50)),
    ):
        rows = np.flatnonzero(chosen)
        days = r.as_of - rng.integers(*span, len(rows))
        words_of_value = pl.repeat(value, len(rows), eager=True)
        number = r.number.gather(pl.Series(rows))
        parts.append(_rows(number, "住房安全", words_of_value, days, np.full(len(rows), 2)))
    return pl.concat(parts)


def _last_year(rng: Rng, r: Register) -> list[pl.DataFrame]:
    """Departments' lists of a year ago: who was at school, who was insured.

    What holds now comes with the register itself.
    """
    age = r.family.age
    pupils = np.flatnonzero((age >= 6) & (age <= 16))
    absent = chance(rng, margins.FAIL_ENROLMENT * margins.YEAR_AGO, len(pupils))
    alive = np.flatnonzero(age >= 1)
    uninsured = chance(rng, margins.FAIL_INSURANCE * margins.YEAR_AGO, len(alive))
    return [
        _of_persons(rng, r, pupils, "义务教育", words(("在校", "失学辍学"), absent)),
        _of_persons(rng, r, alive, "基本医疗", words(("已参保", "未参保"), uninsured)),
    ]


def _of_persons(
    rng: Rng, r: Register, rows: Ints, indicator: str, value: pl.Series
) -> pl.DataFrame:
    """Readings of persons ``rows``, all taken in the round of last year."""
    days = r.as_of - rng.integers(*last_year(r.as_of), len(rows))
    number = r.number.gather(pl.Series(r.family.household[rows]))
    table = _rows(number, indicator, value, days, np.full(len(rows), _COMPARED))
    return table.with_columns(r.persons.id_number.gather(pl.Series(rows)).alias("证件号码"))
