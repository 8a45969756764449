"""What two spellings of a Chinese name may have in common."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import opencc

from yimaqing.kit.ids import pinyin_key, to_half_width

#: Variant characters met in names that the conversion of traditional characters leaves alone
#: (《第一批异体字整理表》 and《通用规范汉字表》 keep some of them for names only).
_VARIANTS = str.maketrans(
    {
        "喆": "哲", "甯": "宁", "邨": "村", "菓": "果", "喦": "岩", "淼": "渺", "嶽": "岳",
        "昇": "升", "陞": "升", "堃": "坤", "犇": "奔", "仝": "同", "祘": "算", "镕": "熔",
        "珮": "佩", "燊": "深", "麗": "丽", "迺": "乃", "琹": "琴", "栢": "柏", "箇": "个",
    }
)  # fmt: skip
_NOT_A_NAME = re.compile(r"[\s·•.．・\-—_*0-9()（）]")

# What northern Shanxi speech and the typist's ear mix up: -ng and -n, zh and z, l and n, h and f.
_SOUNDS = (
    (re.compile(r"\b([zcs])h"), r"\1"),
    (re.compile(r"ng\b"), "n"),
    (re.compile(r"\bl"), "n"),
    (re.compile(r"\bhu(?=[a-z])"), "f"),
    (re.compile(r"\br"), "n"),
)


@cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=1 << 17)  # a job's names come in any order and stay with its worker
def folded(name: str) -> str:
    """張國華, 张 国华, 张国华１ → 张国华: simplified, variants told apart no more, letters only."""
    plain = _NOT_A_NAME.sub("", to_half_width(name))
    return str(_to_simplified().convert(plain.translate(_VARIANTS))).translate(_VARIANTS)


def sound_of(name: str) -> str:
    """Syllables without tones, of the folded name: 秀英 and 秀瑛 are one."""
    return pinyin_key(folded(name))


def near_sound_of(sound: str) -> str:
    """The syllables with what is often misheard made equal: ``chen hong`` → ``cen hon``."""
    for mark, instead in _SOUNDS:
        sound = mark.sub(instead, sound)
    return sound


def letters_of(name: str) -> str:
    """The characters in an order of their own: equal for names with characters swapped."""
    return "".join(sorted(folded(name)))


def masks_of(name: str) -> list[str]:
    """张国华 → _国华, 张_华, 张国_: what two names of a length with one other character share.

    None for names of two characters: half of such a name is no likeness.
    """
    letters = folded(name)
    if len(letters) < 3:
        return []
    return [letters[:at] + "_" + letters[at + 1 :] for at in range(len(letters))]


def shorter_of(name: str) -> list[str]:
    """张国华 → 国华, 张华, 张国: what is left when one character was forgotten."""
    return [mask.replace("_", "") for mask in masks_of(name)]
