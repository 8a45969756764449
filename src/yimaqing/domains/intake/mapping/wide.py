"""One row of a sheet, several rows of the dataset: a column for each kind of value.

Each cell that states a value becomes a row of its own, numbered after the sheet's row and its
column (``number_of``); reports tell the sheet's row and column again (``row_of``, ``part_of``).
An empty cell, or one that says that nobody knows, becomes none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.labels import OTHER, label_score
from yimaqing.domains.intake.mapping.vocabulary import targets_of
from yimaqing.domains.intake.reading.dates import Unsure, read_date
from yimaqing.domains.intake.reading.junk import without_junk
from yimaqing.kit.dataset import OF
from yimaqing.kit.ids import to_half_width

if TYPE_CHECKING:
    from yimaqing.domains.intake.mapping.plan import Plan, Source

#: Rows of the dataset that one row of a sheet may become.
MOST = 32
#: Cells that each of them has besides the sheet's: which kind, the value, the heading's date.
ADDED = 3
_PIECE = 2000
_UNFIT = "?"
#: How sure it is whose number stands beside the name of a head of household.
_UNSURE = 0.6
_HEAD = re.compile(r"^户主(姓名|名字)?$|head", re.IGNORECASE)
_DAY = re.compile(
    r"\d{4}\s*(?:[-/.]\s*\d{1,2}\s*[-/.]\s*\d{1,2}|年\s*\d{1,2}\s*月\s*\d{1,2}\s*[日号])"
)


def is_part(target: str) -> bool:
    """Whether a target is the values of one kind: ``value=water``."""
    return OF in target


def code_of(target: str) -> str:
    """Which kind it is the values of."""
    return target.partition(OF)[2]


def parts_of(plan: Mapping[str, Any] | None) -> list[str]:
    """Targets of a kept plan that stand side by side; none in most."""
    columns = (plan or {}).get("columns") or ()
    return [one["target"] for one in columns if is_part(one["target"])]


def number_of(row: int, part: int) -> int:
    """The number of the row of the dataset; ``part`` counts the plan's from 1, 0 for none."""
    return row * MOST + part


def row_of(number: int, parts: Collection[str]) -> int:
    """The sheet's row of a row of the dataset."""
    return number // MOST if parts else number


def part_of(number: int, parts: Sequence[str], column: str) -> str:
    """What of the sheet a column of the dataset was taken from, in that row."""
    at = number % MOST
    return parts[at - 1] if parts and at and column in _own(parts) else column


def _own(parts: Sequence[str]) -> tuple[str, ...]:
    return (parts[0].partition(OF)[0],)


def shown_sql(parts: Sequence[str], column: str) -> tuple[str, str, str]:
    """SQL of a fault's row, column and params, of ``row_no`` and ``params``; doubled percents."""
    if not parts:
        return "row_no", "%(column)s", "params"
    whose = f"(%(parts)s::text[])[row_no %% {MOST}]" if column in _own(parts) else "%(column)s"
    other = f"jsonb_set(params, '{{other}}', to_jsonb((params->>'other')::integer / {MOST}))"
    told = f"CASE WHEN jsonb_exists(params, 'other') THEN {other} ELSE params END"
    return f"row_no / {MOST}", whose, told


def day_of(heading: str, target: str) -> str:
    """The day that a heading of values names: 饮水（2026年6月30日）; empty when none is."""
    if not is_part(target):
        return ""
    found = _DAY.findall(to_half_width(heading))
    days = {day for text in found if (day := read_date(re.sub(r"\s", "", text)))}
    days.discard(Unsure.MONTH)
    return days.pop().isoformat() if len(days) == 1 else ""  # type: ignore[union-attr] # no month


def given_by(plan: Plan) -> set[str]:
    """Columns of the dataset that values side by side state by standing there."""
    parts = [one for one in plan.columns if is_part(one.target)]
    wide = dataset(plan.dataset).wide
    if wide is None or not parts:
        return set()
    return {wide.name, wide.value} | ({wide.day} if all(one.day for one in parts) else set())


def without_owner(plan: Plan) -> list[Source]:
    """Columns of values that need a column which the plan lacks: a person's, in a household's row.

    Whose they are nobody can say, so they are not read.
    """
    wide = dataset(plan.dataset).wide
    held = {one.target for one in plan.columns}
    needed = [codes for name, codes in (wide.only if wide else {}).items() if name not in held]
    return [one for one in plan.columns if any(code_of(one.target) in codes for codes in needed)]


def settled(plan: Plan, scores: dict[str, float]) -> tuple[Plan, tuple[str, ...]]:
    """The guess without what cannot be: values both in a column and side by side, or nobody's.

    Also the headings of the latter. An identity number that may be the head's is unsure: it says
    whose the values of a person are.
    """
    wide = dataset(plan.dataset).wide
    held = {one.target for one in plan.columns}
    if wide is None or not any(map(is_part, held)):
        return plan, ()
    left = {one.heading for one in without_owner(plan)}
    long = wide.name in held
    columns = tuple(
        one
        for one in plan.columns
        if not (is_part(one.target) and (long or one.heading in left))
        and (long or one.target != wide.value)
    )
    of_some = {code for codes in wide.only.values() for code in codes}
    if any(code_of(one.target) in of_some for one in columns) and _by_household(plan.headings):
        scores.update({name: min(scores.get(name, 0), _UNSURE) for name in wide.only})
    for gone in held - {one.target for one in columns}:
        scores.pop(gone, None)
    constants = {k: v for k, v in plan.constants.items() if k not in (wide.name, wide.value)}
    plan = replace(plan, columns=columns, constants=plan.constants if long else constants)
    return plan, () if long else tuple(h for h in plan.headings if h in left)


def names_a_part(heading: str, plan: Plan) -> bool:
    """Whether a heading names values beside those that are taken: the same ones of another day."""
    if not any(is_part(one.target) for one in plan.columns):
        return False
    parts = (target for target in targets_of(plan.dataset) if is_part(target.key))
    return any(label_score(heading, target) >= OTHER for target in parts)


def _by_household(headings: Sequence[str]) -> bool:
    """Whether a sheet speaks of heads of households, but of no members."""
    heads = [h for h in headings if _HEAD.search(h)]
    return bool(heads) and not any("姓名" in h for h in headings if h not in heads)


class Abreast:
    """Makes the rows of the dataset out of those of a sheet, and counts what it saw."""

    def __init__(
        self, plan: Plan, places: Mapping[str, int], heads: Collection[tuple[str, ...]]
    ) -> None:
        wide = dataset(plan.dataset).wide
        sources = [one for one in plan.columns if is_part(one.target)]
        self._parts = [(at, one) for at, one in enumerate(sources, start=1)]
        self._places = places
        self._heads = heads
        columns = {c.name: c for c in dataset(plan.dataset).sheet_columns}
        self._nothing = {one.target: columns[one.target].nothing for one in sources}
        own = {one.target: places[one.heading] for one in plan.columns}
        self._key = own.get(dataset(plan.dataset).key_column)
        self._day = own.get(wide.day) if wide else None
        self._of_some = {code for codes in (wide.only if wide else {}).values() for code in codes}
        self._key_above = ""
        self._said: set[tuple[str, str, str]] = set()
        self.rows = self.made = self.blank = 0

    def of(self, rows: Iterable[Row], width: int) -> Iterator[Row]:
        """The rows of the dataset; what is no record of the sheet is left for who reports it."""
        unread = iter(rows)
        while some := list(islice(unread, _PIECE)):
            fit = [row for row in some if len(row[1]) == width]
            junk = {one.row for one in without_junk(fit, self._heads)[1]}
            for number, cells in some:
                if len(cells) != width or number in junk:
                    mark = "" if number in junk else _UNFIT
                    yield number_of(number, 0), [*cells, *[mark] * ADDED]
                else:
                    yield from self._made(number, cells)

    def _made(self, number: int, cells: list[str]) -> Iterator[Row]:
        self.rows += 1
        stated = False
        for at, source in self._parts:
            cell = cells[self._places[source.heading]].strip()
            if not cell or source.values.get(cell, cell) in self._nothing[source.target]:
                continue
            stated = True
            if self._again(source, cell, cells):
                continue
            self.made += 1
            yield number_of(number, at), [*cells, code_of(source.target), cell, source.day]
        self.blank += not stated

    def _again(self, source: Source, cell: str, cells: list[str]) -> bool:
        """Whether a row above said the same of the same household: a row for each member."""
        code = code_of(source.target)
        if self._key is None or code in self._of_some:
            return False
        key = cells[self._key].strip()
        if key != self._key_above:
            self._key_above, self._said = key, set()
        day = source.day or (cells[self._day] if self._day is not None else "")
        what = (code, cell, day)
        known = bool(key) and what in self._said
        self._said.add(what)
        return known

    @property
    def counted(self) -> dict[str, str]:
        """Rows of the sheet, values that they state, rows that state none; for a report."""
        return {
            "rows": f"{self.rows:,}",
            "readings": f"{self.made:,}",
            "blank": f"{self.blank:,}",
        }
