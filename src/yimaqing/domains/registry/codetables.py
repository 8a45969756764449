"""The register's code tables: labels in files and on pages, slugs in the database."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from yimaqing.kit.dataset import CodeTable

FILE = Path(__file__).with_name("codetables.toml")


@cache
def code_table(name: str) -> CodeTable:
    """The table of that name; KeyError when there is none."""
    entries = _tables()[name]["values"]
    return CodeTable(
        name=name,
        labels={label: e["slug"] for e in entries for label in e["zh"]},
        shown={e["slug"]: e["zh"][0] for e in entries},
        english={e["slug"]: e["en"] for e in entries},
    )


def label_of(table: str, slug: str, *, english: bool = False) -> str:
    """The label of a stored slug; the slug itself when the table does not know it."""
    values = code_table(table)
    return (values.english if english else values.shown).get(slug, slug)


def title_of(table: str, *, english: bool = False) -> str:
    """What the table is called on pages."""
    title: str = _tables()[table]["en" if english else "zh"]
    return title


def measure_groups(*, english: bool = False) -> dict[str, str]:
    """The groups of help measures with their labels, in order."""
    table = code_table("measure_group")
    return dict(table.english if english else table.shown)


def table_names() -> list[str]:
    """All tables, in the file's order."""
    return list(_tables())


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
