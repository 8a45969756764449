"""The rules as SQL for one household, compiled once for a day and kept on disk.

Compiling takes seconds, running it milliseconds; the text is the same for every household,
so the two that vary become parameters.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

import ibis
import ibis.expr.types as ir
from django.conf import settings

from yimaqing.domains.monitoring import rules
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
_KEEP = 8


@lru_cache(maxsize=_KEEP)
def one_household_sql(ruleset: Ruleset, clock: Clock) -> tuple[str, str]:
    """(findings, standing) in PostgreSQL's SQL, parameters ``household`` and ``place``."""
    folder = Path(settings.HOME) / "cache" / "rules"
    key = hashlib.sha256(f"{ruleset!r}|{clock!r}|{_source_digest()}".encode()).hexdigest()[:32]
    kept = (folder / f"{key}.findings.sql", folder / f"{key}.standing.sql")
    if not all(path.exists() for path in kept):
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in zip(kept, _compile(ruleset, clock), strict=True):
            unfinished = path.with_suffix(f".{os.getpid()}")
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(path)
        _forget_old(folder)
    return kept[0].read_text(encoding="utf-8"), kept[1].read_text(encoding="utf-8")


def _compile(ruleset: Ruleset, clock: Clock) -> tuple[str, str]:
    here = (tables.household.id == _HOUSEHOLD) & (tables.household.place_code == _PLACE)
    household = tables.household.filter(here)
    person, reading = (
        table.filter(table.household_id == _HOUSEHOLD, table.place_code == _PLACE)
        for table in (tables.person, tables.reading)
    )
    of_members = members(person, reading, ruleset, clock)
    judged = assessed(household, reading, of_members, ruleset, clock)
    return (
        _sql(findings(alerts(judged), household, of_members, ruleset, clock)),
        _sql(standing(judged, household, ruleset, clock)),
    )


def _sql(expression: ir.Table) -> str:
    text = str(ibis.to_sql(expression, dialect="postgres", pretty=False)).replace("%", "%%")
    return text.replace(str(_HOUSEHOLD), "%(household)s").replace(f"'{_PLACE}'", "%(place)s")


@lru_cache(maxsize=1)
def _source_digest() -> str:
    """The rules' own source: a new version of the product compiles anew."""
    digest = hashlib.sha256()
    for path in sorted(Path(rules.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _forget_old(folder: Path) -> None:
    for path in sorted(folder.glob("*.sql"), key=lambda p: p.stat().st_mtime)[: -2 * _KEEP]:
        path.unlink(missing_ok=True)
