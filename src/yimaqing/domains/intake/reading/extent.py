"""How far a worksheet reaches, told from its XML as it streams by.

A workbook's reader makes a full rectangle of everything from the first cell to the last: two
cells, A1 and XFD1048576, would be 17 billion. So the rectangle is measured before anything is
made of it. A part is looked at twice at most: `Glance` gives an upper bound at the speed of
a search, and what it cannot vouch for `Survey` reads tag by tag. ``dimension`` is not asked:
writers often state one that is far too large, and the reader does not follow it either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

#: As much of a part's end as a tag may be cut in two in.
_BORDER = 4096
#: A worksheet's cells come after this word; a part without it has none.
_SHEET = b"sheetData"
_LETTERS = 26
#: Glance counts rows in steps of so many.
_STEP = 100_000

_USUAL = re.compile(rb'<c r="([A-Z]{1,2})([1-9][0-9]{0,5})"(?: [st]="\w++")*+/?>')
_CELL = re.compile(rb"<c[\s/>]")
_QUICK = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: [st]="\w++")*+(/>|></c>|>)')
_TAG = re.compile(rb"<(?![!?])(?:([^<>\s:]{65})|(?:[^<>\s:]{0,64}:)?(row|c)(?=[\s/>]))")
_ATTRIBUTE = rb"""\s+([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_REST = re.compile(rb"((?:%s)*+)\s*+(/>|></(?:[^<>\s:]*:)?c\s*>|>)" % _ATTRIBUTE)
_PLACE = re.compile(rb"([A-Za-z]{1,6})([0-9]{1,12})")
_NUMBER = re.compile(rb"[0-9]{1,12}")


class NotWellFormed(ValueError):
    """A cell's tag is not XML as any spreadsheet writes it."""


@dataclass(frozen=True)
class Extent:
    """The rectangle from A1, in rows and columns, and which cells make it as large."""

    rows: int = 0
    columns: int = 0
    lowest: str = ""
    rightmost: str = ""

    @property
    def area(self) -> int:
        """Cells of the rectangle."""
        return self.rows * self.columns


class Glance:
    """An upper bound of the extent, for XML as the usual programs write it.

    ``cells`` counts their elements, or those of the table of texts, which the reader knows
    by its name. ``sure`` becomes False where a part is not written as usual.
    """

    def __init__(self, *, of_texts: bool = False) -> None:
        self.sure = True
        self.cells = 0
        self._of_texts = of_texts
        self._held = b""
        self._columns, self._rows = 1, _STEP - 1
        self._outside = self._pattern()
        self._is_sheet = False

    @property
    def extent(self) -> Extent:
        """What was seen so far lies within it."""
        return Extent(self._rows, self._columns) if self._is_sheet else Extent()

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Look at the next piece of the part."""
        text = self._held + piece
        cut = len(text) if last else max(text.rfind(b"<", max(0, len(text) - _BORDER)), 0)
        cut = cut or max(0, len(text) - _BORDER)
        self._is_sheet = self._is_sheet or _SHEET in text
        if self._of_texts:
            self.cells += text.count(b"<si", 0, cut) + text.count(b":si", 0, cut)
        if self._is_sheet:
            self.cells += text.count(b"<c", 0, cut)
            # Another prefix, or a word in a text: either way not for a glance.
            self.sure = self.sure and b":c" not in text and self._look(text, cut)
        self._held = text[cut:]

    def _look(self, text: bytes, cut: int) -> bool:
        at = 0
        while found := self._outside.search(text, at, cut):
            cell = _USUAL.match(text, found.start(), cut)
            if cell:
                self._widen(column_of(cell[1]), int(cell[2]))
            elif _CELL.match(text, found.start()):
                return False
            at = found.start() if cell else found.end()
        return True

    def _widen(self, column: int, row: int) -> None:
        """Take in a cell that lies outside; rows in steps, so that it happens rarely."""
        self._columns = max(self._columns, column)
        if row > self._rows:
            self._rows = (row // _STEP + 1) * _STEP - 1
        self._outside = self._pattern()

    def _pattern(self) -> re.Pattern[bytes]:
        """Cells outside of the bounds, and cells that are not written as usual."""
        rows, lead = b"[1-9][0-9]{0,4}", self._rows // _STEP
        if lead:
            rows += b"|[1-%d][0-9]{5}" % lead
        place = rb'r="(?:%s)(?:%s)"' % (_letters_up_to(self._columns), rows)
        return re.compile(rb'<c(?! %s(?: [st]="\w++")*+/?>)' % place)


class Survey:
    """The extent of the cells that hold something, tag by tag, however the XML is written.

    Cells and rows may leave out where they are: then each follows the one before it.
    """

    def __init__(self) -> None:
        self.cells = 0
        self._held = b""
        self._row = self._column = 0
        self._extent = Extent()

    @property
    def extent(self) -> Extent:
        """What was seen so far."""
        return self._extent

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Read the next piece of the part. Raise NotWellFormed."""
        text = self._held + piece
        cut = len(text) if last else max(0, len(text) - _BORDER)
        at = 0
        while (tag := _TAG.search(text, at)) and tag.start() < cut:
            at = tag.end()
            if quick := _QUICK.match(text, tag.start()):
                self._take(quick[1], int(quick[2]), empty=quick[3] != b">")
            else:
                self._read(tag, text)
        self._held = text[max(at, cut) :]

    def _read(self, tag: re.Match[bytes], text: bytes) -> None:
        rest = None if tag[1] else _REST.match(text, tag.end())
        if rest is None:
            raise NotWellFormed(text[tag.start() : tag.start() + 80].decode(errors="replace"))
        place = _stated_place(rest[1])
        if tag[2] == b"row":
            self._begin_row(place)
            return
        stated = _PLACE.fullmatch(place)
        if place and stated is None:
            raise NotWellFormed(f"cell {place!r}")
        letters = stated[1].upper() if stated else b""
        row = int(stated[2]) if stated else max(self._row, 1)
        self._take(letters, row, empty=rest[5] != b">")

    def _begin_row(self, place: bytes) -> None:
        if place and not _NUMBER.fullmatch(place):
            raise NotWellFormed(f"row {place!r}")
        self._row = int(place) if place else self._row + 1
        self._column = 0

    def _take(self, letters: bytes, row: int, *, empty: bool) -> None:
        self.cells += 1
        self._column = column_of(letters) if letters else self._column + 1
        if empty or (row <= self._extent.rows and self._column <= self._extent.columns):
            return
        name = f"{letters_of(self._column)}{row}"
        if row > self._extent.rows:
            self._extent = replace(self._extent, rows=row, lowest=name)
        if self._column > self._extent.columns:
            self._extent = replace(self._extent, columns=self._column, rightmost=name)


def letters_of(column: int) -> str:
    """A spreadsheet's name of a column counted from 1: A … Z, AA …"""
    letters = ""
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters


@lru_cache(maxsize=20_000)
def column_of(letters: bytes) -> int:
    """The number, from 1, of the column that a spreadsheet calls so."""
    number = 0
    for letter in letters:
        number = number * _LETTERS + letter - ord("A") + 1
    return number


def _letters_up_to(column: int) -> bytes:
    """A pattern of the names of the columns 1 … ``column`` (702 at most)."""
    if column <= _LETTERS:
        return b"[A-%c]" % (ord("@") + column)
    whole, rest = divmod(column - _LETTERS, _LETTERS)
    parts = [b"[A-Z]"]
    if whole:
        parts.append(b"[A-%c][A-Z]" % (ord("@") + whole))
    if rest:
        parts.append(b"%c[A-%c]" % (ord("A") + whole, ord("@") + rest))
    return b"|".join(parts)


def _stated_place(attributes: bytes) -> bytes:
    """The value of ``r``, empty where it is left out. Raise NotWellFormed for more than one."""
    found = [
        double or single for name, double, single in _ATTRIBUTES.findall(attributes) if name == b"r"
    ]
    if len(found) > 1 or found == [b""]:
        raise NotWellFormed("r")
    return found[0] if found else b""
