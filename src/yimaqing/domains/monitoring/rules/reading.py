"""Reading rule sets, schemes and income lines from TOML, with exact errors.

Every fault names the line, the key, what is wrong and what would be right; all faults of a
file are reported at once, and a file with a fault is never used in part.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yimaqing.domains.monitoring.rules.faults import ENGLISH

REQUIRED = object()
_FAULTY = object()


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file: line (0 when the whole file), key, reason, remedy.

    ``english`` says reason and remedy to who reads English.
    """

    line: int
    key: str
    reason: str
    remedy: str
    english: str

    def __str__(self) -> str:
        return (
            f"第 {self.line} 行 {self.key}：{self.reason}；{self.remedy}\n"
            f"  line {self.line} {self.key}: {self.english}"
        )


class RulesetInvalid(ValueError):
    """A rules file cannot be used; ``faults`` says why, line by line."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        super().__init__(f"{file}\n" + "\n".join(f"  {fault}" for fault in faults))
        self.file = file
        self.faults = faults


def parse(path: Path) -> Document:
    """The file as a document that hands out checked values. Raises RulesetInvalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        document = Document(path.name, {}, [])
        document.fault(0, "UTF-8", "文件不是UTF-8编码", "另存为UTF-8编码的文本文件")
        raise RulesetInvalid(path.name, document.faults) from error
    return parse_text(text, path.name)


def parse_text(text: str, name: str) -> Document:
    """A text as a document that hands out checked values. Raises RulesetInvalid."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        document = Document(name, {}, [])
        document.fault(
            int(at.group(1)) if at else 0,
            "TOML",
            "TOML语法有误（{error}）",
            "按TOML语法改正这一行",
            error=str(error),
        )
        raise RulesetInvalid(name, document.faults) from error
    return Document(name, content, text.splitlines())


@dataclass
class Document:
    """A parsed file and the faults found in it so far."""

    name: str
    content: Mapping[str, Any]
    lines: list[str]
    faults: list[Fault] = field(default_factory=list)

    def table(self, name: str, *, required: bool = True) -> Table | None:
        """The table ``[name]``; None, with a fault if required, when it is missing."""
        values = self.content.get(name)
        if isinstance(values, dict):
            return Table(self, name, 0, values)
        if required:
            self.fault(0, f"[{name}]", "缺少这一节", "加上 [{name}] 一节", name=name)
        return None

    def tables(self, name: str) -> Iterator[Table]:
        """The tables ``[[name]]`` in the order of the file."""
        values = self.content.get(name, [])
        if not isinstance(values, list):
            self.fault(0, f"[[{name}]]", "应为表数组", "写成 [[{name}]]", name=name)
            return
        if not all(isinstance(entry, dict) for entry in values):
            self.fault(0, f"[[{name}]]", "应为表数组", "写成 [[{name}]]", name=name)
            return
        for number, entry in enumerate(values):
            yield Table(self, name, number, entry)

    def fault(self, line: int, key: str, reason: str, remedy: str, **values: object) -> None:
        """Note a fault: ``reason`` and ``remedy`` stand in ENGLISH, ``values`` go into both."""
        english = f"{ENGLISH[reason]}; {ENGLISH[remedy]}".format(**values)
        self.faults.append(
            Fault(line, key, reason.format(**values), remedy.format(**values), english)
        )

    def finish(self) -> None:
        """Raise RulesetInvalid when anything was wrong."""
        if self.faults:
            once = dict.fromkeys(self.faults)
            raise RulesetInvalid(self.name, sorted(once, key=lambda f: f.line))


@dataclass
class Table:
    """One table of a document. Keys that nobody asked for are faults (``unasked``)."""

    document: Document
    name: str
    number: int
    values: Mapping[str, Any]
    asked: set[str] = field(default_factory=set)

    def text(self, key: str, default: Any = REQUIRED, *, among: tuple[str, ...] = ()) -> str:
        """A text; one of ``among`` when given, else "" with a fault."""
        value = self._get(key, default, (str,), "文字", 'x = "…"')
        if value is _FAULTY:
            return ""
        if among and value not in among and value != default:
            known = ", ".join(among)
            self.fault(
                key, "“{value}”不在可用值之内", "用其中之一：{known}", value=value, known=known
            )
            return ""
        return str(value)

    def texts(self, key: str, default: Any = REQUIRED) -> tuple[str, ...]:
        """A list of texts."""
        value = self._get(key, default, (list, tuple), "文字列表", 'x = ["…"]')
        if value is _FAULTY:
            return ()
        if any(not isinstance(item, str) for item in value):
            self.fault(key, "列表中有非文字的值", "写成 {shown}", shown=f'{key} = ["…", "…"]')
            return ()
        return tuple(value)

    def whole(self, key: str, default: Any = REQUIRED, *, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self._get(key, default, (int,), "整数", "x = 12")
        return low if value is _FAULTY else int(self._within(key, value, low, high))

    def decimal(self, key: str, default: Any = REQUIRED, *, low: float, high: float) -> float:
        """A number from ``low`` to ``high``."""
        value = self._get(key, default, (int, float), "数字", "x = 1.5")
        return low if value is _FAULTY else float(self._within(key, value, low, high))

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        return self._get(key, default, (bool,), "true 或 false", "x = true") is True

    def day(self, key: str, default: Any = REQUIRED) -> Any:
        """A date, or the default."""
        value = self._get(key, default, (dt.date,), "日期", "x = 2020-03-20")
        return dt.date.min if value is _FAULTY else value

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        self.asked.add(key)
        return key in self.values

    def unasked(self) -> None:
        """Note every key that means nothing here: a misspelt key must not be ignored."""
        for key in sorted(set(self.values) - self.asked):
            known = ", ".join(sorted(self.asked))
            self.fault(key, "不认识的键", "删去或改为其中之一：{known}", known=known)

    def fault(self, key: str, reason: str, remedy: str, **values: object) -> None:
        """Note a fault at the line of ``key``."""
        where = f"{self.name}[{self.number + 1}].{key}"
        self.document.fault(self._line_of(key), where, reason, remedy, **values)

    def _within(self, key: str, value: float, low: float, high: float) -> float:
        if not low <= value <= high:
            within = {"value": value, "low": low, "high": high}
            self.fault(key, "{value} 超出范围", "取 {low} 到 {high} 之间的数", **within)
        return value

    def _get(
        self, key: str, default: Any, kinds: tuple[type, ...], kind_zh: str, example: str
    ) -> Any:
        """The value, the default, or _FAULTY with the fault noted."""
        first, _, second = key.partition(".")
        self.asked.add(first)
        value = self.values.get(first)
        if second and isinstance(value, dict):
            value = value.get(second)
        shown = example.replace("x", key, 1)
        if value is None:
            if default is REQUIRED:
                self.fault(key, "缺少", "加上一行，例如 {shown}", shown=shown)
                return _FAULTY
            return default
        # A flag is no number and a moment is no day, although Python says so.
        if type(value) not in kinds:
            kind_en, now = ENGLISH[kind_zh], repr(value)
            values = {"kind": kind_zh, "kind_en": kind_en, "now": now, "shown": shown}
            self.fault(key, "应为{kind}，现在是 {now}", "写成 {shown}", **values)
            return _FAULTY
        return value

    def _line_of(self, key: str) -> int:
        """Line of the key, or of the table's head when the key is missing."""
        heads = [
            n
            for n, line in enumerate(self.document.lines, 1)
            if re.match(rf"\s*\[+\s*{re.escape(self.name)}\s*\]+", line)
        ]
        if self.number >= len(heads):
            return 0
        head = heads[self.number]
        for n, line in enumerate(self.document.lines[head:], head + 1):
            if line.lstrip().startswith("["):
                break
            if re.match(rf"\s*{re.escape(key)}\s*[.=]", line):
                return n
        return head


def each(document: Document, name: str, make: Callable[[Table], Any]) -> tuple[Any, ...]:
    """Build one object from each ``[[name]]`` table, refusing unknown keys."""
    made = []
    for table in document.tables(name):
        made.append(make(table))
        table.unasked()
    return tuple(made)
