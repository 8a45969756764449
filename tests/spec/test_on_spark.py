"""What the single specs cannot show on Spark: many households at once, and the checks."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.spec import plain_checks, reference
from tests.spec.checking import DAY, PARTS, Checker, Found, Tables, found_of, households
from tests.spec.on_spark import ask
from tests.spec.tables import Register, Row
from tests.spec.test_checks import ALL
from tests.spec.test_checks_agree import drawn_register
from tests.spec.test_engines import RULES, registers, same
from yimaqing.domains.monitoring import checks
from yimaqing.domains.monitoring.checks.programme import DOUBT, checking
from yimaqing.domains.monitoring.rules import Clock, shipped

pytestmark = pytest.mark.spark


@settings(
    max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(held=st.lists(registers(), min_size=50, max_size=50))
def test_drawn_registers_are_judged_as_the_reference_judges_them(spark_engine, duckdb_engine, held):
    together = _together(held)
    got = spark_engine(together, RULES, DAY)
    same(reference.judge(together, RULES, DAY), got)
    assert got == duckdb_engine(together, RULES, DAY)


def _together(held: list[Register]) -> Register:
    """Many registers as one: a job of Spark takes seconds, however few its rows are."""
    return Register(
        tuple(
            row | {"id": row["id"] + 100 * n} for n, one in enumerate(held) for row in one.household
        ),
        tuple(
            _moved(row, n) | {"id": row["id"] + 1000 * n}
            for n, one in enumerate(held)
            for row in one.person
        ),
        tuple(
            _moved(row, n)
            | {
                "id": row["id"] + n,
                "person_id": row["person_id"] and row["person_id"] + 1000 * n,
            }
            for n, one in enumerate(held)
            for row in one.reading
        ),
    )


def _moved(row: Row, number: int) -> Row:
    return row | {"household_id": row["household_id"] + 100 * number}


@pytest.fixture
def doubted(spark_session, tmp_path) -> Checker:
    """What the shipped checks find, on Spark."""
    question = checks.Question(checks.shipped_checks().asked, shipped(DAY), Clock(DAY))

    def asked(tables: Tables) -> Found:
        held = {table: tables[part] for part, table in PARTS.items()}
        return found_of(ask(spark_session, tmp_path, held, checking(question))[DOUBT])

    return asked


def test_each_check_finds_what_it_is_told_to_find(doubted):
    found = doubted(households([text for _code, _kind, text in ALL]))
    for number, (code, kind, text) in enumerate(ALL, 1):
        assert ((number, code) in found) == (kind == "finds"), f"{code}: {kind} {text!r}"


def test_drawn_registers_are_doubted_as_the_reference_doubts_them(doubted):
    tables = drawn_register(Random(20200819), 600)  # noqa: S311 - no secret
    found = doubted(tables)
    assert plain_checks.named(found) == plain_checks.ask(tables)
