"""Households of the register: class, poverty status, causes, and who is asked for monitoring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo import identity, margins
from demo.draw import (
    Bools,
    Ints,
    Rng,
    chance,
    numbered,
    pick,
    spread,
    stream,
    unless,
    words,
    yes_no,
)
from demo.families import People, one_of, people, sizes
from demo.people import Persons, members

ARCHIVED, MARGINAL, CONTROL = 0, 1, 2
_CLASSES = ("建档立卡户", "边缘户", "一般农户")
_COMMITTEE = "(社区居民委员会|社区居委会|村委会|居委会|居民委员会)$"
_BANK = "农村信用合作社（演示）"


@dataclass(frozen=True)
class Register:
    """All households with what the other files need to know about them."""

    as_of: np.datetime64
    villages: pl.DataFrame
    village: Ints  # row in villages, per household
    register_class: Ints
    number: pl.Series
    family: People
    persons: Persons
    size: Ints
    attribute: Ints  # 0 ordinary, 1 minimum living, 2 five guarantees
    cause: Ints  # index into margins.MAIN_CAUSES
    table: pl.DataFrame

    @property
    def households(self) -> int:
        """Number of households."""
        return len(self.village)

    def any_member(self, mask: Bools) -> Bools:
        """Households with at least one member in ``mask`` (per person)."""
        return self.count_members(mask) > 0

    def count_members(self, mask: Bools) -> Ints:
        """Members in ``mask`` per household."""
        return np.bincount(self.family.household, weights=mask, minlength=self.households).astype(
            np.int64
        )

    @property
    def year(self) -> int:
        """The year of the register's today."""
        return int(self.as_of.astype("datetime64[Y]").astype(np.int64)) + 1970


def register(seed: int, villages: pl.DataFrame, as_of: np.datetime64) -> Register:
    """Draw the households of the villages and their members."""
    rng = stream(seed, "register")
    village, kind = _placed(villages)
    family = people(seed, village, villages["name"].to_list(), as_of)
    size = sizes(family, len(village))
    attribute = _attribute(rng, family, kind, size)
    cause = _causes(rng, family, len(village))
    persons = members(seed, family, cause, attribute)
    county = villages["county"].cast(pl.Int64).to_numpy()[village]
    number = identity.household_numbers(rng, county)
    bare = Register(
        as_of, villages, village, kind, number, family, persons, size, attribute, cause,
        pl.DataFrame(),
    )  # fmt: skip
    return Register(**{**bare.__dict__, "table": _table(rng, bare)})


def _placed(villages: pl.DataFrame) -> tuple[Ints, Ints]:
    """Village and class of each household, village by village."""
    archived = villages["households"].to_numpy().astype(np.int64)
    total = int(archived.sum())
    shares = (margins.MARGINAL_SHARE, margins.CONTROL_SHARE)
    outside = [spread(round(total * share), archived.astype(np.float64)) for share in shares]
    counts = [archived, *outside]
    village = np.concatenate([np.repeat(np.arange(villages.height), n) for n in counts])
    kind = np.repeat(np.arange(3), [int(n.sum()) for n in counts])
    order = np.lexsort((kind, village))
    return village[order], kind[order]


def _attribute(rng: Rng, family: People, kind: Ints, size: Ints) -> Ints:
    head_age = family.age[family.order == 0]
    archived = kind == ARCHIVED
    five = archived & (size == 1) & (head_age >= 60) & chance(rng, 0.55, len(size))
    minimum = archived & ~five & chance(rng, 0.27, len(size))
    return np.where(five, 2, np.where(minimum, 1, 0)).astype(np.int64)


def _causes(rng: Rng, family: People, households: int) -> Ints:
    """Main cause; 因学 only where somebody studies (15 to 22), else illness stands in."""
    names = list(margins.MAIN_CAUSES)
    of_age = (family.age >= 15) & (family.age <= 22)
    studying = one_of(rng, family.household, of_age, households) >= 0
    share = studying.mean() or 1.0
    weights = dict(margins.MAIN_CAUSES)
    study = weights.pop("因学")
    cause = pick(rng, list(weights.values()), households)
    cause = np.array([names.index(name) for name in weights])[cause]
    cause[studying & chance(rng, min(study / share, 1.0), households)] = names.index("因学")
    return cause.astype(np.int64)


def _table(rng: Rng, r: Register) -> pl.DataFrame:
    n = r.households
    archived = r.register_class == ARCHIVED
    heads = pl.Series(r.family.order == 0)
    names = tuple(margins.MAIN_CAUSES)
    outside = ~archived
    # after 2020 nobody is 未脱贫 any more
    poor = archived & chance(rng, 0.008 if r.year <= 2020 else 0.0, n)
    recognised, left = _years(rng, r, poor)
    status, group = _status(rng, r, poor)
    daughters = r.count_members(r.family.role_is("C") & ~r.family.male)
    sons = r.count_members(r.family.role_is("CM") & r.family.male)
    teams = r.villages["households"].to_numpy() // 45 + 1
    return pl.DataFrame(
        {
            "户编号": r.number,
            "村编号": words(r.villages["code"].to_list(), r.village),
            "组": words([f"第{k}组" for k in range(1, 20)], _team(rng, teams[r.village])),
            "户主姓名": r.family.name.filter(heads),
            "户主证件号": r.persons.id_number.filter(heads),
            "联系电话": unless(chance(rng, 0.06, n), identity.mobile_numbers(rng, n)),
            "开户银行": pl.repeat(_BANK, n, eager=True),
            "银行账号": identity.bank_accounts(rng, n),
            "登记类别": words(_CLASSES, r.register_class),
            "识别标准": unless(outside, words(("国家", "省定"), chance(rng, 0.03, n))),
            "贫困户属性": unless(
                outside, words(("一般贫困户", "低保贫困户", "五保贫困户"), r.attribute)
            ),
            "脱贫状态": status,
            "监测对象类型": group,
            "主要致贫原因": unless(outside, words(names, r.cause)),
            "其他致贫原因": unless(outside | chance(rng, 0.45, n), _others(rng, r.cause)),
            "返贫原因": pl.repeat(None, n, dtype=pl.String, eager=True),
            "军烈属": yes_no(chance(rng, 0.006, n)),
            "独生子女户": yes_no((daughters + sons == 1) & chance(rng, 0.15, n)),
            "双女户": yes_no((daughters == 2) & (sons == 0)),
            "家庭人口数": r.size,
            "识别年度": unless(outside, words([str(y) for y in range(2014, 2020)], recognised)),
            "脱贫年度": left,
            "住址": words(_addresses(r), r.village)
            + pl.Series(numbered(rng, r.village) + 1).cast(pl.String)
            + "号",
            "有效标志": pl.repeat("是", n, eager=True),
        }
    )


def _team(rng: Rng, teams: Ints) -> Ints:
    return np.minimum((rng.random(len(teams)) * teams).astype(np.int64), 18)


def _addresses(r: Register) -> list[str]:
    return r.villages["name"].str.replace(_COMMITTEE, "").to_list()


def _others(rng: Rng, cause: Ints) -> pl.Series:
    """One or two further causes, different from the main one and from each other."""
    names = tuple(margins.MAIN_CAUSES)
    kinds = len(names) - 1  # 其他 is never an addition
    first = (cause + 1 + pick(rng, [1.0] * (kinds - 1), len(cause))) % kinds
    first = np.where(first == cause, (first + 1) % kinds, first)
    second = (first + 1) % kinds
    clash = second == cause
    second = np.where(clash, (second + 1) % kinds, second)
    one = chance(rng, 0.6, len(cause))
    pair = words(names, first) + "、" + words(names, second)
    return pl.select(pl.when(pl.Series(one)).then(words(names, first)).otherwise(pair)).to_series()


def _years(rng: Rng, r: Register, poor: Bools) -> tuple[Ints, pl.Series]:
    """Year of recognition (index from 2014) and of exit, empty for those still poor."""
    n = r.households
    recognised = pick(rng, [0.58, 0.07, 0.08, 0.17, 0.06, 0.04], n)
    leave = 2016 + pick(rng, [0.10, 0.22, 0.37, 0.28, 0.03], n)
    leave = np.clip(leave, 2015 + recognised, min(2020, r.year - 1))
    years = pl.Series(leave).cast(pl.String)
    return recognised, unless((r.register_class != ARCHIVED) | poor, years)


def _status(rng: Rng, r: Register, poor: Bools) -> tuple[pl.Series, pl.Series]:
    """脱贫状态 and 监测对象类型; the labels of the groups changed in 2021."""
    n = r.households
    archived = r.register_class == ARCHIVED
    relapsed = archived & ~poor & chance(rng, 0.0006, n)
    draw = rng.random(n)
    unstable = archived & ~poor & (draw < margins.UNSTABLE_SHARE)
    sudden = ~unstable & (draw > 1 - margins.SUDDEN_SHARE) & (r.year > 2020)
    group = np.full(n, 3, dtype=np.int64)
    group[r.register_class == MARGINAL] = 1
    group[unstable] = 0
    group[sudden] = 2
    old = ("脱贫监测户", "边缘户", "")
    new = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
    status = words(("脱贫", "未脱贫", "返贫"), np.where(poor, 1, np.where(relapsed, 2, 0)))
    return unless(~archived, status), words(old if r.year <= 2020 else new, group)
