"""What stands on labels, and how their sheets are drawn: plain data, handed to who draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from yimaqing.domains.codes.labels.layout import Layout


class Label(NamedTuple):
    """What stands on one label: ``places`` from the county down, ``name`` 张家 or empty.

    ``phones`` are office numbers for a calendar: (what, number), the nearest office first.
    """

    address: str
    number: str
    name: str
    places: tuple[str, ...]
    phones: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """How sheets are drawn: ``start`` is the first free position (from 1) of the first sheet.

    ``note`` stands on each label of a demonstration; ``year`` is a calendar's.
    """

    layout: Layout
    start: int = 1
    note: str = ""
    year: int = 0
    title: str = ""


@dataclass(frozen=True)
class Kept:
    """A part that lies sealed on disk: its pages, and what was missing on which label."""

    pages: int
    missing: dict[str, list[str]]
