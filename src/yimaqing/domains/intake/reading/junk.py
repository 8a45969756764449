"""Rows of a sheet that are no records: totals, who filled it in, the heading once more."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

import polars as pl

#: So many columns from the left are looked at.
_LEFT = 4
_MOST_NOTE_CELLS = 4
_OFFICE = (
    r"(?:办公室|人民政府|政府|委员会|村委会|居委会|中心|民政所|财政所"
    r"|工作站|工作队|盖章|公章)[)）]?\s*$"
)
_DAY = r"^\s*\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?\s*$"
_HINT = rf"计|[:：]|注|[Tt][Oo][Tt][Aa][Ll]|{_OFFICE}|{_DAY}"
_TOTAL = re.compile(
    r"(?:本页|本表|本村|本乡|本镇|全[村镇乡县市组]|.{1,10}[村镇乡县组户])?"
    r"(?:合计|小计|总计|共计|累计|总合计|(?:grand|sub)?total)[:：]?(?:\d+[户人元条]?)?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|填表人|填表日期|填表时间|制表|制表人|制表单位|审核|审核人|审核人签字|"
    r"负责人|单位负责人|主要负责人|填报人|填报单位|填报日期|填报时间|经办人|复核人?|主管领导|联系人|村委会\(盖章\)|"
    r"note|notes|remarks|prepared by)\s*[:：].*",
    re.IGNORECASE | re.DOTALL,
)

#: A row of signatures holds no more cells; each is a role with its colon, an office or a day.
_MOST_SIGNED = 3
_SIGNED = re.compile(rf"[^\d:：]{{1,16}}[:：].*|[^\d:：]*{_OFFICE}|{_DAY}", re.DOTALL)


class Junk(NamedTuple):
    """A row that is passed over, what in it says so, and why."""

    row: int
    word: str
    code: str


def without_junk(
    rows: list[tuple[int, list[str]]], heads: Collection[tuple[str, ...]]
) -> tuple[list[tuple[int, list[str]]], list[Junk]]:
    """Records, and the rows that are none. ``heads`` are the first cells of the heading's rows."""
    suspects = _suspects(rows, {head[0] for head in heads if head})
    if not suspects:
        return rows, []
    junk = {at: found for at in suspects if (found := _junk(*rows[at], heads))}
    return [row for at, row in enumerate(rows) if at not in junk], list(junk.values())


def is_record(number: int, cells: list[str]) -> bool:
    """Whether a single row is a record: no total, and no note."""
    suspect = any(re.search(_HINT, cell) for cell in cells[:_LEFT])
    return not (suspect and _junk(number, cells, ()))


def _suspects(rows: list[tuple[int, list[str]]], first: Collection[str]) -> list[int]:
    """Places of rows worth a closer look; most chunks have none."""
    if not rows:
        return []
    found = None
    for column in range(min(_LEFT, len(rows[0][1]))):
        cells = pl.Series([row[column] for _, row in rows], dtype=pl.String)
        hint = cells.str.contains(_HINT)
        if column == 0:
            hint = hint | cells.is_in(list(first)) if first else hint
        found = hint if found is None else found | hint
    return [] if found is None else found.arg_true().to_list()


def _junk(number: int, cells: list[str], heads: Collection[tuple[str, ...]]) -> Junk | None:
    left = [re.sub(r"\s+", "", cell) for cell in cells[:_LEFT]]
    if any(_comes_again(cells, head) for head in heads):
        return Junk(number, left[0][:20], "heading_again")
    for cell in left:
        if _TOTAL.fullmatch(cell):
            return Junk(number, cell[:20], "total_row")
    held = [cell.strip() for cell in cells if cell.strip()]
    if len(held) <= _MOST_NOTE_CELLS and _NOTE.match(held[0]):
        return Junk(number, held[0][:20], "note_row")
    # Who signs, or which office: in a cell or two of a row that is blank otherwise.
    few = len(held) <= _MOST_SIGNED and len(cells) >= 2 * len(held) + 1
    if few and all(_SIGNED.fullmatch(cell) for cell in held):
        return Junk(number, held[0][:20], "note_row")
    return None


def _comes_again(cells: list[str], head: tuple[str, ...]) -> bool:
    """Where the heading has words; what stands in its blanks may have been filled down."""
    words = [(at, word) for at, word in enumerate(head) if word.strip()]
    if len(words) < 2 or len(cells) < len(head):
        return tuple(cells[: len(head)]) == head
    return all(cells[at] == word for at, word in words)


def head_of(cells: list[str]) -> tuple[str, ...]:
    """The first cells of a heading's row, as ``without_junk`` compares them.

    Reaching to its second word at least: below a heading of two rows, a household's second member
    begins with blanks as the second of them does.
    """
    held = [at for at, cell in enumerate(cells) if cell.strip()]
    return tuple(cells[: max(_LEFT, held[1] + 1 if len(held) > 1 else len(cells))])
