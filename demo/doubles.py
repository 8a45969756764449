"""Persons entered a second time with an error of a described kind: the truth for a search.

Every kind is a way in which a clerk, a scanner or another office writes somebody again.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import opencc
from pypinyin import Style, lazy_pinyin

from demo.names import characters

Entry = dict[str, object]  # name, sex, born (date), id17 (text or None)
#: Where the second entry stands: share of those in the same village, in the same township.
SAME_VILLAGE, SAME_TOWNSHIP = 0.5, 0.3
_TRADITIONAL = opencc.OpenCC("s2t")


@dataclass(frozen=True)
class Double:
    """A planted pair: rows of the original and of the copy, and the kind of error."""

    original: int
    copy: int
    kind: str


def without_number(entry: Entry, _draw: random.Random) -> Entry:
    """The number was not known: name and birth date alone."""
    return entry | {"id17": None}


def traditional(entry: Entry, draw: random.Random) -> Entry:
    """The name in traditional characters, from an old list; no number."""
    return without_number(entry, draw) | {"name": _TRADITIONAL.convert(str(entry["name"]))}


def same_sound(entry: Entry, draw: random.Random) -> Entry:
    """Another character of the same sound, as heard on the telephone; no number."""
    return without_number(entry, draw) | {"name": _replaced(str(entry["name"]), draw, alike=True)}


def other_character(entry: Entry, draw: random.Random) -> Entry:
    """One character misread; the number is there, with a digit of the birth year misread too."""
    return wrong_digit(entry, draw) | {"name": _replaced(str(entry["name"]), draw, alike=False)}


def swapped(entry: Entry, draw: random.Random) -> Entry:
    """The characters of the given name in the other order; no number."""
    name = str(entry["name"])
    return without_number(entry, draw) | {"name": name[:-2] + name[-1] + name[-2]}


def wrong_digit(entry: Entry, draw: random.Random) -> Entry:
    """One digit of the birth year in the number misread, and the birth date after it."""
    born, id17 = entry["born"], str(entry["id17"])
    assert isinstance(born, dt.date)
    digit = draw.choice([d for d in "0123456789" if d != id17[9]])
    number = id17[:9] + digit + id17[10:]
    try:
        born = dt.date(int(number[6:10]), born.month, born.day)
    except ValueError:  # 29 February of another year
        return without_number(entry, draw)
    return entry | {"id17": number, "born": born}


def wrong_day(entry: Entry, draw: random.Random) -> Entry:
    """The day of birth one off; no number."""
    born = entry["born"]
    assert isinstance(born, dt.date)
    return without_number(entry, draw) | {"born": born + dt.timedelta(days=1)}


def disability_card(entry: Entry, draw: random.Random) -> Entry:
    """The number of the disability card, which holds the same digits; the name misheard."""
    return entry | {"name": _replaced(str(entry["name"]), draw, alike=True)}


KINDS: dict[str, Callable[[Entry, random.Random], Entry]] = {
    "without_number": without_number,
    "traditional": traditional,
    "same_sound": same_sound,
    "other_character": other_character,
    "swapped": swapped,
    "wrong_digit": wrong_digit,
    "wrong_day": wrong_day,
    "disability_card": disability_card,
}


def neighbour(village: str, villages: Sequence[str], draw: random.Random) -> str:
    """The village of a second entry: the same, one of the same township, or any."""
    chance = draw.random()
    if chance < SAME_VILLAGE:
        return village
    near = [v for v in villages if v[:9] == village[:9]]
    return draw.choice(near if chance < SAME_VILLAGE + SAME_TOWNSHIP else list(villages))


def _replaced(name: str, draw: random.Random, *, alike: bool) -> str:
    """The name with its last character replaced by one that sounds alike, or does not."""
    sound = _sound(name[-1])
    fitting = [c for c in characters() if c != name[-1] and (_sound(c) == sound) is alike]
    return name[:-1] + draw.choice(fitting) if fitting else name


def _sound(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])
