"""Any register is judged the same by DuckDB, by PostgreSQL and by the plain reference."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.spec import reference
from tests.spec.tables import BAIWEN, DEFAULTS, Judged, Register, Row
from yimaqing.domains.monitoring.rules import shipped
from yimaqing.domains.monitoring.rules.changing import NewLine, changed
from yimaqing.domains.monitoring.rules.ruleset import Citation, IncomeLine

DAY = dt.date(2020, 8, 19)
_OWN = Citation("a county's own document", "", "cited")
RULES = shipped(DAY).with_lines(
    (
        IncomeLine("monitoring", "1411", 2020, 5000.0, _OWN),
        IncomeLine("poverty", "141124", 2020, 3800.0, _OWN),
    )
)
#: The rules from 2021 on, with values that an officer changed.
LATER = changed(
    shipped(dt.date(2022, 8, 19)),
    {
        "threshold.water.quantity.1411": "36",
        "indicator.education.age_to": "16",
        "indicator.medical.military_exempt": "no",
        "colour_of.serious_illness": "",
        "rule.income_cut.fall": "24",
    },
    _OWN,
    NewLine("monitoring", "1411", 2020, 3800.0),
)
PLACES = (BAIWEN, "141102001001", "330102001001")
WORDS = ("pass", "fail", "A", "C", "D", "rebuilt", "enrolled", "out", "insured", "uninsured", "?")
NUMBERS = (None, 0.0, 20.0, 35.0, 37.0, 2660.0, 3800.0, 4999.5)
STATUSES = ("", "primary", "non_student", "dropped_out")
HEALTH = ("healthy", "serious", "disabled", "chronic_serious_disabled")
OF_PERSON = ("education", "medical")
OF_HOUSEHOLD = (
    *("food", "clothing", "housing", "water", "income"),
    *("water.quantity", "water.convenience", "water.guarantee", "water.quality"),
)
#: Days at which something changes: freshness ends, years begin, the day of evaluation.
_EDGES = [
    *("2018-08-19", "2018-08-20", "2019-05-20", "2019-05-21", "2019-08-18", "2019-08-19"),
    *("2019-08-20", "2019-12-31", "2020-01-01", "2020-08-18", "2020-08-19", "2020-08-20"),
]
MOMENTS = st.sampled_from(_EDGES).flatmap(
    lambda day: st.sampled_from(("00:00:00", "07:59:59", "08:00:00", "15:59:59", "16:00:00")).map(
        lambda time: dt.datetime.fromisoformat(f"{day} {time}")
    )
)
BIRTHS = st.sampled_from(
    [
        *(dt.date(1950, 1, 1), dt.date(2004, 2, 29), dt.date(2004, 8, 19), dt.date(2004, 8, 20)),
        *(dt.date(2012, 2, 29), dt.date(2014, 8, 19), dt.date(2014, 8, 20)),
        *(dt.date(2020, 5, 21), dt.date(2020, 5, 22), None),
    ]
)
MAYBE = st.sampled_from([True, False, None])


@st.composite
def registers(draw: Any) -> Register:
    households: list[Row] = []
    persons: list[Row] = []
    readings: list[Row] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        place = draw(st.sampled_from(PLACES))
        household = {
            "place_code": place,
            "member_count": draw(st.integers(0, 3)),
            "poverty_status": draw(st.sampled_from(["lifted", "returned"])),
            "valid": draw(st.sampled_from([True, True, True, False])),
        }
        households.append(DEFAULTS["household"] | {"id": number} | household)
        members = [number * 10 + k for k in range(draw(st.integers(0, 3)))]
        persons += [_person(draw, member, number, place) for member in members]
        for _ in range(draw(st.integers(0, 8))):
            readings.append(_reading(draw, len(readings), number, place, members))
    shuffled = draw(st.permutations(range(1, len(readings) + 1)))
    for reading, number in zip(readings, shuffled, strict=True):
        reading["id"] = number * 1_000_003  # ids are large, and not in the order of time
    return Register(tuple(households), tuple(persons), tuple(readings))


def _person(draw: Any, number: int, household: int, place: str) -> Row:
    return DEFAULTS["person"] | {
        "id": number,
        "household_id": household,
        "place_code": place,
        "born_on": draw(BIRTHS),
        "student_status": draw(st.sampled_from(STATUSES)),
        "health": draw(st.sampled_from(HEALTH)),
        "labour_skill": draw(st.sampled_from(["ordinary", "lost", "none", ""])),
        "resident_medical": draw(MAYBE),
        "employee_medical": draw(MAYBE),
        "major_illness_insurance": draw(MAYBE),
        "military": draw(MAYBE),
        "valid": draw(st.sampled_from([True, True, False])),
    }


def _reading(draw: Any, number: int, household: int, place: str, members: list[int]) -> Row:
    member = draw(st.sampled_from(members)) if members and draw(st.booleans()) else None
    indicator = draw(st.sampled_from(OF_PERSON if member else OF_HOUSEHOLD))
    return DEFAULTS["reading"] | {
        "id": number,
        "household_id": household,
        "person_id": member,
        "place_code": place,
        "indicator": indicator,
        "value_text": draw(st.sampled_from(WORDS)),
        "value_number": draw(st.sampled_from(NUMBERS)),
        "observed_at": draw(MOMENTS),
    }


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(held=registers(), rules=st.sampled_from([RULES, LATER]))
def test_every_engine_agrees_with_the_reference(duckdb_engine, postgres_engine, held, rules):
    expected = reference.judge(held, rules, DAY)
    ours, theirs = (engine(held, rules, DAY) for engine in (duckdb_engine, postgres_engine))
    assert ours == theirs
    same(expected, ours)


def same(expected: Judged, got: Judged) -> None:
    """What the reference says is what the engine says; engines also add codes and names."""
    assert set(got.standing) == set(expected.standing)
    for household, row in expected.standing.items():
        assert row == {name: got.standing[household][name] for name in row}
    assert set(got.findings) == set(expected.findings)
    for key, row in expected.findings.items():
        assert row == {name: got.findings[key][name] for name in row}, key
