"""Foreign layouts with their truth: sheets as offices and other registries really lay them out.

Each is made from a form that the sources describe (village rolls, ledgers of minimum living,
medical insurance, housing, migrant work and subsidies, the helper's handbook, income accounts,
pairings) or from another registry's export (OpenSPP, DHIS2, pinyin field names). The truth is
what a clerk who knows both would choose: the dataset's column, or nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import openpyxl
import polars as pl

from yimaqing.kit.ids import id_check_digit

#: By name: its own modules are older than the syntax that the type checker reads.
xlwt = import_module("xlwt")

Make = Callable[[random.Random, int], object]
SURNAMES = "王李张刘陈杨赵郭任高"
GIVEN = ("秀英", "建国", "小军", "玉兰", "志强", "桂花", "明", "海燕", "永红", "丽萍", "改梅")
VILLAGES = ("白文村", "曜头村", "南庄村", "庙坪社区")
ROWS = 60


@dataclass(frozen=True)
class Foreign:
    """One layout: ``columns`` are (levels of the heading joined by /, truth, maker of a cell)."""

    name: str
    dataset: str
    suffix: str
    columns: tuple[tuple[str, str, Make], ...]
    titles: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    sheet: str = "Sheet1"
    truth: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "truth", {heading: t for heading, t, _ in self.columns})


def name(r: random.Random, _: int) -> str:
    """A person's name."""
    return r.choice(SURNAMES) + r.choice(GIVEN)


def number(r: random.Random, _: int) -> str:
    """A valid number of a region that does not exist."""
    day = f"{r.randint(1940, 2015)}{r.randint(1, 12):02}{r.randint(1, 28):02}"
    first = f"141199{day}{r.randint(1, 999):03}"
    return first + id_check_digit(first)


def phone(r: random.Random, _: int) -> str:
    """A mobile number."""
    return f"1{r.choice('3578')}{r.randint(0, 10**9 - 1):09}"


def account(r: random.Random, _: int) -> str:
    """A bank account."""
    return f"62{r.randint(0, 10**17 - 1):017}"


def household(_: random.Random, at: int) -> str:
    """A household's number; three rows have the same."""
    return f"86141124{at // 3:06}"


def household_each(_: random.Random, at: int) -> str:
    """A household's number of its own."""
    return f"86141124{at:06}"


def money(r: random.Random, _: int) -> float:
    """An amount in yuan."""
    return round(r.uniform(50, 30_000), 2)


def one_of(*words: str) -> Make:
    """One of some words."""
    return lambda r, _: r.choice(words)


def counted(_: random.Random, at: int) -> int:
    """1, 2, 3 …"""
    return at + 1


def between(low: int, high: int) -> Make:
    """A whole number."""
    return lambda r, _: r.randint(low, high)


def area(r: random.Random, _: int) -> float:
    """Some mu."""
    return round(r.uniform(0, 20), 1)


def day(style: str, low: int = 2015) -> Make:
    """A day as one writes it."""

    def make(r: random.Random, _: int) -> str:
        y, m, d = r.randint(low, 2023), r.randint(1, 12), r.randint(1, 28)
        return style.format(y=y, m=m, d=d)

    return make


def fixed(text: str) -> Make:
    """The same in each row, numbered where it says {n}."""
    return lambda _, at: text.format(n=at)


RELATIONS = one_of("户主", "妻子", "长子", "次女", "儿媳", "母亲", "孙子")
YES = one_of("是", "否")
TICK = one_of("√", "×")
BANK = one_of("农村信用社", "邮储银行", "农业银行")


def write(foreign: Foreign, folder: Path, seed: int = 7) -> Path:
    """The layout as a file with records."""
    r = random.Random(seed)  # noqa: S311 - a seeded source of examples
    levels = [heading.split("/") for heading, _, _ in foreign.columns]
    depth = max(map(len, levels))
    rows = [[make(r, at) for _, _, make in foreign.columns] for at in range(ROWS)]
    path = folder / f"{foreign.name}.{foreign.suffix}"
    if foreign.suffix == "parquet":
        pl.DataFrame(
            rows, schema=[h for h, _, _ in foreign.columns], orient="row", strict=False
        ).write_parquet(path)
        return path
    grid, spans = _headed(levels, depth)
    if foreign.suffix in ("csv", "tsv"):
        mark = "\t" if foreign.suffix == "tsv" else ","
        lines = [*((t,) for t in foreign.titles), *grid, *rows]
        text = "\n".join(mark.join("" if c is None else str(c) for c in line) for line in lines)
        path.write_bytes((text + "\n").encode("gb18030" if foreign.suffix == "tsv" else "utf-8"))
        return path
    top = len(foreign.titles)
    merges = [(a + top, b + top, left, right) for a, b, left, right in spans]
    merges += [(at, at, 0, len(levels) - 1) for at in range(top)]
    first = top + depth
    for column, (heading, _, _) in enumerate(foreign.columns):
        if heading in foreign.merged:
            for at in range(0, ROWS, 3):
                rows[at + 1][column] = rows[at + 2][column] = None
                merges.append((first + at, first + at + 2, column, column))
    lines = [*([t] for t in foreign.titles), *grid, *rows, *([f] for f in foreign.foot)]
    (_xls if foreign.suffix == "xls" else _xlsx)(foreign, lines, merges, path)
    return path


def _headed(
    levels: list[list[str]], depth: int
) -> tuple[list[list[str | None]], list[tuple[int, int, int, int]]]:
    """The rows of the heading and their merged cells."""
    grid: list[list[str | None]] = [[None] * len(levels) for _ in range(depth)]
    spans = []
    for column, parts in enumerate(levels):
        for row, part in enumerate(parts):
            last = depth - 1 if row == len(parts) - 1 else row
            left = column
            while left and levels[left - 1][: row + 1] == parts[: row + 1] and last == row:
                left -= 1
            if left == column:
                grid[row][column] = part
            right = column
            while right + 1 < len(levels) and levels[right + 1][: row + 1] == parts[: row + 1]:
                right += 1
            if left == column and (last > row or (right > column and row < len(parts) - 1)):
                spans.append((row, last, column, column if last > row else right))
    return grid, spans


def _xlsx(
    foreign: Foreign, lines: list[list[object]], merges: list[tuple[int, int, int, int]], path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = foreign.sheet
    for line in lines:
        sheet.append(line)
    for top, bottom, left, right in merges:
        if (top, left) != (bottom, right):
            sheet.merge_cells(
                start_row=top + 1, end_row=bottom + 1, start_column=left + 1, end_column=right + 1
            )
    book.save(path)


def _xls(
    foreign: Foreign, lines: list[list[object]], merges: list[tuple[int, int, int, int]], path: Path
) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(foreign.sheet)
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            if cell is not None:
                sheet.write(row, column, cell)
    for top, bottom, left, right in merges:
        if (top, left) != (bottom, right):
            sheet.merge(top, bottom, left, right)
    book.save(str(path))
