"""Characters that sound alike: what a clerk writes who heard a name."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from pypinyin import Style, lazy_pinyin

from demo.names import characters

_NEAR = {"zh": "z", "ch": "c", "sh": "s", "z": "zh", "c": "ch", "s": "sh", "l": "n", "n": "l"}


@cache
def _sound(character: str) -> str:
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


@cache
def _by_sound() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for one in characters():
        found[_sound(one)].append(one)
    return found


def homophones(character: str) -> list[str]:
    """Of the same sound, itself among them."""
    return _by_sound().get(_sound(character), [])


def near_ones(character: str) -> list[str]:
    """Of the same sound but for zh and z, l and n, -ng and -n."""
    sound = _sound(character)
    first = next((s for s in ("zh", "ch", "sh", *_NEAR) if sound.startswith(s)), "")
    heard = {_NEAR.get(first, first) + sound[len(first) :]}
    heard.add(sound[:-1] if sound.endswith("ng") else f"{sound}g" if sound.endswith("n") else sound)
    return [c for one in sorted(heard - {sound}) for c in _by_sound().get(one, [])]
