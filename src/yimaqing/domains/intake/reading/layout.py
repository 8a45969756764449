"""Where in a sheet the table is: titles above, a heading of one or several rows, the first record.

People's sheets have a title over the whole width, a line with who filled it in and the unit
of money, headings in two or three rows with merged cells, a row of column numbers, and then
the records. Nothing is decided by position alone: a row is a heading because it names things,
differs from what follows, and holds words that some dataset knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from yimaqing.domains.intake.apart.typed import Merged, Row
from yimaqing.kit.ids import to_half_width

#: So many of the first rows with content are looked at.
LOOKED_AT = 400
_DEEPEST_HEADER = 40
_MOST_LEVELS = 5
_LONGEST_HEADING = 60
#: Between the headings above each other: 家庭成员/姓名.
STEP = "/"
_FIGURE = re.compile(r"[\d\s,.+%/:年月日万元Xx*()-]+")
_NOTE = re.compile(r"[^\s]{2,12}\s*[:：]")
_CODE = re.compile(r"[a-z]{2,4}\d{2,4}[a-z]?")
_ORDINALS = "甲乙丙丁戊己庚辛"


@dataclass(frozen=True)
class Layout:
    """Where the table of a sheet is; row numbers as a spreadsheet shows them.

    ``headings`` are one for each column, levels joined by ``/``, blank where a column has none.
    ``titles`` is what stands above. ``merged`` are the vertical ranges among the records: column
    → [(first row, last row)].
    """

    top: int
    bottom: int
    headings: list[str]
    titles: list[str] = field(default_factory=list)
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Whether the heading is row 1 alone and nothing below it is merged."""
        return self.top == self.bottom == 1 and not self.merged


def find_layout(
    rows: Sequence[Row], merged: Sequence[Merged], known: Callable[[str], bool]
) -> Layout | None:
    """The layout of a sheet, from its first rows with content; None when no row is a heading.

    ``known`` tells whether some dataset has a column of that heading.
    """
    written = {number: [" ".join(cell.split()) for cell in cells] for number, cells in rows}
    rows = [(number, list(map(to_half_width, cells))) for number, cells in written.items()]
    spans = _spans(merged)
    best = _best(rows, known)
    if best is None:
        return None
    first = last = best
    while first > 0 and last - first < _MOST_LEVELS and _is_upper(rows, first - 1, first, spans):
        first -= 1
    while last + 1 < len(rows) and last - first < _MOST_LEVELS and _is_lower(rows, last, spans):
        last += 1
    top = rows[first][0]
    levels = [(number, written[number]) for number, _ in rows[first : last + 1]]
    headings = _flattened(levels, spans)
    bottom = rows[last][0]
    if last + 1 < len(rows) and _is_numbering(rows[last + 1][1]):
        bottom = rows[last + 1][0]
    above = [written[number] for number, _ in rows[:first]]
    titles = [cell for cells in above for cell in dict.fromkeys(cells) if cell]
    return Layout(top, bottom, headings, titles, _vertical(merged, bottom))


def is_figure(cell: str) -> bool:
    """Whether a cell is a number, date or code rather than words."""
    return bool(_FIGURE.fullmatch(cell)) and any(map(str.isdigit, cell))


def _best(rows: list[Row], known: Callable[[str], bool]) -> int | None:
    width = max((sum(map(bool, cells)) for _, cells in rows[:_DEEPEST_HEADER]), default=0)
    scores = [_score(rows, at, width, known) for at in range(min(len(rows), _DEEPEST_HEADER))]
    best = max(range(len(scores)), key=lambda at: scores[at], default=None)
    return best if best is not None and scores[best] > 1.4 else None


def _score(rows: list[Row], at: int, width: int, known: Callable[[str], bool]) -> float:
    """How much a row looks like the lowest full row of headings."""
    cells = [cell for cell in rows[at][1] if cell]
    if not cells or (len(cells) == 1 and width > 1) or _is_numbering(rows[at][1]):
        return 0.0
    words = [c for c in cells if not is_figure(c) and len(c) <= _LONGEST_HEADING]
    hits = sum(known(c) for c in cells)
    notes = sum(bool(_NOTE.match(c)) for c in cells)
    codes = sum(bool(_CODE.fullmatch(c.casefold())) for c in cells)
    below = [cells_below for _, cells_below in rows[at + 1 : at + 9]]
    unlike = _unlike(rows[at][1], below)
    size = len(cells)
    return (
        (len(words) - notes) / size
        + 2 * hits / size
        + size / max(width, 1)
        + unlike
        - (size - len(set(cells))) / size
        - (0.3 * codes / size if hits < codes else 0)
        - at * 0.01
    )


def _unlike(header: list[str], below: list[list[str]]) -> float:
    """Share of the columns whose records are figures while the heading is none."""
    named = [at for at, cell in enumerate(header) if cell and not is_figure(cell)]
    if not named or not below:
        return 0.0
    figures = sum(any(at < len(r) and is_figure(r[at]) for r in below) for at in named)
    return figures / len(named)


def _is_numbering(cells: list[str]) -> bool:
    """1, 2, 3 … or 甲, 乙, 1, 2 … below the headings."""
    held = [cell.strip("()") for cell in cells if cell]
    if len(held) < 3:
        return False
    numbers = [int(c) for c in held if c.isdecimal() and len(c) < 4]
    others = [c for c in held if not c.isdecimal() and c not in _ORDINALS and c != "栏次"]
    steps = all(b - a == 1 for a, b in pairwise(numbers))
    return not others and len(numbers) >= 2 and steps and numbers[0] <= 2


def _spans(merged: Sequence[Merged]) -> dict[tuple[int, int], Merged]:
    """Merged range by its first cell (row number from 1, column from 0)."""
    return {(m[0] + 1, m[2]): (m[0] + 1, m[1] + 1, m[2], m[3]) for m in merged}


def _is_upper(rows: list[Row], at: int, below: int, spans: dict[tuple[int, int], Merged]) -> bool:
    """Whether a row is a level of headings above the one that was found."""
    number, cells = rows[at]
    under = rows[below][1]
    if rows[below][0] != number + 1:
        return False
    held = [(column, cell) for column, cell in enumerate(cells) if cell]
    width = sum(map(bool, under))
    if not held or any(is_figure(c) or _NOTE.match(c) for _, c in held):
        return False
    wide = [spans.get((number, column)) for column, _ in held]
    if len(held) == 1 and (wide[0] is None or wide[0][3] - wide[0][2] + 1 >= 0.6 * max(width, 2)):
        return False  # a title over the whole table
    reaching_down = any(span and span[1] > number for span in wide)
    return reaching_down or len(held) >= 2


def _is_lower(rows: list[Row], at: int, spans: dict[tuple[int, int], Merged]) -> bool:
    """Whether the row after a heading row is one more level: it names the parts of groups."""
    number, cells = rows[at]
    next_number, below = rows[at + 1]
    held = [column for column, cell in enumerate(below) if cell]
    if next_number != number + 1 or not held:
        return False
    values = [below[column] for column in held]
    if sum(bool(_CODE.fullmatch(v.casefold())) for v in values) > 0.6 * len(values) > 1:
        return True
    if any(is_figure(v) or len(v) > _LONGEST_HEADING for v in values):
        return False
    down = [s for s in spans.values() if s[0] <= number and s[1] >= next_number]
    groups = [s for s in spans.values() if s[0] == number and s[3] > s[2]]
    if down or groups:
        covered = {column for s in down for column in range(s[2], s[3] + 1)}
        under = {column for s in groups for column in range(s[2], s[3] + 1)}
        return not covered & set(held) and (bool(under & set(held)) or bool(down))
    # Without merged cells: parts stand under blanks, or under the first cell of a group.
    blank = [c for c in held if c >= len(cells) or not cells[c]]
    starts = [c for c in held if c < len(cells) and cells[c] and c + 1 in held and c + 1 in blank]
    return bool(blank) and len(blank) + len(starts) == len(held)


def _flattened(levels: list[Row], spans: dict[tuple[int, int], Merged]) -> list[str]:
    """One heading for each column, its levels joined."""
    width = max(len(cells) for _, cells in levels)
    grid = {number: cells + [""] * (width - len(cells)) for number, cells in levels}
    numbers = [number for number, _ in levels]
    for (row, column), span in spans.items():
        if row in grid:
            for below in range(row, min(span[1], numbers[-1]) + 1):
                for beside in range(column, min(span[3], width - 1) + 1):
                    if below in grid:
                        grid[below][beside] = grid[row][column]
    if not any(row in grid for row, _ in spans):
        for number, under in pairwise(numbers):
            _spread(grid[number], grid[under])
    headings = []
    for column in range(width):
        parts = [grid[number][column] for number in numbers]
        headings.append(STEP.join(dict.fromkeys(part for part in parts if part)))
    while headings and not headings[-1]:
        headings.pop()
    return headings


def _spread(upper: list[str], lower: list[str]) -> None:
    """A group's name also over the parts to its right, where no merged cells say how far."""
    name = ""
    for column, cell in enumerate(upper):
        if cell:
            name = cell if lower[column] else ""
        elif lower[column]:
            upper[column] = name


def _vertical(merged: Sequence[Merged], bottom: int) -> dict[int, list[tuple[int, int]]]:
    """Ranges of merged cells below the heading, by column, in order of rows."""
    found: dict[int, list[tuple[int, int]]] = {}
    for top, last, left, right in merged:
        if top + 1 > bottom and last > top and left == right:
            found.setdefault(left, []).append((top + 1, last + 1))
    return {column: sorted(ranges) for column, ranges in found.items()}
