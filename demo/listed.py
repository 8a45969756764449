"""A department's list of people, with the errors that such lists have: the truth for a linkage.

A population of a register's villages is drawn; five households in six make the register, the
others live beside them and are in no register. Of the rows of a list

- four in five are about somebody of the register, drawn at random; one in six of the others has
  the name and sex of somebody registered in his village and a birth date of his own (a namesake),
  and one in six the surname, the first character and the sex, born 1 to 6 years apart (a brother);
- each name, date, sex, place and phone is told as SPELLING, DATES, SEXES, PLACES and PHONES say,
  independently of the others. Nobody's identity number is told.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import opencc
import polars as pl

from demo import margins
from demo.names import characters
from demo.registered import register
from demo.sounds import homophones, near_ones
from demo.villages import sample
from yimaqing.domains.registry.linkage.lunar import solar_days

#: Shares of the ways in which a name is written.
SPELLING = {
    "as it is": 0.905,
    "in traditional characters": 0.02,
    "another character of the same sound": 0.025,
    "a character of a similar sound": 0.01,
    "another character, misread": 0.02,
    "two characters swapped": 0.01,
    "one character forgotten": 0.005,
    "a blank inside": 0.005,
}
#: Shares of the ways in which a birth date is told; a year reckoned from an age is one off in ten.
DATES = {
    "as it is": 0.86,
    "its year only": 0.06,
    "one digit wrong": 0.03,
    "by the lunar calendar": 0.025,
    "day and month turned": 0.01,
    "not at all": 0.01,
    "quite another one": 0.005,
}
SEXES = {"as it is": 0.963, "not at all": 0.03, "wrong": 0.007}
PLACES = {
    "the village": 0.82,
    "the township only": 0.08,
    "the county only": 0.03,
    "another village of the township": 0.04,
    "another township of the county": 0.015,
    "another county": 0.01,
    "nothing": 0.005,
}
#: Of those whose phone the register knows; strangers' phones are never in it.
PHONES = {"nothing": 0.6, "as it is": 0.3, "another one": 0.1}

IN_REGISTER, NAMESAKES, BROTHERS = 0.8, 1 / 6, 1 / 6
HOUSEHOLDS_REGISTERED = 5 / 6
Person = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """A register and a list (id, name, sex, born, birth_year, place, phone, id17), and by row of
    the list whom it means (None: nobody of the register) and how it tells of him.
    """

    registered: pl.DataFrame
    listed: pl.DataFrame
    meant: list[int | None]
    told: list[dict[str, str]]


def truth(*, people: int, rows: int, seed: int, as_of: dt.date) -> Truth:
    """Draw a register of about so many people and a list of so many rows."""
    registered, others = _population(people, seed, as_of)
    draw = random.Random(seed)
    clerk = _Clerk(registered, others, draw)
    written = [clerk.row(number) for number in range(rows)]
    schema = registered.schema
    return Truth(
        registered,
        pl.DataFrame([row for row, _meant, _told in written], schema=schema, orient="row"),
        [meant for _row, meant, _told in written],
        [told for _row, _meant, told in written],
    )


def _population(people: int, seed: int, as_of: dt.date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The register and those beside it."""
    beside = 1 + margins.MARGINAL_SHARE + margins.CONTROL_SHARE
    archived = people * margins.ARCHIVED_HOUSEHOLDS / margins.ARCHIVED_PEOPLE
    households = round(archived / HOUSEHOLDS_REGISTERED / beside)
    drawn = register(seed, sample(seed, households), np.datetime64(as_of))
    persons = drawn.persons.table(drawn.family, drawn.number)
    homes = drawn.table.select("户编号", "村编号")
    kept = np.random.default_rng(seed).random(homes.height) < HOUSEHOLDS_REGISTERED
    everybody = (
        persons.join(homes.with_columns(kept=pl.Series(kept)), on="户编号", maintain_order="left")
        .with_row_index("id")
        .select(
            pl.col("id").cast(pl.Int64),
            name=pl.col("姓名"),
            sex=pl.col("性别").replace_strict({"男": "male", "女": "female"}),
            born=pl.col("出生日期").str.to_date(),
            birth_year=pl.lit(None, pl.Int64),
            place=pl.col("村编号"),
            phone=pl.col("联系电话"),
            id17=pl.lit(None, pl.String),
            kept=pl.col("kept"),
        )
    )
    inside, outside = everybody.filter("kept"), everybody.filter(~pl.col("kept"))
    return inside.drop("kept"), outside.drop("kept")


class _Clerk:
    """Writes rows about people, registered or not."""

    def __init__(self, registered: pl.DataFrame, others: pl.DataFrame, draw: random.Random) -> None:
        self.registered, self.others, self.draw = registered, others, draw
        self.by_village: dict[str, list[int]] = defaultdict(list)
        for at, village in enumerate(registered["place"]):
            self.by_village[village].append(at)
        self.by_township: dict[str, list[str]] = defaultdict(list)
        self.by_county: dict[str, list[str]] = defaultdict(list)
        self.villages = sorted(self.by_village)
        for village in self.villages:
            self.by_township[village[:9]].append(village)
            self.by_county[village[:6]].append(village)

    def row(self, number: int) -> tuple[Person, int | None, dict[str, str]]:
        """A row of the list, whom it means, and how."""
        person, meant, who = self._somebody()
        told = {
            "who": who,
            "name": self._one(SPELLING),
            "born": self._one(DATES),
            "sex": self._one(SEXES),
            "place": self._one(PLACES),
            "phone": self._one(PHONES),
        }
        row = person | {"id": number}
        row |= {"name": _spelt(person["name"], told["name"], self.draw)}
        row |= _dated(person["born"], told["born"], self.draw)
        row["sex"] = self._sex(person["sex"], told["sex"])
        row["place"] = self._place(person["place"], told["place"])
        row["phone"] = self._phone(person["phone"], told["phone"])
        return row, meant, told

    def _one(self, shares: Mapping[str, float]) -> str:
        return self.draw.choices(list(shares), list(shares.values()))[0]

    def _somebody(self) -> tuple[Person, int | None, str]:
        draw = self.draw
        if draw.random() < IN_REGISTER:
            person = self.registered.row(draw.randrange(self.registered.height), named=True)
            return person, person["id"], "registered"
        person = self.others.row(draw.randrange(self.others.height), named=True)
        neighbours = self.by_village[person["place"]]
        chance = draw.random()
        if not neighbours or chance >= NAMESAKES + BROTHERS:
            return person, None, "stranger"
        known = self.registered.row(draw.choice(neighbours), named=True)
        if chance < NAMESAKES:
            return person | {"name": known["name"], "sex": known["sex"]}, None, "namesake"
        years = draw.choice([-1, 1]) * draw.randint(1, 6)
        born = known["born"] + dt.timedelta(days=365 * years + draw.randint(-150, 150))
        name = known["name"][:2] + draw.choice(characters()[:200])
        return person | {"name": name, "sex": known["sex"], "born": born}, None, "brother"

    def _sex(self, sex: str, how: str) -> str | None:
        other = {"male": "female", "female": "male"}[sex]
        return {"as it is": sex, "wrong": other}.get(how)

    def _place(self, village: str, how: str) -> str | None:
        other = {
            "another village of the township": lambda: self.by_township[village[:9]],
            "another township of the county": lambda: self.by_county[village[:6]],
            "another county": lambda: self.villages,
        }
        if how in other:
            choices: list[str] = other[how]()
            return self.draw.choice(choices) if choices else village
        digits = {"the village": 12, "the township only": 9, "the county only": 6}.get(how)
        return village[:digits] if digits else None

    def _phone(self, phone: str | None, how: str) -> str | None:
        if how == "nothing" or phone is None:
            return None
        return phone if how == "as it is" else f"154{self.draw.randrange(10**8):08d}"


def _spelt(name: str, how: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(name))
    if how == "in traditional characters":
        return str(_traditional().convert(name))
    if how == "two characters swapped" and len(name) > 2:
        return name[:-2] + name[-1] + name[-2]
    if how == "one character forgotten" and len(name) > 2:
        return name[:at] + name[at + 1 :]
    if how == "a blank inside":
        return f"{name[:at]} {name[at:]}"
    instead: Callable[[str], list[str]] | None = {
        "another character of the same sound": homophones,
        "a character of a similar sound": near_ones,
        "another character, misread": lambda _letter: list(characters()),
    }.get(how)
    fitting = [c for c in instead(name[at]) if c != name[at]] if instead else []
    return name[:at] + draw.choice(fitting) + name[at + 1 :] if fitting else name


def another_sound(name: str, draw: random.Random) -> str:
    """The name with another character of the same sound, where there is one."""
    return _spelt(name, "another character of the same sound", draw)


def _dated(born: dt.date, how: str, draw: random.Random) -> Person:
    year_only = {"born": None, "birth_year": born.year + (draw.random() < 0.1)}
    if how == "its year only":
        return year_only
    if how == "not at all":
        return {"born": None}
    wrong: Callable[[], dt.date | None] = {
        "one digit wrong": lambda: _digit_wrong(born, draw),
        "by the lunar calendar": lambda: _lunar(born),
        "day and month turned": lambda: _date(born.year, born.day, born.month),
        "quite another one": lambda: born + dt.timedelta(days=draw.randint(-9000, 9000)),
    }.get(how, lambda: born)
    return {"born": wrong() or born}


def _digit_wrong(born: dt.date, draw: random.Random) -> dt.date | None:
    """A digit other than the century's replaced; tried until it is a date."""
    while True:
        digits = list(born.strftime("%Y%m%d"))
        digits[draw.randrange(2, 8)] = str(draw.randrange(10))
        text = "".join(digits)
        other = _date(int(text[:4]), int(text[4:6]), int(text[6:]))
        if other and other != born:
            return other


def _lunar(born: dt.date) -> dt.date | None:
    """The lunar date of a solar one, written as a date; None where there is no such date."""
    return _lunar_days().get(born)


@cache
def _lunar_days() -> dict[dt.date, dt.date]:
    """The lunar date by the solar one."""
    day = dt.date.fromisoformat
    return {day(solar): day(told) for told, solar in solar_days().items()}


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


@cache
def _traditional() -> opencc.OpenCC:
    return opencc.OpenCC("s2t")
