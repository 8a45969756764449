"""Other words for the same in headings: 时间 and 日期, no. and number.

A heading is brought to common words (``common``), and further to what is left of it without
words that only qualify (``core``), so that layouts which nobody has seen are read by what
their headings say, not by how they happen to be spelt.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

_WORDS = tomllib.loads(Path(__file__).with_name("wording.toml").read_text(encoding="utf-8"))
_SAME = {word: group[0] for group in _WORDS["same"] for word in group}
_ANY = re.compile("|".join(map(re.escape, sorted(_SAME, key=len, reverse=True))))
_QUALIFIERS = re.compile(
    "|".join(map(re.escape, sorted(_WORDS["qualifiers"], key=len, reverse=True)))
)
_GENERIC = frozenset(_WORDS["generic"])
_PHRASES = {tuple(phrase.split()): word for phrase, word in _WORDS["phrases"].items()}
_TOKENS = {word: group[0] for group in _WORDS["tokens"] for word in group}
_SILENT = frozenset(_WORDS["silent"])
_ENDING = re.compile(r"(ation|ated|ions?|ed|ing|s)$")
#: All words of the shorter one are in the longer one, which has one more, or several.
_ONE_MORE, _MORE = 0.8, 0.6
_LONGEST_PHRASE = max(map(len, _PHRASES))


@lru_cache(maxsize=20_000)
def common(text: str) -> str:
    """A plain heading in common words: 鉴定时间 and 鉴定日期 are one."""
    return _ANY.sub(lambda found: _SAME[found[0]], text)


@lru_cache(maxsize=20_000)
def core(text: str) -> str:
    """The same without words that only qualify; as it is where nothing telling would be left."""
    words = common(text)
    left = _QUALIFIERS.sub("", words)
    return words if len(left) < 2 or left in _GENERIC else left


def common_tokens(words: list[str]) -> frozenset[str]:
    """English words of a heading in common ones: no_of_members is number, member."""
    found: set[str] = set()
    at = 0
    while at < len(words):
        size = next(
            (n for n in range(_LONGEST_PHRASE, 1, -1) if tuple(words[at : at + n]) in _PHRASES), 1
        )
        word = _PHRASES.get(tuple(words[at : at + size]), words[at])
        found.add(_TOKENS.get(word) or _stem(word))
        at += size
    return frozenset(found - _SILENT) or frozenset(found)


def _stem(word: str) -> str:
    """Registered and registration are one."""
    left = _ENDING.sub("", word)
    return left if len(left) > len("year") else word


def alike_tokens(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two headings of English words say the same, 0 to 1."""
    if not one or not other:
        return 0.0
    shared, together = len(one & other), len(one | other)
    alike = shared / together
    if shared < min(len(one), len(other)):
        return alike
    return max(alike, _ONE_MORE if shared > 1 or together == shared + 1 else _MORE)
