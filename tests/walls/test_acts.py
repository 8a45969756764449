"""Every action that is written into the audit trail has a name that an auditor can read."""

import ast
import re
from pathlib import Path

from yimaqing.config.domains import DOMAINS
from yimaqing.domains.audit.queries import acts

SOURCE = Path(__file__).parents[2] / "src" / "yimaqing"
SLUG = re.compile(rf"(?:{'|'.join(DOMAINS)})\.[a-z_]+")
#: Names put together while running; each must have at least one name that begins so.
BEGINNING = re.compile(rf"(?:{'|'.join(DOMAINS)})\.[a-z_]+_$")


def written(tree):
    """First words of calls to ``record``-like functions and of their ``action=``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in {"record", "_record"}:
                yield from node.args[:1]
                yield from (k.value for k in node.keywords if k.arg == "action")


def recorded():
    whole, beginnings = set(), set()
    for path in SOURCE.rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts) or path.name == "factories.py":
            continue
        for value in written(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(value, ast.Constant) and SLUG.fullmatch(str(value.value)):
                whole.add(value.value)
            elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
                beginnings.add(str(value.values[0].value))
    return whole, beginnings


def test_every_recorded_action_has_a_name():
    whole, beginnings = recorded()
    assert len(whole) > 20
    named = acts()
    assert sorted(whole - set(named)) == []
    assert [b for b in beginnings if not any(name.startswith(b) for name in named)] == []


def test_names_are_in_chinese_first():
    assert [action for action, name in acts().items() if str(name).isascii()] == []
