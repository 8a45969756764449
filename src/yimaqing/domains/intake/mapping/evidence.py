"""What a column's own cells say about what it is, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yimaqing.domains.intake.mapping.vocabulary import Target, plain_value, spoken_values
from yimaqing.domains.intake.reading.cells import parse, trimmed
from yimaqing.domains.intake.reading.dates import read_date
from yimaqing.kit.dataset import Column, Kind

YES, NO = "是", "否"
#: What stands for 是 and 否 in other people's sheets.
YES_NO_WORDS = {
    **dict.fromkeys(("是", "有", "√", "✓", "✔", "y", "yes", "true", "1", "t"), YES),
    **dict.fromkeys(("已参保", "参保", "正常参保", "在保", "已缴费", "享受", "已享受"), YES),
    **dict.fromkeys(("参加", "已参加", "已办理", "安全", "达标"), YES),
    **dict.fromkeys(("否", "无", "×", "✗", "✘", "n", "no", "false", "0", "f", "没有"), NO),
    **dict.fromkeys(("未参保", "暂停参保", "停保", "断保", "未缴费", "未享受", "未参加"), NO),
    **dict.fromkeys(("未办理", "不安全", "不达标", "不是"), NO),
}
#: Cells that tell so much need no heading.
PLAINLY = 0.7
#: How much a kind is told by its values alone: an identity number by nothing else.
_TELLING = {
    Kind.ID_NUMBER: 1.0,
    Kind.PHONE: 0.9,
    Kind.PLACE: 0.95,
    Kind.DATE: 0.6,
    Kind.NAME: 0.6,
    Kind.ACCOUNT: 0.45,
    Kind.YES_NO: 0.45,
    Kind.INTEGER: 0.15,
    Kind.MONEY: 0.12,
    Kind.DECIMAL: 0.12,
    Kind.NUMBER: 0.12,
    Kind.TEXT: 0.05,
}
_SURNAMES = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施牛樊葛邢安齐"
    "乔庞伍兰耿岳尚左甄闫穆关焦殷霍翟柳裴柴巩解成苗药车靳高渠冀燕刑"
)
_NAME = re.compile(r"[\u3400-\u9fff·]{2,4}")
_JOINED = re.compile(r"^[\u3400-\u9fff·]{2,6}\s*[/、,，:：(（\s-]*\s*\d{17}[\dXx]\s*[)）]?$")
_AMOUNT = re.compile(r"[+-]?[\d,，]{1,15}(?:\.\d{1,6})?\s*[^\d\s]{0,3}")
_DASHED_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}")
#: A place's code as the state numbers provinces; anything else so long is an account.
_PLACE = re.compile(r"[1-8]\d{11}")
_MOST = 200
#: A pattern that these match too (a place, a phone, an account, a serial number) tells nothing.
_ANY_NUMBERS = ("141124104201", "13800000000", "6217000000000000000", "20230001", "A-1")


@dataclass(frozen=True)
class Evidence:
    """Share of the cells that can be the target (0 to 1), and how much that says."""

    fit: float
    telling: float


def evidence_of(cells: Sequence[str], target: Target) -> Evidence | None:
    """What the cells of a column say for a target; None when there are none."""
    nothing = target.column.nothing
    held = [c for c in (c.strip() for c in cells) if c and c not in nothing][:_MOST]
    if not held:
        return None
    if target.finder is not None:
        return _finding(held, target)
    return _column(held, target.column)


def speaks_for_itself(target: Target) -> bool:
    """Whether cells alone can say that a column is this one, whatever it is called."""
    column = target.column
    if target.finder is not None:
        return target.level is None
    return (
        column.table is not None
        or bool(column.pattern)
        or _TELLING.get(column.kind, 1.0) >= PLAINLY
    )


def is_unusual(cells: Sequence[str], target: Target) -> bool:
    """Whether most cells are not what the column holds: an insurer's numbers of its members."""
    held = [cell for cell in (c.strip() for c in cells) if cell][:_MOST]
    usual = target.column.usual
    return bool(usual and held) and 2 * sum(bool(re.fullmatch(usual, c)) for c in held) < len(held)


def is_joined(cells: Sequence[str]) -> bool:
    """Whether most cells hold a name and an identity number together."""
    held = [cell.strip() for cell in cells if cell.strip()]
    return bool(held) and sum(bool(_JOINED.match(c)) for c in held) >= 0.6 * len(held)


def _finding(held: list[str], target: Target) -> Evidence:
    finder = target.finder
    if finder is None or target.level is not None:
        texts = sum(not c.isdecimal() and len(c) <= 30 for c in held)
        return Evidence(texts / len(held), 0.3)
    if finder.purpose:
        return _parsed(held, Column("n", "", kind=Kind.ID_NUMBER), 0.5)
    like = int(pl.Series(held).str.contains(f"^(?:.*\\p{{Han}})?(?:{finder.like})$").sum())
    words = sum(not any(map(str.isdigit, c)) and len(c) <= 30 for c in held)
    return Evidence(max(like, 0.6 * words) / len(held), 0.75 if like > 0.6 * len(held) else 0.2)


def _column(held: list[str], column: Column) -> Evidence:
    if column.table is not None:
        return _coded(held, column)
    read = _READERS.get(column.kind)
    if read is not None:
        return Evidence(sum(map(read, held)) / len(held), _TELLING[column.kind])
    if column.kind is Kind.TEXT and not column.pattern:
        words = sum(not re.fullmatch(r"[\d.,]+", c) for c in held)
        return Evidence(0.4 + 0.6 * words / len(held), _TELLING[Kind.TEXT])
    telling = _TELLING[column.kind]
    if column.kind is Kind.TEXT:
        telling = 0.3 if any(re.fullmatch(column.pattern, n) for n in _ANY_NUMBERS) else 0.9
    elif column.kind in (Kind.MONEY, Kind.DECIMAL, Kind.NUMBER):
        # In what unit is not known yet, so neither are its decimals.
        numbers = sum(bool(_AMOUNT.fullmatch(c)) for c in held)
        return Evidence(numbers / len(held), telling)
    elif column.kind is Kind.INTEGER:
        held = [re.sub(r"[^\d.,+-]", "", c) or c for c in held]
        telling = 0.4 if column.low is not None and column.low > 1900 else telling
    if column.kind in (Kind.PHONE, Kind.ACCOUNT):
        held = ["" if _DASHED_DAY.fullmatch(c) else c for c in held]
    elif column.kind is Kind.PLACE:
        held = [c if _PLACE.fullmatch(c) else "" for c in held]
    return _parsed(held, column, telling)


def _is_date(cell: str) -> bool:
    """Days and months; of bare digits only eight, for five may be anything."""
    return read_date(cell) is not None and (not cell.isdecimal() or len(cell) == 8)


def _coded(held: list[str], column: Column) -> Evidence:
    known = spoken_values(column.table.name) if column.table else {}
    hits = [c for c in held if _code_known(c, known, column.kind)]
    distinct = len({plain_value(c) for c in hits})
    return Evidence(len(hits) / len(held), min(0.95, 0.45 + 0.15 * distinct))


def _code_known(cell: str, known: Mapping[str, str], kind: Kind) -> bool:
    parts = re.split("[、,，;；|]", cell) if kind is Kind.CODES else [cell]
    return all(plain_value(p) in known for p in parts if p.strip())


def is_name(cell: str) -> bool:
    """Whether a cell looks like a Chinese person's name: a surname and one to three characters."""
    text = cell.replace(" ", "").replace("\u3000", "")
    return bool(_NAME.fullmatch(text)) and text[0] in _SURNAMES


_READERS: Mapping[Kind, Callable[[str], bool]] = {
    Kind.YES_NO: lambda cell: cell.lower() in YES_NO_WORDS,
    Kind.NAME: is_name,
    Kind.DATE: _is_date,
}


def _parsed(held: list[str], column: Column, telling: float) -> Evidence:
    cells = parse(column, trimmed(held))
    return Evidence((len(held) - cells.values.null_count()) / len(held), telling)
