"""Public policy for everybody who scans: texts with their dates and sources, from TOML."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("policies.toml")


@dataclass(frozen=True)
class Source:
    """Where a text says so; ``url`` may be empty for a law."""

    name: str
    url: str


@dataclass(frozen=True)
class Policy:
    """One subject: short lines, when they hold and where, and the documents behind them."""

    title: str
    lines: tuple[str, ...]
    sources: tuple[Source, ...]
    valid_from: dt.date
    valid_to: dt.date | None
    region: str


@cache
def policies(*, english: bool) -> tuple[Policy, ...]:
    """Those in force first, in the file's order."""
    language = "en" if english else "zh"
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["policy"]
    every = [
        Policy(
            title=entry[f"title_{language}"],
            lines=tuple(entry[f"lines_{language}"]),
            sources=tuple(Source(s[f"name_{language}"], s["url"]) for s in entry["sources"]),
            valid_from=entry["valid_from"],
            valid_to=entry.get("valid_to"),
            region=entry.get("region", ""),
        )
        for entry in entries
    ]
    return tuple(sorted(every, key=lambda policy: policy.valid_to is not None))
