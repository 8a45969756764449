"""Reading a procedure set from TOML, with every fault named.

An installation's own file (``procedures.toml`` in its home) stands in for the shipped one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from yimaqing.domains.recognition.machine import COURSE, State
from yimaqing.domains.recognition.procedureset import (
    CONDITIONS,
    ROUNDS,
    STATUSES,
    UNITS,
    Citation,
    Forbid,
    Group,
    ProcedureSet,
    Risk,
    Term,
    Wait,
)

SHIPPED = Path(__file__).with_name("proceduresets") / "national-2021.toml"
OWN = "procedures.toml"
_MOST_DAYS = 3660
#: Each state that somebody must act in, by round: all of them must have a date.
_WAITS = {
    "recognition": (State.CLUE, *COURSE, State.MONITORED),
    "removal": COURSE,
}


class BadProcedureSet(ValueError):
    """The file cannot be used; the message names each part that is wrong and its remedy."""


def in_force() -> ProcedureSet:
    """The installation's own file, else the shipped one. Raise BadProcedureSet."""
    own = Path(settings.HOME) / OWN
    path = own if own.exists() else SHIPPED
    return _kept(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _kept(path: Path, _written: int) -> ProcedureSet:
    return load(path)


def load(path: Path) -> ProcedureSet:
    """The procedure set of a file. Raise BadProcedureSet with everything that is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadProcedureSet(f"{path.name}：不是 UTF-8 编码，请另存为 UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise BadProcedureSet(f"{path.name}: {error}") from error
    faults: list[str] = []
    made = _made(_Part(content, "", faults))
    _check_whole(made, faults)
    if faults:
        raise BadProcedureSet("\n".join([path.name, *(f"  {fault}" for fault in faults)]))
    return made


@dataclass(frozen=True)
class _Part:
    """A table of the file; what is wrong with it goes into ``faults``."""

    values: Mapping[str, Any]
    where: str
    faults: list[str]

    def table(self, name: str) -> _Part:
        value = self.values.get(name)
        if not isinstance(value, dict):
            self.faults.append(f"[{name}]：缺少这一节，请加上")
            value = {}
        return _Part(value, f"[{name}]", self.faults)

    def each(self, name: str, make: Callable[[_Part], Any]) -> tuple[Any, ...]:
        held = self.values.get(name, [])
        parts = held if isinstance(held, list) else []
        if not parts:
            self.faults.append(f"[[{name}]]：一条也没有，请至少写一条")
        return tuple(
            make(_Part(one if isinstance(one, dict) else {}, f"[[{name}]] {n}", self.faults))
            for n, one in enumerate(parts, 1)
        )

    def text(self, key: str, among: tuple[str, ...] = (), *, empty: bool = False) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not (value.strip() or empty):
            self._wrong(key, f'应为文字，例如 {key} = "…"')
            return ""
        if among and value not in among:
            self._wrong(key, f"“{value}”不可用，应为 {'、'.join(among)} 之一")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self._wrong(key, f'应为文字列表，例如 {key} = ["…"]')
            return ()
        return tuple(value)

    def whole(self, key: str, *, least: int = 1) -> int:
        value = self.values.get(key)
        if type(value) is not int or not least <= value <= _MOST_DAYS:
            self._wrong(key, f"应为 {least} 到 {_MOST_DAYS} 的整数")
            return least
        return value

    def share(self, key: str) -> float:
        value = self.values.get(key)
        if type(value) not in {int, float} or not 0 <= float(value or 0) < 1:
            self._wrong(key, "应为 0 到 1 之间的小数")
            return 0.0
        return float(value or 0)

    def citation(self) -> Citation:
        return Citation(
            self.text("source"), self.text("url", empty=True), self.text("status", STATUSES)
        )

    def term(self) -> Term:
        return Term(self.whole("days"), self.text("unit", UNITS), self.citation())

    def _wrong(self, key: str, what: str) -> None:
        self.faults.append(f"{self.where} {key}：{what}")


def _made(file: _Part) -> ProcedureSet:
    head, publicity = file.table("set"), file.table("publicity")
    return ProcedureSet(
        code=head.text("code"),
        version=head.text("version"),
        zh=head.text("zh"),
        en=head.text("en"),
        citation=head.citation(),
        chain=file.table("chain").term(),
        publicity=publicity.term(),
        banned=publicity.texts("banned"),
        more_than=file.table("appraisal").share("more_than"),
        within_days=file.table("recording").whole("within_days"),
        most_risks=file.table("risks").whole("most"),
        waits=file.each("wait", _wait),
        groups=file.each("group", _group),
        risks=file.each("risk", lambda one: Risk(*map(one.text, ("code", "zh", "en")))),
        forbids=file.each("forbid", _forbid),
    )


def _wait(one: _Part) -> Wait:
    state, region = one.text("state", tuple(State)), one.text("region", empty=True)
    return Wait(state, one.text("round", ROUNDS), region, one.term())


def _group(one: _Part) -> Group:
    return Group(one.text("code"), one.texts("register_class"), one.citation())


def _forbid(one: _Part) -> Forbid:
    condition = one.text("condition", tuple(CONDITIONS))
    needs = CONDITIONS.get(condition, "")
    return Forbid(
        condition=condition,
        zh=one.text("zh"),
        en=one.text("en"),
        citation=one.citation(),
        days=one.whole("days", least=0) if needs == "days" else 0,
        share=one.share("share") if needs == "share" else 0.0,
        able=one.texts("able") if needs == "able" else (),
    )


def _check_whole(made: ProcedureSet, faults: list[str]) -> None:
    everywhere = {(w.round, w.state) for w in made.waits if not w.region}
    for name, states in _WAITS.items():
        faults += [
            f'[[wait]]：缺少 state = "{state}"、round = "{name}"、region = "" 的一条'
            for state in states
            if (name, state) not in everywhere
        ]
    named = [(w.round, w.state, w.region) for w in made.waits]
    faults += [f"[[wait]]：{one} 重复" for one in sorted({n for n in named if named.count(n) > 1})]
