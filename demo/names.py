"""Chinese names by surname weight and by the frequency of characters for each sex."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from demo.draw import Bools, Floats, Ints, Rng, chance, pick, words

_DATA = Path(__file__).parent / "data"
_ONE_CHARACTER = 0.26  # share of given names with one character
_CLAN_SHARE = 0.45  # heads bearing one of the village's two clan names


class NamePool:
    """Surnames and given-name characters with their weights."""

    def __init__(self) -> None:
        surnames = pl.read_csv(_DATA / "surnames.csv")
        characters = pl.read_csv(_DATA / "given_characters.csv")
        self.surnames: list[str] = surnames["surname"].to_list()
        self.weights: Floats = surnames["weight"].to_numpy().astype(float)
        self.characters: list[str] = characters["char"].to_list()
        self.male: Floats = characters["male"].to_numpy().astype(float)
        self.female: Floats = characters["female"].to_numpy().astype(float)

    def surname(self, rng: Rng, size: int) -> Ints:
        """Surnames (as indices) by weight."""
        return pick(rng, self.weights, size)

    def clan_surname(self, rng: Rng, village: Ints, village_names: list[str]) -> Ints:
        """Surnames of heads: in 张家沟 many are 张, everywhere two names are common."""
        first = self.surname(rng, len(village_names))
        second = self.surname(rng, len(village_names))
        for number, name in enumerate(village_names):
            if name[1:2] == "家" and name[0] in self.surnames:
                first[number] = self.surnames.index(name[0])
        chosen = self.surname(rng, len(village))
        draw = rng.random(len(village))
        chosen[draw < _CLAN_SHARE] = first[village[draw < _CLAN_SHARE]]
        minor = draw > 1 - _CLAN_SHARE / 3
        chosen[minor] = second[village[minor]]
        return chosen

    def full(self, rng: Rng, surname: Ints, male: Bools) -> pl.Series:
        """Whole names for surnames and sexes."""
        size = len(surname)
        first, second = self._given(rng, male), self._given(rng, male)
        second[chance(rng, _ONE_CHARACTER, size)] = len(self.characters)
        return (
            words(self.surnames, surname)
            + words(self.characters, first)
            + words(self.characters, second).fill_null("")
        )

    def _given(self, rng: Rng, male: Bools) -> Ints:
        drawn = pick(rng, self.female, len(male))
        drawn[male] = pick(rng, self.male, int(male.sum()))
        return drawn


@cache
def characters() -> tuple[str, ...]:
    """The characters of given names, most frequent first."""
    return tuple(pl.read_csv(_DATA / "given_characters.csv")["char"])
