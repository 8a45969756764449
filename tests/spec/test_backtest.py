"""What a back-test counts, as small tables, and any history against a plain reference."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import pairwise
from statistics import quantiles
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yimaqing.analytics.connection import connect
from yimaqing.analytics.run import sql
from yimaqing.domains.monitoring.backtest import certainty, scoring

DAYS = [dt.date(2019, month, 1) for month in range(1, 7)]
HORIZON = 45
WORDS = ("housing", "income")
Flags = set[tuple[int, str, dt.date]]


@pytest.fixture(scope="module")
def duck():
    with connect(memory_gib=0.5, threads=1) as connection:
        yield connection


def score(duck, judged, flags, outcomes, days=DAYS, horizon=HORIZON) -> dict[str, dict[str, Any]]:
    """The engine's rows by predictor. ``judged`` and ``outcomes``: (household, day) pairs."""
    rows = {
        "population": [{"household_id": h, "judged_on": day} for h, day in judged],
        "flag": [{"household_id": h, "predictor": p, "judged_on": d} for h, p, d in flags],
        "outcome": [{"household_id": h, "happened_on": day} for h, day in outcomes],
    }
    for name, held in rows.items():
        schema = getattr(scoring, name).schema().to_pyarrow()
        duck.register(name, pa.Table.from_pylist(held, schema=schema))
    asked = scoring.scores(
        scoring.population, scoring.flag, scoring.outcome, days=days, horizon=horizon
    )
    found = duck.sql(sql(asked)).to_arrow_table().to_pylist()
    return {row.pop("predictor"): row for row in found}


def always(*households: int) -> list[tuple[int, dt.date]]:
    return [(household, day) for household in households for day in DAYS]


def test_a_warning_before_the_fall_is_true_and_says_how_early(duck):
    flags = {(1, "housing", DAYS[1]), (1, "housing", DAYS[2])}
    found = score(duck, always(1, 2), flags, [(1, dt.date(2019, 3, 11))])
    assert found["housing"] == {
        "alarms": 1,
        "true_alarms": 1,
        "fresh": 1,
        "fresh_false": 0,
        "households": 1,
        "caught": 1,
        "lead_low": 38.0,
        "lead_median": 38.0,
        "lead_high": 38.0,
    }


def test_what_is_said_on_the_day_or_later_warns_of_nothing(duck):
    flags = {(1, "housing", DAYS[2]), (1, "housing", DAYS[3])}
    found = score(duck, always(1), flags, [(1, DAYS[2])])
    assert "housing" not in found
    assert found[scoring.EVERYBODY]["caught"] == 1


def test_what_was_said_longer_ago_than_the_horizon_is_a_false_alarm(duck):
    fell = DAYS[0] + dt.timedelta(days=HORIZON)
    flags = {(1, "income", DAYS[0])}
    assert score(duck, always(1), flags, [(1, fell)])["income"]["true_alarms"] == 1
    later = score(duck, always(1), flags, [(1, fell + dt.timedelta(days=1))])["income"]
    assert (later["alarms"], later["true_alarms"], later["caught"]) == (1, 0, 0)


def test_a_break_makes_two_alarms_and_the_first_day_s_are_no_new_ones(duck):
    flags = {(1, "income", DAYS[0]), (1, "income", DAYS[1]), (1, "income", DAYS[4])}
    found = score(duck, always(1), flags, [])["income"]
    assert (found["alarms"], found["fresh"], found["fresh_false"]) == (2, 1, 1)


def test_only_the_first_fall_of_a_household_counts(duck):
    flags = {(1, "income", DAYS[0]), (2, "income", DAYS[3])}
    outcomes = [(1, dt.date(2019, 1, 20)), (1, dt.date(2019, 2, 20)), (2, dt.date(2018, 12, 1))]
    found = score(duck, always(1, 2), flags, outcomes)
    assert found["income"]["caught"] == found[scoring.EVERYBODY]["caught"] == 1
    assert found[scoring.EVERYBODY]["households"] == 1  # the other had fallen before


# ── any history ──


def reference(judged, flags: Flags, outcomes) -> dict[str, dict[str, Any]]:
    """The same in plain Python: household by household, day by day."""
    first: dict[int, dt.date] = {}
    for household, day in sorted(outcomes, key=lambda pair: pair[1]):
        first.setdefault(household, day)
    risk = {(h, d) for h, d in judged if h not in first or d < first[h]}
    spoke: dict[tuple[str, int], set[dt.date]] = defaultdict(set)
    for household, word, day in flags:
        if (household, day) in risk:
            spoke[word, household].add(day)
    for household, day in risk:
        spoke[scoring.EVERYBODY, household].add(day)
    tally: dict[str, dict[str, Any]] = {}
    leads: dict[str, list[int]] = defaultdict(list)
    for (word, household), days in spoke.items():
        mine = tally.setdefault(
            word,
            {"alarms": 0, "true_alarms": 0, "fresh": 0, "fresh_false": 0, "households": 0},
        )
        mine["households"] += 1
        near = [d for d in days if household in first and (first[household] - d).days <= HORIZON]
        if near:
            leads[word].append((first[household] - min(near)).days)
        for run in _runs(sorted(days)):
            true, is_new = bool(set(run) & set(near)), run[0] != DAYS[0]
            mine["alarms"] += 1
            mine["true_alarms"] += true
            mine["fresh"] += is_new
            mine["fresh_false"] += is_new and not true
    for word, mine in tally.items():
        low, middle, high = _quartiles(leads[word])
        mine |= {"caught": len(leads[word])}
        mine |= {"lead_low": low, "lead_median": middle, "lead_high": high}
    return tally


def _runs(days: list[dt.date]) -> list[list[dt.date]]:
    runs = [[days[0]]]
    for before, day in pairwise(days):
        if DAYS.index(day) == DAYS.index(before) + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _quartiles(leads: list[int]) -> tuple[float | None, ...]:
    if not leads:
        return None, None, None
    if len(leads) == 1:
        return (float(leads[0]),) * 3
    return tuple(quantiles(leads, n=4, method="inclusive"))


days_ = st.sampled_from(DAYS)
homes = st.integers(1, 5)
moments = st.integers(-40, 220).map(lambda n: DAYS[0] + dt.timedelta(days=n))


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    judged=st.sets(st.tuples(homes, days_), min_size=1, max_size=30),
    flags=st.sets(st.tuples(homes, st.sampled_from(WORDS), days_), max_size=40),
    outcomes=st.lists(st.tuples(homes, moments), max_size=6),
)
def test_any_history_is_counted_as_the_reference_counts_it(duck, judged, flags, outcomes):
    expected = reference(judged, flags, outcomes)
    found = score(duck, judged, flags, outcomes)
    assert set(found) == set(expected)
    for word, row in expected.items():
        assert found[word] == pytest.approx(row, nan_ok=True), word
        assert 0 <= row["true_alarms"] <= row["alarms"]
        assert row["caught"] <= expected[scoring.EVERYBODY]["caught"]


# ── how far it may be trusted ──


def test_nothing_found_among_few_is_not_nothing_at_all():
    low, high = certainty.of_share(0, 10)
    assert low == 0.0
    assert high == pytest.approx(0.2775, abs=5e-4)  # Wilson's own
    assert certainty.of_share(5, 10) == pytest.approx((0.2366, 0.7634), abs=5e-4)
    assert certainty.of_share(0, 0) == (0.0, 1.0)
    assert certainty.of_count(0)[1] == pytest.approx(3.689, abs=0.06)  # exact Poisson's
    assert certainty.of_count(10) == pytest.approx((4.795, 18.39), abs=0.06)


@given(cases=st.integers(1, 10_000), data=st.data())
def test_an_interval_holds_its_share_and_narrows_with_cases(cases, data):
    hits = data.draw(st.integers(0, cases))
    low, high = certainty.of_share(hits, cases)
    assert 0 <= low <= hits / cases + 1e-12 <= high + 2e-12 <= 1 + 2e-12
    narrower = certainty.of_share(hits * 10, cases * 10)
    assert narrower[1] - narrower[0] < high - low
