"""The rules as SQL for one household, compiled once for a day and kept on disk.

Compiling takes seconds, running it milliseconds; the text is the same for every household,
so the two that vary become parameters.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path

import ibis
import ibis.expr.types as ir
from django.conf import settings

from yimaqing.domains.monitoring import checks, rules
from yimaqing.domains.monitoring.checks import (
    Question,
    Register,
    doubts,
    households_of,
    members_of,
)
from yimaqing.domains.monitoring.checks.programme import WHOLE
from yimaqing.domains.monitoring.rules import (
    Clock,
    Ruleset,
    alerts,
    assessed,
    findings,
    members,
    standing,
)
from yimaqing.domains.registry import tables

_HOUSEHOLD = -424_242_424_242
_PLACE = "\u0001place\u0001"
_KEEP = 32  # counties may have rules of their own


@lru_cache(maxsize=_KEEP)
def one_household_sql(ruleset: Ruleset, clock: Clock) -> tuple[str, str]:
    """(findings, standing) in PostgreSQL's SQL, parameters ``household`` and ``place``."""

    def compile_them() -> tuple[str, ...]:
        household = _own(tables.household)
        person, reading = _own(tables.person), _own(tables.reading)
        of_members = members(person, reading, ruleset, clock)
        judged = assessed(household, reading, of_members, ruleset, clock)
        return (
            _sql(findings(alerts(judged), household, of_members, ruleset, clock)),
            _sql(standing(judged, household, ruleset, clock)),
        )

    found, state = _kept(f"{ruleset!r}|{clock!r}", ("findings", "standing"), compile_them)
    return found, state


@lru_cache(maxsize=_KEEP)
def doubts_sql(question: Question) -> str:
    """What the checks find, in PostgreSQL's SQL, with the same parameters."""

    def compile_it() -> tuple[str, ...]:
        own = Register(*(_own(getattr(WHOLE, part.name)) for part in fields(Register)))
        of_members = members_of(own, question)
        return (_sql(doubts(of_members, households_of(own, of_members, question), question)),)

    (text,) = _kept(repr(question), ("doubts",), compile_it)
    return text


def _own(table: ir.Table) -> ir.Table:
    """The rows of the one household."""
    number = table.id if table.get_name() == tables.household.get_name() else table.household_id
    return table.filter((number == _HOUSEHOLD) & (table.place_code == _PLACE))


def _kept(
    asked: str, names: Sequence[str], compile_them: Callable[[], Sequence[str]]
) -> tuple[str, ...]:
    """Statements from the disk, compiled and put there when they are not."""
    folder = Path(settings.HOME) / "cache" / "rules"
    key = hashlib.sha256(f"{asked}|{_source_digest()}".encode()).hexdigest()[:32]
    kept = [folder / f"{key}.{name}.sql" for name in names]
    if not all(path.exists() for path in kept):
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(kept, compile_them(), strict=True):
            unfinished = path.with_suffix(f".{os.getpid()}")
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(path)
        _forget_old(folder)
    return tuple(path.read_text(encoding="utf-8") for path in kept)


def _sql(expression: ir.Table) -> str:
    text = str(ibis.to_sql(expression, dialect="postgres", pretty=False)).replace("%", "%%")
    return text.replace(str(_HOUSEHOLD), "%(household)s").replace(f"'{_PLACE}'", "%(place)s")


@lru_cache(maxsize=1)
def _source_digest() -> str:
    """The rules' own source: a new version of the product compiles anew."""
    digest = hashlib.sha256()
    for package in (rules, checks):
        for path in sorted(Path(package.__file__ or "").parent.glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _forget_old(folder: Path) -> None:
    for path in sorted(folder.glob("*.sql"), key=lambda p: p.stat().st_mtime)[: -3 * _KEEP]:
        path.unlink(missing_ok=True)
