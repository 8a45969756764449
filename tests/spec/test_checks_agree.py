"""Any register is doubted the same by DuckDB, by PostgreSQL and by the plain reference.

Six hundred drawn households in one register: a statement of all the checks takes longer to
plan than to run, and households do not touch each other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.spec import plain_checks
from tests.spec.checking import ORDINARY, households
from tests.spec.tables import BAIWEN, Row

MAYBE = (True, False, None)
YEARS = (None, 2014, 2018, 2019, 2020)
BIRTHS = (
    *(None, dt.date(1950, 2, 3), dt.date(1960, 8, 19), dt.date(1960, 8, 20)),
    *(dt.date(2004, 2, 29), dt.date(2004, 8, 19), dt.date(2004, 8, 20)),
    *(dt.date(2014, 8, 19), dt.date(2014, 8, 20), dt.date(2020, 5, 21), dt.date(2020, 5, 22)),
)
HOUSEHOLD = {
    "group": ("", "", "marginal", "lifted_monitored"),
    "poverty_status": ("", "lifted", "unlifted", "returned"),
    "register_class": ("", "archived", "marginal"),
    "attribute": ("", "poor", "five_guarantee", "minimum_living"),
    "main_cause": ("", "illness", "schooling", "unstable_work"),
    "recognised_year": YEARS,
    "exit_year": YEARS,
    "valid": (True, True, True, False),
}
PERSON = {
    "sex": ("male", "female", ""),
    "born_on": BIRTHS,
    "relation": ("head", "spouse", "son", "daughter", "other"),
    "ethnicity": ("han", ""),
    "student_status": ("", "non_student", "primary", "deferred", "senior1"),
    "health": ("", "healthy", "serious", "chronic", "disabled"),
    "labour_skill": ("", "ordinary", "weak", "lost", "none"),
    "resident_medical": MAYBE,
    "employee_medical": MAYBE,
    "major_illness_insurance": MAYBE,
    "minimum_living": MAYBE,
    "military": MAYBE,
    "work_area": ("", "county"),
    "work_months": (None, 0, 3),
    "valid": (True, True, True, False),
}


def _drawn(random: Random, values: Mapping[str, Sequence[Any]]) -> Row:
    return {name: random.choice(among) for name, among in values.items()}


def drawn_register(random: Random, size: int) -> dict[str, list[Row]]:
    """Households with up to four members, help, living, income and readings."""
    tables: dict[str, list[Row]] = {part: [] for part in households([])}
    for number in range(1, size + 1):
        own = {"household_id": number, "place_code": BAIWEN}
        row = {"id": number, "place_code": BAIWEN} | _drawn(random, HOUSEHOLD)
        tables["h"].append(ORDINARY["h"] | row)
        for k in range(random.randint(0, 4)):
            row = own | {"id": number * 10 + k} | _drawn(random, PERSON)
            tables["p"].append(ORDINARY["p"] | row)
        for year in random.sample(range(2018, 2022), random.randint(0, 2)):
            wage = random.choice((0, 1, 9_999, 10_000))
            tables["income"].append(ORDINARY["income"] | own | {"year": year, "wage_fen": wage})
            mu = {"year": year, "arable_mu": random.choice((None, 0.3, 100.01, 8.1))}
            tables["living"].append(ORDINARY["living"] | own | mu)
        for _ in range(random.randint(0, 2)):
            group = random.choice(("industry", "social_security", "other_education"))
            help_ = {"year": random.randint(2018, 2020), "measure_group": group}
            tables["measure"].append(own | help_)
        for indicator, words in (("housing", ("A", "C", "?")), ("water", ("pass", "fail"))):
            for _ in range(random.randint(0, 2)):
                read = {"indicator": indicator, "value_text": random.choice(words)}
                row = own | {"id": len(tables["reading"]) + 1} | read
                tables["reading"].append(ORDINARY["reading"] | row)
    return tables


def test_every_engine_agrees_with_the_reference(checkers):
    tables = drawn_register(Random(20200819), 600)  # noqa: S311 - no secret
    ours, theirs = (ask(tables) for ask in checkers.values())
    assert ours == theirs
    assert plain_checks.named(ours) == plain_checks.ask(tables)
    assert {code for _household, code in ours} >= plain_checks.CODES
