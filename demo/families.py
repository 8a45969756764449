"""Families: who lives together, how old they are, and whose name they bear.

A household is drawn from a template of roles; ages follow from the head's, so that
children are younger than parents and a son's wife is about his age.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from demo.draw import Bools, Days, Ints, Rng, chance, numbered, pick, stream, words
from demo.names import NamePool

# roles: H head, S spouse, C unmarried child, M married son, D his wife, G grandchild,
# F father, O mother, P one parent; weight; age of the head from .. to (years)
_TEMPLATES: tuple[tuple[str, float, int, int], ...] = (
    ("H", 0.150, 58, 89),
    ("H", 0.047, 38, 60),
    ("HS", 0.185, 55, 84),
    ("HS", 0.040, 40, 58),
    ("HC", 0.038, 36, 66),
    ("HP", 0.040, 38, 64),
    ("HSC", 0.112, 32, 60),
    ("HSP", 0.028, 42, 64),
    ("HSG", 0.026, 56, 72),
    ("HCC", 0.020, 34, 56),
    ("HFO", 0.013, 34, 56),
    ("HSCC", 0.098, 32, 56),
    ("HSCP", 0.030, 36, 58),
    ("HSMD", 0.012, 52, 70),
    ("HSGG", 0.014, 58, 74),
    ("HSCCP", 0.040, 34, 55),
    ("HSCCC", 0.020, 35, 55),
    ("HSMDG", 0.026, 50, 68),
    ("HSMDGG", 0.022, 52, 68),
    ("HSCCFO", 0.012, 34, 52),
    ("HSCCCP", 0.008, 36, 54),
    ("HSCCCFO", 0.004, 36, 52),
    ("HSPMDGG", 0.006, 52, 62),
    ("HSPMDGGG", 0.003, 54, 64),
    ("HSCCCCFO", 0.002, 38, 52),
)
_ROLES = "HSCMDGFOP"
_LABELS = ("户主", "配偶", "之子", "之女", "之儿媳", "之孙子", "之孙女", "之父", "之母")


@dataclass(frozen=True)
class People:
    """One row per person, households in order, the head first."""

    household: Ints  # row of the household
    order: Ints  # place inside the household, 0 = head
    role: Ints  # index into HSCMDGFOP
    male: Bools
    age: Ints  # completed years, within one day
    born: Days
    relation: pl.Series
    name: pl.Series

    def role_is(self, roles: str) -> Bools:
        """Whether the role is one of ``roles``."""
        return np.isin(self.role, [_ROLES.index(role) for role in roles])


def people(seed: int, village: Ints, village_names: list[str], as_of: np.datetime64) -> People:
    """Members for households whose villages are given."""
    rng = stream(seed, "families")
    template = pick(rng, [weight for _, weight, _, _ in _TEMPLATES], len(village))
    roles, nth = _matrix()
    household, order = np.nonzero(roles[template] >= 0)
    role = roles[template][household, order]
    head_age = _head_ages(rng, template)
    age = _ages(rng, head_age, household, role, nth[template][household, order])
    male = _sexes(rng, template, household, role)
    name = _names(rng, village, village_names, household, role, male)
    born = as_of - (age * 365.2425 + rng.integers(0, 362, len(age))).astype("timedelta64[D]") - 1
    return People(
        household.astype(np.int64), order.astype(np.int64), role, male, age, born,
        _relations(role, male), name,
    )  # fmt: skip


def sizes(persons: People, households: int) -> Ints:
    """Number of members per household."""
    return np.bincount(persons.household, minlength=households).astype(np.int64)


def _matrix() -> tuple[Ints, Ints]:
    """Roles per template, padded with -1, and each one's number among its like."""
    width = max(len(roles) for roles, *_ in _TEMPLATES)
    matrix = np.full((len(_TEMPLATES), width), -1, dtype=np.int64)
    nth = np.zeros_like(matrix)
    for row, (roles, *_) in enumerate(_TEMPLATES):
        for column, role in enumerate(roles):
            matrix[row, column] = _ROLES.index(role)
            nth[row, column] = roles[:column].count(role)
    return matrix, nth


def _head_ages(rng: Rng, template: Ints) -> Ints:
    low = np.array([low for _, _, low, _ in _TEMPLATES])[template]
    high = np.array([high for _, _, _, high in _TEMPLATES])[template]
    # two draws averaged: fewer at both ends of the range
    place = (rng.random(len(template)) + rng.random(len(template))) / 2
    return np.asarray(low + place * (high - low), dtype=np.int64)


def _ages(rng: Rng, head_age: Ints, household: Ints, role: Ints, nth: Ints) -> Ints:
    size = len(head_age)

    def gap(low: int, high: int) -> Ints:
        return np.asarray(rng.integers(low, high + 1, size), dtype=np.int64)

    first_child, child_step = gap(22, 31), gap(2, 4)
    son = np.maximum(head_age - gap(22, 29), 20)
    by_role = np.stack(
        [
            head_age,
            np.maximum(head_age - gap(-2, 5), 21),
            head_age - first_child,
            son,
            np.maximum(son - gap(-2, 4), 20),
            np.minimum(son - gap(21, 26), head_age - gap(44, 52)),
            np.minimum(head_age + gap(22, 31), 97),
            np.minimum(head_age + gap(20, 29), 98),
            np.minimum(head_age + gap(20, 31), 98),
        ]
    )
    age = by_role[role, household]
    age = age - nth * child_step[household]
    young = np.isin(role, [_ROLES.index("C"), _ROLES.index("G")])
    # an unmarried child seldom stays beyond forty
    age = np.where(young & (age > 40), 18 + age % 20, age)
    return np.where(age < 0, rng.integers(0, 3, len(age)), age).astype(np.int64)


def _sexes(rng: Rng, template: Ints, household: Ints, role: Ints) -> Bools:
    alone = np.array([roles == "H" for roles, *_ in _TEMPLATES])[template]
    single_parent = np.array([roles in ("HC", "HCC") for roles, *_ in _TEMPLATES])[template]
    share = np.where(alone, 0.68, np.where(single_parent, 0.52, 0.93))
    head = chance(rng, share, len(template))[household]
    mother = chance(rng, 0.64, len(template))[household]
    coin = chance(rng, 0.525, len(role))
    fixed = np.array([0, 0, 0, 1, 0, 0, 1, 0, 0], dtype=np.bool_)[role]
    male = np.where(np.isin(role, [_ROLES.index("C"), _ROLES.index("G")]), coin, fixed)
    male = np.where(role == _ROLES.index("H"), head, male)
    male = np.where(role == _ROLES.index("S"), ~head, male)
    return np.where(role == _ROLES.index("P"), ~mother, male).astype(np.bool_)


def _relations(role: Ints, male: Bools) -> pl.Series:
    man = np.array([0, 1, 2, 2, 4, 5, 7, 8, 7])
    woman = np.array([0, 1, 3, 3, 4, 6, 7, 8, 8])
    return words(_LABELS, np.where(male, man[role], woman[role]))


def _names(
    rng: Rng, village: Ints, village_names: list[str], household: Ints, role: Ints, male: Bools
) -> pl.Series:
    """Children bear the father's surname; those who married in keep their own."""
    pool = NamePool()
    head = pool.clan_surname(rng, village, village_names)
    spouse = pool.surname(rng, len(village))
    head_male = male[role == _ROLES.index("H")]
    father = np.where(head_male, head, spouse)
    surname = pool.surname(rng, len(role))
    for letters, owner in (("HF", head), ("S", spouse), ("CMG", father)):
        mask = np.isin(role, [_ROLES.index(letter) for letter in letters])
        surname[mask] = owner[household[mask]]
    a_father = (role == _ROLES.index("P")) & male
    surname[a_father] = head[household[a_father]]
    return pool.full(rng, surname, male)


def one_of(rng: Rng, household: Ints, candidates: Bools, households: int) -> Ints:
    """One random candidate row per household, -1 where there is none."""
    rows = np.flatnonzero(candidates)
    first = rows[numbered(rng, household[rows]) == 0]
    chosen = np.full(households, -1, dtype=np.int64)
    chosen[household[first]] = first
    return chosen
