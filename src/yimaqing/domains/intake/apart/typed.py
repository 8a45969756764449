"""A typed cell as one would write it into a CSV file."""

from __future__ import annotations

import datetime as dt

#: From here on a spreadsheet's number has lost digits (2**53 is the last exact one).
EXACT_INTEGER = 2**53
LOST_DIGITS = "\x01"  # marks such a cell; no text can hold it
NO_VALUE = "\x02"  # marks a formula that was never counted

#: A row's number, from 1, and its cells.
Row = tuple[int, list[str]]
#: First and last row, first and last column of merged cells, all counted from 0.
Merged = tuple[int, int, int, int]

Cell = str | int | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta


def written(cell: Cell | None) -> str:
    """The cell in characters."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == dt.time() else f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell)


def _number(cell: float) -> str:
    if cell != cell or cell in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN alone differs from itself
        return ""
    if cell != int(cell):
        return repr(cell)
    whole_number = str(int(cell))
    return whole_number if abs(cell) < EXACT_INTEGER else LOST_DIGITS + whole_number
