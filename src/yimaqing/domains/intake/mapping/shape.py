"""A plan carried out on rows: cells of anybody's columns become cells of the dataset's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from yimaqing.domains.intake.apart.typed import Row
from yimaqing.domains.intake.catalogue import folds
from yimaqing.domains.intake.mapping.finding import Asked, Finding, Found
from yimaqing.domains.intake.mapping.numbering import numbered
from yimaqing.domains.intake.mapping.plan import (
    AS_OF,
    NAME_PART,
    ROW,
    Plan,
    Source,
    is_key,
    unique,
)
from yimaqing.domains.intake.mapping.rows import Rows
from yimaqing.domains.intake.mapping.values import known_words
from yimaqing.domains.intake.mapping.vocabulary import BY
from yimaqing.domains.intake.mapping.wide import ADDED, Abreast, code_of, given_by, is_part
from yimaqing.domains.intake.reading.cells import trimmed
from yimaqing.domains.intake.reading.chunks import Bad
from yimaqing.domains.intake.reading.formats import FileUnusable
from yimaqing.domains.intake.reading.header import letter_of
from yimaqing.domains.intake.reading.junk import head_of
from yimaqing.domains.intake.reading.layout import Layout
from yimaqing.kit.dataset import Column, Dataset, Kind

_NUMBERS = (Kind.INTEGER, Kind.MONEY, Kind.DECIMAL, Kind.NUMBER)
_UNIT = r"(?:元|人|亩|个月|月|年|岁|平方米|㎡|公里|千米|km|户|个|天|次)"
_NUMBER = rf"^([+-]?[\d,，.]+)\s*{_UNIT}?$"
_TEN_THOUSANDS = r"^([+-]?[\d,，.]+)\s*万元?$"
_NAME = r"^([\p{Han}·]{2,10})"
_ID = r"(\d{17}[\dXx])"


@dataclass
class Shape:
    """How the rows of one sheet are read by a plan.

    ``heads`` are the heading's rows, which may come again. ``strict``: a row of another width is
    refused, because cells would be taken for their neighbours. ``abreast`` makes several rows of
    one where the plan says so.
    """

    plan: Plan
    layout: Layout
    dataset: Dataset
    finding: Finding
    as_of: dt.date
    heads: list[tuple[str, ...]] = field(default_factory=list)
    strict: bool = False

    def __post_init__(self) -> None:
        self.headings = unique(self.layout.headings)
        places = {heading: at for at, heading in enumerate(self.headings)}
        lost = [s.heading for s in self.plan.columns if s.heading not in places]
        if lost:
            raise FileUnusable("mapping_heading", headings="、".join(lost)[:200])
        self._at = {source.target: places[source.heading] for source in self.plan.columns}
        self._parts = [s for s in self.plan.columns if is_part(s.target)]
        self.abreast: Abreast | None = None
        if self._parts:
            self.abreast = Abreast(self.plan, places, self.heads)
            # Rows are longer then: a short heading that comes again is so too.
            self.heads = [head_of([*head, *[""] * ADDED]) for head in self.heads]

    @property
    def columns(self) -> list[Column | None]:
        """The dataset's column behind each of the sheet's, None for those passed over."""
        found: list[Column | None] = [None] * len(self.headings)
        for source in self.plan.columns:
            if BY not in source.target:
                found[self._at[source.target]] = self.dataset.column(source.target)
        found += [None] * (ADDED if self.abreast else 0)
        if self.plan.fold:
            return [*found, self._counted_column()]
        return [*found, None] if self.plan.group else found

    def _counted_column(self) -> Column:
        return self.dataset.column(folds()[self.plan.dataset]["count"])

    @property
    def stated(self) -> list[str]:
        """Names of the dataset's columns that get a value."""
        given = {source.target.partition(BY)[0] for source in self.plan.columns}
        given |= set(self.plan.constants) | given_by(self.plan)
        given |= {self._counted_column().name} if self.plan.fold else set()
        return [column.name for column in self.dataset.columns if column.name in given]

    def rows(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Records below the heading: as wide as it, merged cells in each row that they cover."""
        found = Rows(self.plan, self.layout, self.headings, strict=self.strict).of(rows)
        return self.abreast.of(found, len(self.headings)) if self.abreast else found

    def letter(self, column: str) -> str:
        """Which column of the sheet a column of the dataset is taken from: A, B …"""
        at = self._at.get(column)
        return letter_of(at) if at is not None else ""

    def look_up(self, rows: list[Row]) -> Found:
        """What the rows' cells are looked up by in the database; for the thread that has it."""
        return self.finding.look_up(self._asked(rows))

    def raw(self, rows: list[Row], found: Found) -> tuple[dict[str, pl.Series], list[Bad]]:
        """Trimmed cells by the dataset's columns, and what could not be looked up."""
        cells = {
            source.target: self._cells(source, rows)
            for source in self.plan.columns
            if BY not in source.target and not is_part(source.target)
        }
        bad: list[Bad] = []
        told = dict(cells)
        for asked in self._asked(rows):
            told[asked.column.name + BY + asked.finder.name] = asked.cells
            values, faults = self.finding.values(asked, found)
            cells[asked.column.name] = values
            bad += [Bad(code, asked.column.name, where, params) for code, where, params in faults]
        if self.plan.fold:
            cells.setdefault(self._counted_column().name, trimmed([row[-1] for _, row in rows]))
        once = {n: v for n, v in self.plan.constants.items() if n not in cells and v}
        once = {name: value.replace(AS_OF, self.as_of.isoformat()) for name, value in once.items()}
        own = {name: value for name, value in once.items() if ROW in value}
        for name in once.keys() - own.keys():
            told[name] = pl.repeat(once[name], len(rows), dtype=pl.String, eager=True)
            cells[name] = told[name]
        if own:
            cells |= numbered(own, told, self.dataset, self.finding.keys)
        if self.abreast:
            cells |= self._abreast(cells, rows)
        return cells, bad

    def _abreast(self, cells: Mapping[str, pl.Series], rows: list[Row]) -> dict[str, pl.Series]:
        """Which kind each row is of, its value, its day; nobody's number where it is nobody's."""
        wide = self.dataset.wide
        if wide is None:
            return {}
        codes, values, days = (trimmed([row[at] for _, row in rows]) for at in (-3, -2, -1))
        for source in self._parts:
            read = self._read(source, self.dataset.column(source.target), values)
            own = (codes == code_of(source.target)) & (days.fill_null("") == source.day)
            values = read.zip_with(own, values)
        found = {wide.name: codes, wide.value: values}
        if days.is_not_null().any() or wide.day in cells:
            rest = cells.get(wide.day, pl.repeat(None, len(rows), dtype=pl.String, eager=True))
            found[wide.day] = days.zip_with(days.is_not_null(), rest)
        nobody = pl.repeat(None, len(rows), dtype=pl.String, eager=True)
        for name, of in wide.only.items():
            if name in cells:
                found[name] = cells[name].zip_with(codes.is_in(list(of)), nobody)
        return found

    def _asked(self, rows: list[Row]) -> list[Asked]:
        """Looked up columns with their cells: the own one, and those that narrow it down."""
        asked = []
        for source in self.plan.columns:
            name, by, finder_name = source.target.partition(BY)
            if not by or "." in finder_name:
                continue
            column = self.dataset.column(name)
            [finder] = [f for f in column.finders if f.name == finder_name]
            within = [
                self._text(self._at[f"{source.target}.{level}"], rows)
                if f"{source.target}.{level}" in self._at
                else None
                for level in range(len(finder.within))
            ]
            if self.plan.group and not self.plan.fold and is_key(source):
                head = trimmed([row[-1] for _, row in rows])
                cells = self._read(source, column, head)
            else:
                cells = self._cells(source, rows)
            allots = bool(self.plan.fold) and is_key(source)
            asked.append(Asked(column, finder, cells, within, allots))
        return asked

    def _text(self, at: int, rows: list[Row]) -> pl.Series:
        return trimmed([cells[at] for _, cells in rows])

    def _cells(self, source: Source, rows: list[Row]) -> pl.Series:
        cells = self._text(self._at[source.target], rows)
        return self._read(source, self.dataset.column(source.target.partition(BY)[0]), cells)

    @staticmethod
    def _read(source: Source, column: Column, cells: pl.Series) -> pl.Series:
        if source.part:
            return cells.str.extract(_NAME if source.part == NAME_PART else _ID, 1)
        if BY not in source.target and (column.table or column.kind is Kind.YES_NO):
            known = known_words(cells.drop_nulls().unique().to_list(), column)
            values = {**known, **source.values}
            cells = _translated(cells, values, split=column.kind is Kind.CODES)
        if column.kind in _NUMBERS and BY not in source.target:
            cells = _counted(cells, source.factor)
        return cells


def _translated(cells: pl.Series, values: Mapping[str, str], *, split: bool) -> pl.Series:
    if not split:
        return cells.replace(dict(values))
    whole: dict[str, str] = {}
    for cell in cells.drop_nulls().unique().to_list():
        parts = [p.strip() for p in re.split("[、,，;；|]", cell) if p.strip()]
        whole[cell] = "、".join(values.get(p, p) for p in parts)
    return cells.replace(whole)


def _counted(cells: pl.Series, factor: float) -> pl.Series:
    """Numbers without the unit behind them, times what the heading's unit makes them."""
    if not cells.str.contains(r"[^\d.+-]").any() and factor == 1:
        return cells
    many = cells.str.extract(_TEN_THOUSANDS, 1)
    plain = cells.str.extract(_NUMBER, 1)
    cells = plain.zip_with(plain.is_not_null(), cells)
    times = pl.Series([factor]).extend_constant(factor, len(cells) - 1) if len(cells) else None
    if times is None or (factor == 1 and not many.is_not_null().any()):
        return cells
    each = times.zip_with(many.is_null(), pl.repeat(10_000.0, len(cells), eager=True))
    number = many.zip_with(many.is_not_null(), cells).str.replace_all("[,，]", "")
    counted = (number.cast(pl.Float64, strict=False) * each).round(4)
    text = counted.cast(pl.String).str.replace(r"\.0$", "")
    changed = counted.is_not_null() & (each != 1.0)
    return text.zip_with(changed, cells)


def heads_of(layout: Layout, rows: list[Row]) -> list[tuple[str, ...]]:
    """The rows of the heading, as they would look if they came again."""
    return [head_of(cells) for number, cells in rows if layout.top <= number <= layout.bottom]
