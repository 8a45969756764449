"""Incomes of two years whose sums hold to the fen, and the payments behind the transfers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo import margins
from demo.draw import Bools, Days, Floats, Ints, Rng, chance, dates, pick, stream, words, yuan
from demo.people import DISABLED
from demo.registered import Register

# yuan a year, plausible for Shanxi about 2020; each year 5 % more or less
_PENSION, _MINIMUM, _FIVE, _TWO_DAUGHTERS = 1_320, 3_300, 6_400, 960
_ECOLOGICAL_PER_HOUSEHOLD = (240, 2_400)
_TRANSFERS = (
    "计划生育金", "低保金", "生态补偿金", "五保金", "养老保险金", "其他转移性收入",
)  # fmt: skip


@dataclass(frozen=True)
class Year:
    """Amounts of one year in fen per household."""

    year: int
    wage: Ints
    operating: Ints
    cost: Ints
    property: Ints
    transfers: tuple[Ints, ...]  # in the order of _TRANSFERS
    divisor: Ints
    resident: Bools  # whether the divisor counts residents


def register_years(as_of: np.datetime64) -> tuple[int, int]:
    """The last two finished years of the register, which run from 1 October to 30 September."""
    quarter_later = as_of.astype("datetime64[M]") + np.timedelta64(3, "M")
    last = int(quarter_later.astype("datetime64[Y]").astype(np.int64)) + 1970 - 1
    return last - 1, last


def incomes(seed: int, r: Register) -> tuple[Year, Year]:
    """Draw both years; a household keeps most of its place in the ranking."""
    rng = stream(seed, "incomes")
    rank = rng.normal(size=r.households)
    drift = 0.06 * rng.normal(size=r.households)
    drift += np.where(chance(rng, margins.CUT_INCOME, r.households), rng.uniform(1, 2), 0)
    before, now = register_years(r.as_of)
    return (
        _year(rng, r, before, rank + drift, margins.YEAR_AGO),
        _year(rng, r, now, rank, 1.0),
    )


def income_table(r: Register, years: tuple[Year, ...]) -> pl.DataFrame:
    """The rows of incomes.csv."""
    return pl.concat([_income_rows(r, year) for year in years])


def _year(rng: Rng, r: Register, year: int, rank: Floats, times: float) -> Year:
    n = r.households
    resident = chance(rng, 0.08, n) & (r.size > 1) & r.any_member(r.persons.months_away >= 6)
    divisor = np.where(resident, r.size - 1, r.size)
    net = (_per_capita_yuan(rank, year, times) * divisor * 100).astype(np.int64)
    growth = 1.05 ** min(year - 2020, 5)
    transfers = _transfers(rng, r, growth)
    paid = sum(transfers)
    # who falls below the line has not received the whole of what others get
    fit = np.minimum(1.0, 0.85 * net / np.maximum(paid, 1))
    transfers = tuple((amount * fit).astype(np.int64) for amount in transfers)
    rest = net - sum(transfers)
    wealth = (rest * np.where(chance(rng, 0.6, n), rng.uniform(0.01, 0.09, n), 0)).astype(np.int64)
    workers = r.count_members(r.persons.works)
    share = np.where(workers > 0, rng.uniform(0.5, 0.9, n), 0.0)
    wage = ((rest - wealth) * share).astype(np.int64)
    farm = rest - wealth - wage
    ratio = rng.uniform(0.15, 0.45, n)
    cost = (farm * ratio / (1 - ratio)).astype(np.int64)
    return Year(year, wage, farm + cost, cost, wealth, transfers, divisor, resident)


def _per_capita_yuan(rank: Floats, year: int, times: float) -> Floats:
    """Net income per person: few below the exit line, some near it, most well above."""
    line = margins.exit_line_yuan(year)
    place = (np.argsort(np.argsort(rank)) + 0.5) / len(rank)
    fail, near = margins.FAIL_INCOME * times, margins.NEAR_INCOME * min(times, 1.6)
    below = line * (0.72 + 0.27 * place / fail)
    close = line * (1.01 + 0.48 * (place - fail) / near)
    rest = np.clip((place - fail - near) / (1 - fail - near), 1e-6, 1 - 1e-6)
    z = np.sqrt(2.0) * _inverse_erf(2 * rest - 1)
    growth = 1.06 ** max(year - 2020, 0)
    above = line * 1.5 + line * 0.8 * growth * np.exp(0.62 * z)
    return np.select([place < fail, place < fail + near], [below, close], above)


def _inverse_erf(x: Floats) -> Floats:
    """Winitzki's approximation (relative error under 0.002), enough for a shape."""
    a = 0.147
    log = np.log(1 - x * x)
    first = 2 / (np.pi * a) + log / 2
    return np.asarray(np.sign(x) * np.sqrt(np.sqrt(first * first - log / a) - first))


def _transfers(rng: Rng, r: Register, growth: float) -> tuple[Ints, ...]:
    """What the household is due in a year, in fen."""
    n = r.households
    old = r.count_members(r.family.age >= 60)
    disabled = r.any_member(r.persons.health == DISABLED)
    supported = r.count_members(
        np.asarray((r.attribute[r.family.household] == 1) & (r.family.age >= 0), dtype=np.bool_)
    )
    daughters = (r.table["双女户"] == "是").to_numpy() if r.table.width else np.zeros(n, bool)
    land = np.where(chance(rng, 0.45, n), rng.integers(*_ECOLOGICAL_PER_HOUSEHOLD, n), 0)
    other = np.where(chance(rng, 0.7, n), rng.integers(150, 1500, n), 0) + disabled * 600
    due = (
        (daughters & (old > 0)) * _TWO_DAUGHTERS,
        supported * _MINIMUM * rng.uniform(0.85, 1.15, n),
        land,
        (r.attribute == 2) * _FIVE,
        old * _PENSION * rng.uniform(0.95, 1.15, n),
        other,
    )
    return tuple(np.rint(amount * growth).astype(np.int64) * 100 for amount in due)


def _income_rows(r: Register, y: Year) -> pl.DataFrame:
    transfer = np.sum(y.transfers, axis=0)
    total = y.operating + y.property + y.wage + transfer
    net = total - y.cost
    per_capita = (2 * net + y.divisor) // (2 * y.divisor)  # half a fen rounds up
    return pl.DataFrame(
        {
            "户编号": r.number,
            "年度": pl.repeat(str(y.year), r.households, eager=True),
            "工资性收入": yuan(y.wage),
            "生产经营性收入": yuan(y.operating),
            "财产性收入": yuan(y.property),
            "转移性收入": yuan(transfer),
            **{name: yuan(amount) for name, amount in zip(_TRANSFERS, y.transfers, strict=True)},
            "生产经营性支出": yuan(y.cost),
            "年收入": yuan(total),
            "纯收入": yuan(net),
            "核算人口数": pl.Series(y.divisor).cast(pl.String),
            "核算口径": words(("户籍人口", "常住人口"), y.resident),
            "人均纯收入": yuan(per_capita),
        }
    )


def income_lines(years: tuple[int, ...]) -> str:
    """TOML for `yimaqing rules lines`: the lines that the incomes were drawn around."""
    blocks = [
        "# 演示用收入线，不是任何省、市的标准。Lines of the demonstration only.",
        "",
    ]
    for year in years:
        line = margins.exit_line_yuan(year)
        for kind, value in (("poverty", line), ("monitoring", line * 1.5)):
            blocks += [
                "[[income_line]]",
                f'kind = "{kind}"',
                'region = "1411"',
                f"year = {year}",
                f"value_yuan = {value:.0f}",
                'source = "演示数据：2020年脱贫退出参考线沿用，监测线按1.5倍，不是任何地方的标准"',
                'status = "proposal"',
                "",
            ]
    return "\n".join(blocks)


# fund, index of the transfer it pays, instalments a year, months of payment, channel
_FUNDS: tuple[tuple[str, int, tuple[int, ...]], ...] = (
    ("计划生育家庭奖励扶助金", 0, (9,)),
    ("农村最低生活保障金", 1, (3, 9)),
    ("退耕还林和生态补偿资金", 2, (11,)),
    ("特困人员供养金", 3, (3, 9)),
    ("城乡居民基本养老金", 4, (6,)),
    ("其他惠农补贴", 5, (10,)),
)
_CHANNELS = ("惠民惠农一卡通", "银行代发", "现金")


def payments(seed: int, r: Register, now: Year) -> pl.DataFrame:
    """What was paid in the last finished year: per fund exactly the income's transfer."""
    rng = stream(seed, "payments")
    heads = r.persons.id_number.filter(pl.Series(r.family.order == 0))
    parts = []
    for fund, transfer, months in _FUNDS:
        amount = now.transfers[transfer]
        owed = np.flatnonzero(amount > 0)
        each = amount[owed] // len(months)
        for turn, month in enumerate(months):
            part = amount[owed] - each * (len(months) - 1) if turn == 0 else each
            calendar_year = now.year - (month >= 10)
            days = np.datetime64(f"{calendar_year}-{month:02d}-05") + rng.integers(0, 20, len(owed))
            paid = part > 0
            parts.append(_payment_rows(rng, r, heads, fund, owed[paid], part[paid], days[paid]))
    rows = pl.concat(parts).sort("户编号", "发放日期", "资金名称")
    serial = pl.int_range(1, rows.height + 1, eager=True).cast(pl.String).str.zfill(9)
    return rows.with_columns(("YS" + str(now.year) + serial).alias("流水号"))


def _payment_rows(
    rng: Rng, r: Register, heads: pl.Series, fund: str, owed: Ints, amount: Ints, days: Days
) -> pl.DataFrame:
    index = pl.Series(owed)
    return pl.DataFrame(
        {
            "户编号": r.number.gather(index),
            "领取人证件号": heads.gather(index),
            "资金名称": pl.repeat(fund, len(owed), eager=True),
            "发放日期": dates(days.astype("datetime64[D]")),
            "金额": yuan(amount),
            "发放渠道": words(_CHANNELS, pick(rng, [0.93, 0.05, 0.02], len(owed))),
        }
    )
