"""Rows of a list as the cells of an export: in words, masked where they must be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import columns_of_each, scope_of
from yimaqing.domains.lists.actions.exports import UNMASK
from yimaqing.domains.lists.cells import Cell, Wording
from yimaqing.domains.lists.engine import Row
from yimaqing.domains.places.queries import names_of
from yimaqing.kit.listing import Column
from yimaqing.kit.rowscope import Scope

_VILLAGE = 12
_NO_HOUSEHOLD = -1


class Rendering:
    """Makes cells of rows, as ``viewer`` may see them (None: the operator).

    ``clear`` opens names and sealed values where the viewer may open them; ``uneven``: rows
    differ in what he sees.
    """

    def __init__(
        self, columns: Sequence[Column], viewer: User | None, *, clear: bool, uneven: bool
    ) -> None:
        self._columns = columns
        self._viewer = viewer
        self._uneven = uneven and viewer is not None
        self._opens = scope_of(viewer, UNMASK) if viewer and clear else Scope.everything()
        self._each = [_Both(column, clear=clear) for column in columns]
        self._places: dict[str, str] = {}

    def cells(self, rows: Sequence[Row]) -> list[list[Cell]]:
        """The rows' cells, in the order of the columns."""
        self._learn(rows)
        clear = [self._in_clear(row) for row in rows]
        by_column = [
            one.cells([row.values[n] for row in rows], self._places, clear)
            for n, one in enumerate(self._each)
        ]
        cells = [list(row) for row in zip(*by_column, strict=True)]
        for line, hidden in zip(cells, self.hidden(rows), strict=True):
            for n in hidden:
                line[n] = None
        return cells

    def hidden(self, rows: Sequence[Row]) -> list[list[int]]:
        """Of each row, at which columns the viewer sees nothing."""
        if not self._uneven or self._viewer is None:
            return [[] for _ in rows]
        seen = columns_of_each(self._viewer, [(row.place_code, row.household_id) for row in rows])
        rights = [(n, column.right) for n, column in enumerate(self._columns) if column.right]
        return [[n for n, right in rights if right not in allowed] for allowed in seen]

    def _in_clear(self, row: Row) -> bool:
        household = row.household_id if row.household_id is not None else _NO_HOUSEHOLD
        return self._opens.covers(row.place_code) or household in self._opens.household_ids

    def _learn(self, rows: Sequence[Row]) -> None:
        new = {row.place_code[:_VILLAGE] for row in rows} - self._places.keys()
        if new:
            self._places.update(names_of(new))


class _Both:
    """Cells of a column for rows that may stand in clear, and for those that may not."""

    def __init__(self, column: Column, *, clear: bool) -> None:
        self._masked = Wording(column)
        self._clear = Wording(column, clear=True) if clear else None

    def cells(
        self, values: Sequence[Any], places: dict[str, str], clear: Sequence[bool]
    ) -> list[Cell]:
        if self._clear is None or not any(clear):
            return self._masked.cells(values, places)
        opened = self._clear.cells(values, places)
        if all(clear):
            return opened
        masked = self._masked.cells(values, places)
        return [
            one if open_ else two for one, two, open_ in zip(opened, masked, clear, strict=True)
        ]
