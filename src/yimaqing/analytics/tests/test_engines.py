"""One setting chooses the engine; one that cannot be had says what to do, before any work."""

from __future__ import annotations

import pytest

from yimaqing.analytics import engines
from yimaqing.analytics.engines import EngineUnusable


@pytest.mark.parametrize(
    ("setting", "package", "java", "remedy"),
    [
        ("local[*]", False, True, "make setup-spark"),
        ("spark://host:7077", True, False, "openjdk-17"),
        ("sc://host:15002", True, False, None),  # Connect's client needs no Java
        ("duckdb", False, False, None),
        ("sparc://host:7077", True, True, "不认识；可用 duckdb"),
        ("localhost:7077", True, True, "不认识"),
        ("spark://", True, True, "不认识"),
    ],
)
def test_what_an_engine_needs_is_looked_for_first(monkeypatch, setting, package, java, remedy):
    monkeypatch.setattr(engines, "find_spec", lambda _name: object() if package else None)
    monkeypatch.setattr(engines, "has_java", lambda: java)
    if remedy is None:
        engines.check(setting)
        return
    with pytest.raises(EngineUnusable, match=remedy):
        engines.check(setting)
