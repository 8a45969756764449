"""Records of a sheet, one at a time: below the heading, filled down, folded."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.mapping.plan import Plan, is_key
from yimaqing.domains.intake.reading.junk import is_record
from yimaqing.domains.intake.reading.layout import Layout


class Rows:
    """Goes through a sheet once. ``strict``: a row of another width is left so, to be refused."""

    def __init__(self, plan: Plan, layout: Layout, headings: list[str], *, strict: bool) -> None:
        self._plan = plan
        self._layout = layout
        self._width = len(headings)
        self._strict = strict
        self._at = {heading: at for at, heading in enumerate(headings)}
        self._fill = [self._at[heading] for heading in plan.fill if heading in self._at]
        self._key = [self._at[heading] for heading in plan.group or (plan.fold,) if heading]
        self._looked_up = next((self._at[s.heading] for s in plan.columns if is_key(s)), 0)
        self._merged = {
            column: (ranges, [first for first, _ in ranges])
            for column, ranges in layout.merged.items()
            if column < self._width
        }

    def of(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The records among all rows of the sheet."""
        if self._plan.fold:
            return map(self._one, self.groups(rows))
        if self._plan.group:
            return (row for group in self.groups(rows) for row in self._headed(group))
        return self._all(rows)

    def groups(self, rows: Iterator[Row]) -> Iterator[list[Row]]:
        """The records of each whole: runs of rows with the same key."""
        group: list[Row] = []
        for number, cells in self._all(rows):
            if group and self.key_of(group[0][1]) != self.key_of(cells):
                yield group
                group = []
            group.append((number, cells))
        if group:
            yield group

    def key_of(self, cells: list[str]) -> str:
        """What the row's whole is known by in the sheet; empty where it does not say."""
        held = [cells[at].strip() if at < len(cells) else "" for at in self._key]
        return "\0".join(held) if held[-1] else ""

    def _all(self, rows: Iterator[Row]) -> Iterator[Row]:
        below = (
            (number, self._fitted(cells)) for number, cells in rows if number > self._layout.bottom
        )
        return self._filled(below) if self._merged or self._fill else below

    def _fitted(self, cells: list[str]) -> list[str]:
        size = len(cells)
        if size == self._width:
            return cells
        if size > self._width and (
            not self._strict or not any(map(str.strip, cells[self._width :]))
        ):
            return cells[: self._width]
        return cells if self._strict else cells + [""] * (self._width - size)

    def _filled(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Merged cells in each row that they cover; blanks below a key where the plan says so."""
        tops: dict[int, tuple[int, str]] = {}
        above: dict[int, str] = {}
        for number, cells in rows:
            for column, (ranges, starts) in self._merged.items():
                at = bisect_right(starts, number) - 1
                if at < 0 or number > ranges[at][1] or column >= len(cells):
                    continue
                if number == starts[at]:
                    tops[column] = (number, cells[column])
                elif not cells[column].strip() and tops.get(column, (0, ""))[0] == starts[at]:
                    cells[column] = tops[column][1]
            for column in self._fill:
                if column < len(cells):
                    self._fill_one(cells, column, above)
            yield number, cells

    def _fill_one(self, cells: list[str], column: int, above: dict[int, str]) -> None:
        if cells[column].strip():
            above[column] = cells[column]
        elif not self._is_head(cells):
            cells[column] = above.get(column, "")

    def _is_head(self, cells: list[str]) -> bool:
        """Whether the row begins a group of its own: nothing is filled into it."""
        fold = self._plan.heads
        at = self._at.get(str(fold.get("column", "")))
        return at is not None and at < len(cells) and cells[at].strip() in fold.get("values", ())

    def _headed(self, group: list[Row]) -> Iterator[Row]:
        """Each row with what its group is looked up by: the head's number, else its own."""
        at = self._looked_up
        heads = [cells[at] for _, cells in group if self._is_head(cells) and at < len(cells)]
        known = bool(self.key_of(group[0][1])) and len(heads) == 1 and bool(heads[0].strip())
        for number, cells in group:
            own = cells[at] if at < len(cells) else ""
            yield number, [*cells, heads[0] if known else own]

    def _one(self, group: list[Row]) -> Row:
        """One row for a whole: its head's, and how many they were."""
        # A total below the last of them had its blanks filled with that one's key.
        records = [row for row in group if is_record(*row)] or group
        _, cells = next((row for row in records if self._is_head(row[1])), records[0])
        # Numbered by its last row: how far the sheet was read is told by that number alone.
        return group[-1][0], [*cells, str(len(records))]
