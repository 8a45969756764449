"""Identifiers: place codes, resident identity numbers, register numbers, names.

Sources: GB 11643 (identity number), statistical division codes of the National
Bureau of Statistics (12 digits), the national register's column notes.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from itertools import chain, groupby

#: Names are read character by character; the dictionary of phrases is 44 MiB in each process.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from pypinyin import Style, lazy_pinyin

PREFIX_LENGTH = {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}
MOST_DIGITS = 18  # of what a bigint surely holds
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def place_prefix(code: str, level: int) -> str:
    """The digits that all places below ``code`` share.

    The cut is by level, never by stripping zeros: a township code may end in zeros
    of its own, and stripping them would take in its neighbours.
    """
    return code[: PREFIX_LENGTH.get(level, len(code))]


def subtree_bounds(code: str, level: int) -> tuple[str, str]:
    """Half-open range ``[low, high)`` of the place codes of a subtree, in byte order."""
    prefix = place_prefix(code, level)
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)


class IdNumberFault(StrEnum):
    """Why an identity number is not acceptable."""

    LENGTH = "length"
    CHARACTERS = "characters"
    BIRTH_DATE = "birth_date"
    CHECK_DIGIT = "check_digit"


def id_check_digit(first17: str) -> str:
    """The 18th character for 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def normal_id_number(text: str) -> str:
    """Upper-case, full width to half width, spaces removed; 15 digits become 18."""
    value = to_half_width(text).replace(" ", "").upper()
    if len(value) == 15 and value.isdigit():
        first17 = value[:6] + "19" + value[6:]
        return first17 + id_check_digit(first17)
    return value


def id_number_fault(number: str) -> IdNumberFault | None:
    """What is wrong with a normalised 18-character number; None when nothing is."""
    if len(number) != 18:
        return IdNumberFault.LENGTH
    if not (number[:17].isascii() and number[:17].isdigit() and number[17] in "0123456789X"):
        return IdNumberFault.CHARACTERS
    if id_birth_date(number) is None:
        return IdNumberFault.BIRTH_DATE
    if id_check_digit(number[:17]) != number[17]:
        return IdNumberFault.CHECK_DIGIT
    return None


def id_birth_date(number: str) -> dt.date | None:
    """Birth date held in digits 7 to 14, None when it is no date."""
    try:
        return dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def to_half_width(text: str) -> str:
    """Full-width digits, letters and spaces as typed by Chinese input methods → ASCII."""
    return "".join(
        chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else " " if c == "\u3000" else c for c in text
    )


#: Surnames that are read otherwise than the same characters elsewhere (《通用规范汉字字典》).
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "盖": "ge",
    "朴": "piao", "翟": "zhai", "缪": "miao", "乐": "yue", "召": "shao", "种": "chong",
    "覃": "qin", "员": "yun", "折": "she", "秘": "bi", "冼": "xian", "任": "ren", "宁": "ning",
    "重": "chong", "黑": "he", "祭": "zhai", "繁": "po", "逄": "pang", "尉迟": "yu chi",
    "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai",
}  # fmt: skip
_FIRST_HAN = "\u3007"


def pinyin_key(name: str) -> str:
    """Sort key of a name: syllables without tones, lower case (王明 → ``wang ming``).

    Character by character, because names are not words: a dictionary of phrases would read
    王乐 by the word that it happens to hold. Only surnames have readings of their own.
    """
    if not name or min(name) < _FIRST_HAN:
        runs = groupby(name, key=lambda character: character >= _FIRST_HAN)
        read = (map(_syllable, run) if han else ["".join(run)] for han, run in runs)
        return " ".join(chain.from_iterable(read)).lower()
    for length in (2, 1):
        surname = _SURNAMES.get(name[:length])
        if surname and len(name) > length:
            return " ".join([surname, *map(_syllable, name[length:])])
    return " ".join(map(_syllable, name))


@cache
def _syllable(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.NORMAL)[0]).lower()


def grams(name: str) -> set[str]:
    """Search grams of a name: each character and each pair of neighbours."""
    text = name.strip()
    return set(text) | {text[i : i + 2] for i in range(len(text) - 1)}


def mask_name(name: str) -> str:
    """王小明 → 王**; one character stays as it is."""
    return name[:1] + "*" * (len(name) - 1)


def mask_middle(text: str, head: int, tail: int) -> str:
    """Keep ``head`` and ``tail`` characters, mask what lies between."""
    if len(text) <= head + tail:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + (text[-tail:] if tail else "")


def mask_id_number(number: str) -> str:
    """1411**********12 (domain rule f: first four, last two)."""
    return mask_middle(number, 4, 2)


def mask_phone(phone: str) -> str:
    """138****5678."""
    return mask_middle(phone, 3, 4)


def mask_account(account: str) -> str:
    """Bank account: the last four digits only."""
    return mask_middle(account, 0, 4)


def duplicates(values: Iterable[str]) -> set[str]:
    """Values that occur more than once."""
    seen: set[str] = set()
    twice: set[str] = set()
    for value in values:
        (twice if value in seen else seen).add(value)
    return twice


def whole_number(text: str) -> int | None:
    """A number that came in an address, at most 18 digits, so that it fits a column; else None.

    ``isdigit`` would take "²", which ``int`` refuses.
    """
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def number_pair(text: str) -> tuple[int, int] | None:
    """Two such numbers, as ``3-17``."""
    first, _dash, second = text.partition("-")
    pair = whole_number(first), whole_number(second)
    return None if pair[0] is None or pair[1] is None else (pair[0], pair[1])
