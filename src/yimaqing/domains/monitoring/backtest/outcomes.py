"""Reading what happened later: a table with subject, date and outcome, CSV or Parquet.

Every fault names the row, the column, the value and what would be right; with a fault nothing
of the file is used.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from yimaqing.analytics.connection import connect

#: How a column may be called.
HEADINGS = {
    "subject": ("subject", "household_number", "户编号"),
    "date": ("date", "happened_on", "日期"),
    "outcome": ("outcome", "结果"),
}
MOST_ROWS = 1_000_000
_SHOWN = 20
_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")


class OutcomesInvalid(ValueError):
    """The file cannot be used; the text says why, row by row."""


@dataclass(frozen=True)
class Outcome:
    """What hit a household, which is named by its number, on a day."""

    subject: str
    on: dt.date
    kind: str


def read_outcomes(path: Path, *, today: dt.date, kinds: frozenset[str]) -> list[Outcome]:
    """The outcomes of a file, of some kinds or (``kinds`` empty) of all.

    Raise OutcomesInvalid, with the first faults of the file.
    """
    read, faults = [], []
    for number, row in enumerate(_rows(path), 2):
        if number > MOST_ROWS + 1:
            raise OutcomesInvalid(
                f"{path.name} 超过 {MOST_ROWS:,} 行：请分开 too many rows: split it"
            )
        try:
            read.append(_outcome(row, today))
        except ValueError as error:
            faults.append(f"第 {number} 行 row {number} {error}")
    if faults:
        more = f"\n… 共 {len(faults)} 处 in all" if len(faults) > _SHOWN else ""
        raise OutcomesInvalid("\n".join(islice(faults, _SHOWN)) + more)
    chosen = [one for one in read if not kinds or one.kind in kinds]
    if not chosen:
        known = "、".join(sorted({one.kind for one in read if one.kind})) or "-"
        raise OutcomesInvalid(
            f"没有可用的结果 no outcome to use；文件中的结果 kinds in it：{known}"
        )
    return chosen


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    rows = _of_parquet(path) if path.suffix.lower() == ".parquet" else _of_csv(path)
    for row in rows:
        yield _named(row)


def _named(row: Mapping[str, str]) -> Mapping[str, str]:
    """The row by our own names. Raise OutcomesInvalid when a column is missing."""
    named = {}
    for name, headings in HEADINGS.items():
        found = next((heading for heading in headings if heading in row), None)
        if found is None and name != "outcome":
            there = "、".join(row) or "-"
            raise OutcomesInvalid(
                f"缺少列 missing column {' / '.join(headings)}；现有 there is：{there}"
            )
        named[name] = (row[found] or "").strip() if found else ""
    return named


def _of_csv(path: Path) -> Iterator[dict[str, str]]:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        rows = csv.reader(io.StringIO(text, newline=""))
        headings = [cell.strip() for cell in next(rows, [])]
        yield from (
            dict(zip(headings, [*row, *[""] * len(headings)], strict=False)) for row in rows
        )
        return
    raise OutcomesInvalid(f"{path.name} 不是 UTF-8 也不是 GB18030 文本 neither UTF-8 nor GB18030")


def _of_parquet(path: Path) -> Iterator[dict[str, str]]:
    with connect(memory_gib=0.5, threads=1) as connection:
        cursor = connection.execute("SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in cursor.description or ()]
        while batch := cursor.fetchmany(10_000):
            yield from (dict(zip(names, row, strict=True)) for row in batch)


def _outcome(row: Mapping[str, str], today: dt.date) -> Outcome:
    if not row["subject"]:
        raise ValueError("户编号为空：填写户编号 subject is empty: give the household's number")
    on = _day(row["date"])
    if on > today:
        raise ValueError(f"日期 {on} 在未来：结果应已发生 the date lies in the future")
    return Outcome(row["subject"], on, row["outcome"])


def _day(text: str) -> dt.date:
    for form in _FORMATS:
        try:
            return dt.datetime.strptime(text.removesuffix(" 00:00:00"), form).date()
        except ValueError:
            continue
    raise ValueError(f"日期“{text}”无法识别：写成 2019-03-01 the date is not one: write 2019-03-01")
