"""Errors planted on purpose, each of a described kind, and the list that says where.

``effect`` is what a careful import does: ``rejected`` (the row does not enter), or
``reported`` (it enters, and somebody is told).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl

from demo.draw import Ints, Rng, stream

HEADER_ROWS = 1
REJECTED, REPORTED = "rejected", "reported"
Cells = list[str | None]
Spoil = Callable[[Rng, Cells], Cells]


@dataclass(frozen=True)
class Kind:
    """A kind of error: where it sits, what it puts there, what should come of it.

    ``only`` restricts the rows that it may befall; ``copied`` rows are added at the
    end of the file as copies of good ones, and then spoiled (or not): the first counts.
    """

    name: str
    column: str
    spoil: Spoil | None
    effect: str = REJECTED
    only: Callable[[pl.DataFrame], pl.Series] | None = None
    copied: bool = False


@dataclass(frozen=True)
class Planted:
    """One planted error; ``row`` counts the header as row 1."""

    row: int
    column: str
    kind: str
    value: str | None
    effect: str


class Bed:
    """One file's table, whose rows are each spoiled at most once."""

    def __init__(self, seed: int, name: str, table: pl.DataFrame) -> None:
        self.rng: Rng = stream(seed, f"dirt {name}")
        self.table = table.with_columns(pl.all().cast(pl.String))
        self.planted: list[Planted] = []
        self._free = np.ones(table.height, dtype=np.bool_)

    def plant(self, kinds: tuple[Kind, ...], share: float) -> None:
        """Spread ``share`` of the rows over the kinds, at least one row of each."""
        each = max(1, round(self.table.height * share / len(kinds)))
        good = self.table
        for kind in (k for k in kinds if not k.copied):
            self._spoil(kind, self._take(kind, good, each))
        for kind in (k for k in kinds if k.copied):
            self._copy(kind, good, self._take(kind, good, each))

    def _take(self, kind: Kind, table: pl.DataFrame, count: int) -> Ints:
        free = self._free
        if kind.only is not None:
            free = free & kind.only(table).fill_null(value=False).to_numpy()
        rows = np.flatnonzero(free)
        chosen = np.sort(self.rng.permutation(rows)[:count])
        self._free[chosen] = False
        return chosen.astype(np.int64)

    def _spoil(self, kind: Kind, rows: Ints) -> None:
        if not len(rows):
            return
        cells = self._cells(kind, self.table[pl.Series(rows)])
        column = self.table[kind.column].scatter(pl.Series(rows), pl.Series(cells, dtype=pl.String))
        self.table = self.table.with_columns(column)
        self._note(kind, rows, cells)

    def _copy(self, kind: Kind, good: pl.DataFrame, rows: Ints) -> None:
        copies = good[pl.Series(rows)]
        cells = self._cells(kind, copies)
        start = self.table.height
        copies = copies.with_columns(pl.Series(kind.column, cells, dtype=pl.String))
        self.table = self.table.vstack(copies)
        self._note(kind, np.arange(start, self.table.height), cells)

    def _cells(self, kind: Kind, rows: pl.DataFrame) -> Cells:
        cells: Cells = rows[kind.column].to_list()
        return cells if kind.spoil is None else kind.spoil(self.rng, cells)

    def _note(self, kind: Kind, rows: Ints, cells: Cells) -> None:
        for row, cell in zip(rows.tolist(), cells, strict=True):
            number = row + 1 + HEADER_ROWS
            self.planted.append(Planted(number, kind.column, kind.name, cell, kind.effect))

    def accepted(self, column: str) -> pl.Series:
        """The cells in ``column`` of the rows that are not rejected for themselves."""
        good = np.ones(self.table.height, dtype=np.bool_)
        good[[row - 1 - HEADER_ROWS for row in self.rejected()]] = False
        return self.table[column].filter(pl.Series(good)).drop_nulls()

    def rejected(self) -> set[int]:
        """Row numbers that are rejected for themselves."""
        return {planted.row for planted in self.planted if planted.effect == REJECTED}

    def rows_outside(self, column: str, known: pl.Series) -> list[int]:
        """Row numbers, rejected ones apart, whose cell in ``column`` is filled and not known."""
        cells = self.table[column]
        outside = (cells.is_not_null() & ~cells.is_in(known.implode())).arg_true()
        rejected = self.rejected()
        numbers = (row + 1 + HEADER_ROWS for row in outside.to_list())
        return [row for row in numbers if row not in rejected]

    def keys(self, kind: str, column: str) -> pl.Series:
        """The cells in ``column`` of the rows spoiled in one way."""
        rows = [p.row - 1 - HEADER_ROWS for p in self.planted if p.kind == kind]
        return self.table[column].gather(rows)

    def truth(self) -> dict[str, object]:
        """Rows in the file and what was planted, in the order of rows."""
        planted = sorted(self.planted, key=lambda p: (p.row, p.column))
        return {"rows": self.table.height, "planted": [asdict(p) for p in planted]}
