"""What the demonstration prints when it is ready."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from yimaqing.kit.qr import QUIET_MODULES, modules

# Two rows of modules a line: upper half, lower half, both, none. Printed dark on light,
# since many scanners refuse a symbol with its colours reversed.
_BLOCKS = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
_DARK_ON_LIGHT, _RESET = "\x1b[30;107m", "\x1b[0m"


def qr_lines(text: str, *, coloured: bool = True) -> list[str]:
    """A QR symbol for a terminal, two modules a line, quiet zone included."""
    rows = [list(row) for row in modules(text)]
    width = len(rows) + 2 * QUIET_MODULES
    side = [0] * QUIET_MODULES
    margin = [[0] * width for _ in range(QUIET_MODULES)]
    framed = [*margin, *([*side, *row, *side] for row in rows), *margin]
    if len(framed) % 2:
        framed.append([0] * width)
    lines = [
        "".join(_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(framed[::2], framed[1::2], strict=True)
    ]
    return [f"{_DARK_ON_LIGHT}{line}{_RESET}" for line in lines] if coloured else lines


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows in columns; a Chinese character is two places wide."""
    cells = [list(row) for row in rows]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(cells[0]))] if cells else []
    for row in cells:
        padded = (cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True))
        yield "  " + "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if "\u2e80" <= char <= "\uffef" else 1 for char in text)
