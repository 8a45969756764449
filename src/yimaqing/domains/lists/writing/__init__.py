"""Files that lists leave in: each writer takes rows as they come and keeps none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from yimaqing.domains.lists.cells import Cell
from yimaqing.kit.dataset import Kind


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes) -> object:
        """Take some bytes."""


@dataclass(frozen=True)
class Heading:
    """A column of the file: its heading and what its cells are."""

    text: str
    kind: Kind


@dataclass(frozen=True)
class Notes:
    """What the file says about itself: title, a line of who, when and why, the export's number.

    ``seal`` proves that this installation gave it; ``dataset`` takes the file back; ``demo`` is
    said on every page where people are made up.
    """

    title: str
    line: str
    number: str
    seal: str
    listing: str
    dataset: str
    demo: str
    key_heading: str


class Writer(Protocol):
    """Writes one file."""

    def write(self, keys: Sequence[int], rows: Sequence[Sequence[Cell]]) -> None:
        """Add rows; ``keys`` are the numbers of their records."""

    def finish(self) -> None:
        """Write what stands at the end."""
