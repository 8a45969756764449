"""The poverty index as small tables, and its identities on any register."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yimaqing.analytics.connection import connect
from yimaqing.analytics.run import sql
from yimaqing.domains.monitoring.poverty import index
from yimaqing.domains.monitoring.poverty.index import HIGH, KNOWN, LOW, Sums
from yimaqing.domains.monitoring.poverty.weights import SHIPPED, Weights, load_weights
from yimaqing.domains.monitoring.rules import RulesetInvalid
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS, Citation

EQUAL = load_weights(SHIPPED)
BAIWEN, LISHI = "141124104201", "141102001001"
Household = dict[str, Any]


@pytest.fixture(scope="module")
def duck():
    with connect(memory_gib=0.5, threads=1) as connection:
        yield connection


def home(lacks=(), unknown=(), village=BAIWEN, **others) -> Household:
    states = {f"{code}_state": "pass" for code in INDICATORS}
    states |= {f"{code}_state": "fail" for code in lacks}
    states |= {f"{code}_state": "unknown" for code in unknown}
    plain = {"village_code": village, "group": "", "poverty_status": "lifted", "member_count": 3}
    return plain | states | others


def measure(duck, homes, weights=EQUAL, digits=0, unit="households") -> dict[tuple[str, str], Sums]:
    """(place, reading) → the counts, by way of the patterns that are kept of a day."""
    schema = index.standing.schema().to_pyarrow()
    duck.register("standing", pa.Table.from_pylist(list(homes), schema=schema))
    duck.execute(f"CREATE OR REPLACE TEMP TABLE patterns AS {sql(index.patterns(index.standing))}")
    asked = index.measured(index.stored, weights, digits=digits, unit=unit)
    rows = duck.sql(sql(asked)).to_arrow_table().to_pylist()
    return {(row["place"], row["reading"]): Sums.of_row(weights, row) for row in rows}


def test_who_lacks_two_things_is_poor_and_how_much_is_the_index(duck):
    homes = [home(["food", "water"]), home(["income"]), home(), home()]
    found = measure(duck, homes)["", KNOWN]
    assert (found.n, found.q) == (4, 1)
    assert (found.h, found.a, found.m0) == (1 / 4, 2 / 7, 2 / 28)
    assert found.contributions == (0.5, 0, 0, 0, 0, 0.5, 0)  # of income nothing: he is not poor


def test_the_unknown_is_neither_lack_nor_plenty_but_the_width_of_the_answer(duck):
    homes = [home(["food", "water"]), home(["housing"], unknown=["income"]), home()]
    found = measure(duck, homes)
    assert (found["", KNOWN].n, found["", KNOWN].q) == (2, 1)
    assert (found["", LOW].n, found["", LOW].q) == (3, 1)
    assert (found["", HIGH].n, found["", HIGH].q) == (3, 2)


def test_weights_and_the_cutoff_are_the_county_s_own(duck):
    own = Weights("own", (1, 1, 3, 3, 3, 1, 3), 3, Citation("县里的文件", "", "cited"))
    homes = [home(["food", "clothing"]), home(["housing"])]
    found = measure(duck, homes, own)["", KNOWN]
    assert (found.q, found.points, found.m0) == (1, 3, 3 / 30)


def test_beside_it_stand_the_official_counts_and_whom_they_miss(duck):
    homes = [
        home(["food", "water"]),
        home(["food", "water"], group="marginal_at_risk"),
        home(poverty_status="returned"),
    ]
    found = measure(duck, homes)["", LOW]
    assert (found.q, found.unlisted, found.poor, found.listed) == (2, 1, 1, 2)


def test_people_are_counted_where_people_are_asked_for(duck):
    homes = [home(["food", "water"], member_count=5), home(member_count=1)]
    assert measure(duck, homes, unit="people")["", KNOWN].h == 5 / 6


def test_nobody_there_is_no_poverty_and_no_plenty():
    none = Sums(EQUAL)
    assert (none.h, none.a, none.m0) == (None, None, None)
    assert set(none.contributions) == {None}


def test_a_file_of_weights_that_cannot_be_used_says_why(tmp_path):
    path = tmp_path / "poverty_weights.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace("cutoff = 2", "cutoff = 8"))
    with pytest.raises(RulesetInvalid, match="8 超出范围"):
        load_weights(path)
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace("water = 1", "watr = 1"))
    with pytest.raises(RulesetInvalid) as refused:
        load_weights(path)
    assert {fault.key for fault in refused.value.faults} == {"weights[1].water", "weights[1].watr"}


# ── any register ──

states = st.sampled_from(["pass", "fail", "unknown"])
registers = st.lists(
    st.builds(
        lambda told, village, group, status, members: {
            **{f"{code}_state": state for code, state in zip(INDICATORS, told, strict=True)},
            "village_code": village,
            "group": group,
            "poverty_status": status,
            "member_count": members,
        },
        st.lists(states, min_size=7, max_size=7),
        st.sampled_from([BAIWEN, LISHI, "141102001002"]),
        st.sampled_from(["", "unstable", None]),
        st.sampled_from(["lifted", "returned", "unlifted", None]),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=12,
)
weighings = st.tuples(
    st.lists(st.integers(0, 4), min_size=7, max_size=7).filter(sum), st.integers(1, 6)
).map(lambda drawn: Weights("drawn", tuple(drawn[0]), drawn[1], Citation("", "", "proposal")))


def plain(homes, weights: Weights, reading: str) -> tuple[int, int, Fraction]:
    """n, q and M0 household by household, in fractions."""
    lacks = {"fail", "unknown"} if reading == HIGH else {"fail"}
    weighed = dict(zip(INDICATORS, weights.points, strict=True))
    if reading == KNOWN:
        homes = [
            one
            for one in homes
            if all(one[f"{code}_state"] != "unknown" for code in INDICATORS if weighed[code])
        ]
    scores = [sum(w for c, w in weighed.items() if one[f"{c}_state"] in lacks) for one in homes]
    poor = [score for score in scores if score >= weights.cutoff]
    if not homes:
        return 0, 0, Fraction(0)
    return len(homes), len(poor), Fraction(sum(poor), weights.total * len(homes))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(homes=registers, weights=weighings)
def test_on_any_register_the_parts_make_the_whole(duck, homes, weights):
    whole, parts = measure(duck, homes, weights), measure(duck, homes, weights, digits=6)
    for reading in (LOW, HIGH, KNOWN):
        n, q, m0 = plain(homes, weights, reading)
        found = whole.get(("", reading), Sums(weights))
        assert (found.n, found.q) == (n, q)
        if not n:
            continue
        assert Fraction(found.points, n * weights.total) == m0
        # M0 is H times A, and what the indicators contribute is all of it.
        assert found.m0 == pytest.approx((found.h or 0) * (found.a or 0))
        assert sum(w * one for w, one in zip(weights.points, found.of, strict=True)) == found.points
        if found.points:
            assert sum(found.contributions) == pytest.approx(1)
        # Places weighted by their size make the whole, exactly.
        held = [sums for (_place, told), sums in parts.items() if told == reading]
        for name in ("n", "q", "points", "unlisted", "poor", "listed"):
            assert sum(getattr(one, name) for one in held) == getattr(found, name)
    low, high = whole["", LOW], whole["", HIGH]
    assert low.n == high.n
    assert (low.q, low.points) <= (high.q, high.points)
    assert low.points <= high.points
