"""What each check finds, what it just does not find, and what it leaves alone as unknown.

Every household is written in one line; all are asked at once, on each engine.
"""

from __future__ import annotations

import pytest

from tests.spec import told_of_households, told_of_members
from tests.spec.checking import Found, households
from yimaqing.domains.monitoring.checks import shipped_checks

TOLD = told_of_households.TOLD | told_of_members.TOLD
ALL = [
    (code, kind, text)
    for code, told in TOLD.items()
    for kind, texts in zip(("finds", "just not", "unknown"), told, strict=True)
    for text in texts
]


@pytest.fixture(scope="module")
def found(checkers) -> dict[str, Found]:
    """What each engine finds in all the households of this page."""
    tables = households([text for _code, _kind, text in ALL])
    return {engine: ask(tables) for engine, ask in checkers.items()}


@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_each_check_finds_what_does_not_agree_and_accuses_nobody_else(found, engine):
    wrong = [
        f"{code}: {kind} {text!r}"
        for number, (code, kind, text) in enumerate(ALL, 1)
        if ((number, code) in found[engine]) != (kind == "finds")
    ]
    assert not wrong


def test_both_engines_find_the_same_on_the_same_evidence(found):
    assert found["duckdb"] == found["postgres"]


def test_every_shipped_check_is_specified():
    assert set(TOLD) == {check.code for check in shipped_checks().all}
    assert all(finds and spares for finds, spares, _unknown in TOLD.values())


def test_the_evidence_names_the_members_and_their_facts_in_order(checkers):
    told = "p: labour_skill=none | p: relation=sister labour_skill=none born_on=1980-05-06"
    found = checkers["postgres"](households([told]))
    assert found[1, "able_without_labour"] == (
        "000000000011:born_on=1975-02-14,health=healthy,labour_skill=none;"
        "000000000012:born_on=1980-05-06,health=healthy,labour_skill=none"
    )


def test_a_household_that_left_the_register_is_not_asked(checkers):
    for ask in checkers.values():
        assert ask(households(["h: valid=no exit_year=? | p: health="])) == {}
