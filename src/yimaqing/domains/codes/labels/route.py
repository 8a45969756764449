"""The order in which somebody walks from door to door."""

from __future__ import annotations

import re

from yimaqing.kit.ids import to_half_width

_PIECES = re.compile(r"\d+|[零〇一二两三四五六七八九十百千]+|[^\d零〇一二两三四五六七八九十百千]+")
_DIGITS = {"零": 0, "〇": 0, "两": 2} | {c: n for n, c in enumerate("一二三四五六七八九", start=1)}
_UNITS = {"十": 10, "百": 100, "千": 1000}

Key = tuple[tuple[int, int, str], ...]


def natural_key(text: str) -> Key:
    """Sorts 2组 before 10组, 二组 as 2组, 9号 before 12号; what is empty comes last."""
    pieces = _PIECES.findall(to_half_width(text).strip())
    return tuple(_piece(piece) for piece in pieces) or ((2, 0, ""),)


def _piece(piece: str) -> tuple[int, int, str]:
    if piece[0].isdecimal():
        return 0, int(piece), ""
    number = chinese_number(piece)
    return (1, 0, piece) if number is None else (0, number, "")


def chinese_number(text: str) -> int | None:
    """二十三 → 23, 一百零二 → 102, 二〇 → 20; None for what is no number."""
    if not text or any(c not in _DIGITS and c not in _UNITS for c in text):
        return None
    if not any(c in _UNITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = digit = 0
    for character in text:
        if character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            digit = _DIGITS[character]
    return total + digit
