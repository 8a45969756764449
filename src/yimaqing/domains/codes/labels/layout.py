"""Layouts, read from ``layouts.toml``: where the labels of a sheet stand, in points."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from yimaqing.ui.paper.sizes import PAPERS, points

_FILE = Path(__file__).with_name("layouts.toml")
#: Finer symbols are not read from an arm's length after a year on a wall (mm a module).
FINEST_MODULE = 0.6
_MODULES = 41
_LENGTHS = {"width", "height", "left", "top", "pitch_x", "pitch_y", "box", "pad"}


class BadLayout(ValueError):
    """A layout whose labels overlap, leave the paper, or hold too fine a symbol."""


@dataclass(frozen=True)
class Layout:
    """One layout; lengths in points, ``type_*`` the wanted and the smallest type size."""

    name: str
    zh: str
    en: str
    paper: str
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    pitch_x: float
    pitch_y: float
    box: float
    pad: float
    type_name: tuple[float, float]
    type_place: tuple[float, float]
    type_number: tuple[float, float]
    marks: bool
    calendar: bool = False

    @property
    def per_sheet(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows

    @property
    def paper_size(self) -> tuple[float, float]:
        """Width and height of a sheet in points."""
        width, height = PAPERS[self.paper]
        return points(width), points(height)

    def corner(self, position: int) -> tuple[float, float]:
        """Upper left corner of a label; positions count from 0 along the rows."""
        row, column = divmod(position, self.columns)
        return self.left + column * self.pitch_x, self.top + row * self.pitch_y

    def sheets(self, labels: int, start: int = 1) -> int:
        """Sheets for so many labels when the first stands at position ``start`` (from 1)."""
        return -(-(labels + start - 1) // self.per_sheet) if labels else 0


@cache
def layouts() -> dict[str, Layout]:
    """Every layout by its name, in the file's order. Raises BadLayout."""
    with _FILE.open("rb") as opened:
        held = [made(one) for one in tomllib.load(opened)["layout"]]
    return {one.name: one for one in held}


def made(values: dict[str, Any]) -> Layout:
    """A layout from millimetres. Raises BadLayout where it cannot be printed and read."""
    known = {field.name for field in fields(Layout)}
    if set(values) - known:
        raise BadLayout(f"{values.get('name')}: {', '.join(sorted(set(values) - known))}?")
    given: dict[str, Any] = {
        name: points(value) if name in _LENGTHS else _plain(value) for name, value in values.items()
    }
    layout = Layout(**given)
    _check(layout)
    return layout


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check(layout: Layout) -> None:
    width, height = layout.paper_size
    right, low = layout.corner(layout.per_sheet - 1)
    slack = points(0.01)
    if right + layout.width > width + slack or low + layout.height > height + slack:
        raise BadLayout(f"{layout.name}: leaves the paper")
    if layout.pitch_x < layout.width - slack or layout.pitch_y < layout.height - slack:
        raise BadLayout(f"{layout.name}: labels overlap")
    if layout.box / _MODULES < points(FINEST_MODULE):
        raise BadLayout(f"{layout.name}: the symbol is too fine")
    if layout.box > min(layout.width, layout.height):
        raise BadLayout(f"{layout.name}: the symbol is larger than the label")
