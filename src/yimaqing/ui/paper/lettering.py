"""Text on paper: Noto Sans SC, embedded as a subset; what it lacks is never left unsaid.

Rare characters of names (生僻字) come from another font of the machine where it has one.
Where none has, the place is marked 〓, as Chinese printers do, and the character is kept
in ``missing``: whoever prints is told, and nothing prints as an empty box.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby
from math import floor
from pathlib import Path
from unicodedata import category

import skia

FOLDER = Path(__file__).parent / "fonts"
REGULAR, SEMIBOLD = 400, 600
GETA = "〓"
INK, MUTED, LINE = 0xFF1F2328, 0xFF5B636B, 0xFFB9BEC4
_FILES = {REGULAR: "NotoSansSC_400Regular.ttf", SEMIBOLD: "NotoSansSC_600SemiBold.ttf"}


class FontsMissing(RuntimeError):
    """The installation was not set up: ``make setup`` puts the fonts there."""


@dataclass(frozen=True, eq=False)
class Face:
    """A typeface that can be a key: skia's own cannot."""

    held: skia.Typeface

    def has(self, character: str) -> bool:
        """Whether it has a glyph for the character."""
        return bool(self.held.unicharToGlyph(ord(character)))


@cache
def face_of(weight: int) -> Face:
    """The product's face of a weight (400, 600). Raises FontsMissing."""
    path = FOLDER / _FILES[weight]
    if not path.is_file():
        raise FontsMissing(f"{path.name}: make setup")
    return Face(skia.Typeface.MakeFromFile(str(path)))


@cache
def _face_for(character: str, weight: int) -> Face | None:
    """The face that has a character: ours, or one of the machine's; None where none has."""
    own = face_of(weight)
    if own.has(character):
        return own
    found = _of_the_machine(character)
    return found if found is not None and found.has(character) else None


@cache
def _of_the_machine(character: str) -> Face | None:
    found = skia.FontMgr.RefDefault().matchFamilyStyleCharacter(
        "", skia.FontStyle.Normal(), ["zh-Hans"], ord(character)
    )
    return None if found is None else Face(found)


@cache
def _font(face: Face, size: float) -> skia.Font:
    font = skia.Font(face.held, size)
    font.setSubpixel(True)
    return font


@cache
def _paint(colour: int) -> skia.Paint:
    return skia.Paint(AntiAlias=True, Color=colour)


#: Runs of one face, and the characters that no font has. Names of places come again and again.
_Runs = tuple[tuple[tuple[Face, str], ...], frozenset[str]]


@cache
def _same() -> dict[int, str]:
    """Characters by the one of the same glyph that the font knows: see ``prepare``."""
    path = FOLDER / "same.json"
    if not path.is_file():
        raise FontsMissing(f"{path.name}: make setup")
    return str.maketrans(json.loads(path.read_text(encoding="utf-8")))


@lru_cache(maxsize=8192)
def _runs_of(text: str, weight: int) -> _Runs:
    missing: set[str] = set()
    known = text.translate(_same())
    said = "".join(_printable(character, weight, missing) for character in known)
    runs = groupby(said, key=lambda character: _face_for(character, weight))
    return tuple((face, "".join(run)) for face, run in runs if face), frozenset(missing)


def _printable(character: str, weight: int, missing: set[str]) -> str:
    if _face_for(character, weight) is not None:
        return character
    if category(character) in {"Cc", "Cf", "Zs"}:
        return " "
    missing.add(character)
    return GETA


#: Never first in a line, and never last.
_CLOSING = frozenset("，。；：、！？）》〉】〕」』”’…％)")
_OPENING = frozenset("（《〈【〔「『“‘(")


@lru_cache(maxsize=8192)
def _width(text: str, size: float, weight: int) -> float:
    runs, _missing = _runs_of(text, weight)
    return sum(float(_font(face, size).measureText(part)) for face, part in runs)


def _wrapped(text: str, size: float, width: float, weight: int) -> list[str]:
    lines = [""]
    for piece in _pieces(text):
        if _width(lines[-1] + piece, size, weight) <= width:
            lines[-1] += piece
            continue
        if lines[-1]:
            lines.append("")
        for character in piece.lstrip():
            if lines[-1] and _width(lines[-1] + character, size, weight) > width:
                lines.append("")
            lines[-1] += character
    return [line.rstrip() for line in lines]


@lru_cache(maxsize=8192)
def _fitted(
    text: str, sizes: tuple[float, float], width: float, weight: int
) -> tuple[tuple[str, ...], float]:
    wanted, smallest = sizes
    natural = _width(text, wanted, weight)
    size = wanted if natural <= width else floor(4 * wanted * width / natural) / 4
    if size >= smallest:
        return (text,), size
    lines = _wrapped(text, smallest, width, weight)
    even = _width(text, smallest, weight) / len(lines) + smallest
    balanced = _wrapped(text, smallest, min(even, width), weight)
    return tuple(balanced if len(balanced) == len(lines) else lines), smallest


@dataclass
class Lettering:
    """Measures and draws text; ``missing`` gathers the characters drawn that no font has."""

    missing: set[str] = field(default_factory=set)

    def width(self, text: str, size: float, weight: int = REGULAR) -> float:
        """How wide the text is, in points."""
        return _width(text, size, weight)

    def draw(
        self,
        canvas: skia.Canvas,
        text: str,
        at: tuple[float, float],
        size: float,
        *,
        weight: int = REGULAR,
        colour: int = INK,
    ) -> None:
        """Draw one line; ``at`` is the left end of its baseline, in points."""
        x, y = at
        runs, missing = _runs_of(text, weight)
        self.missing |= missing
        for number, (face, part) in enumerate(runs, start=1):
            font = _font(face, size)
            canvas.drawString(part, x, y, font, _paint(colour))
            if number < len(runs):
                x += float(font.measureText(part))

    def wrapped(self, text: str, size: float, width: float, weight: int = REGULAR) -> list[str]:
        """The text in lines of at most ``width`` points; words and punctuation stay whole."""
        return _wrapped(text, size, width, weight)

    def fitted(
        self, text: str, sizes: tuple[float, float], width: float, weight: int = REGULAR
    ) -> tuple[tuple[str, ...], float]:
        """Lines and size of a text: as large as fits in one line, in more below the smallest.

        ``sizes`` are the wanted and the smallest size in points.
        """
        return _fitted(text, sizes, width, weight)


def _pieces(text: str) -> Iterator[str]:
    """What stays together in a line: Latin words, and punctuation with what it belongs to."""
    piece = ""
    for character in text:
        if piece and _may_end(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_end(before: str, after: str) -> bool:
    """Whether a line may end between two characters."""
    if after in _CLOSING or before in _OPENING:
        return False
    return not (before.isascii() and after.isascii() and " " not in {before, after})
