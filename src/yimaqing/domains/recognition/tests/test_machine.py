"""The machine by itself: whatever is tried in whatever order, the rules hold."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.recognition.machine import (
    ACTS,
    COURSE,
    ENDED,
    Act,
    Doer,
    NoMove,
    Position,
    State,
    doer_of,
    move,
)

MONDAY = dt.date(2026, 3, 2)
TRIED = st.lists(
    st.tuples(st.sampled_from(sorted(ACTS)), st.booleans(), st.integers(0, 9)), max_size=60
)


def walk(tried, at):
    """Each act that was possible: (position before, act, day, position after)."""
    day = MONDAY
    for act, favour, days in tried:
        day += dt.timedelta(days=days)
        try:
            to = move(at, act, on=day, favour=favour)
        except NoMove:
            continue
        if act == Act.PUBLISH:  # the action writes the last day of the publicity
            to = Position(**{**vars(to), "public_until": day + dt.timedelta(days=5)})
        yield at, act, day, to
        at = to


#: The shortest way in, from which a random walk goes on: else few walks would get far.
SHORTEST = [
    (act, True, 9)
    for act in (
        *(Act.AUTHORISE, Act.COMPARE, Act.VERIFY, Act.APPRAISE),
        *(Act.PUBLISH, Act.CONCLUDE, Act.PASS, Act.APPROVE),
    )
]
WALKS = st.builds(
    lambda some, most, green: (SHORTEST[:most] + some, green),
    TRIED,
    st.integers(0, len(SHORTEST)),
    st.booleans(),
)


@given(WALKS)
def test_no_order_of_acts_gets_past_the_rules(asked):
    tried, green = asked
    start = Position(State.VERIFYING, green=green)
    walked = list(walk(tried, start))
    public: dict[int, int] = {}
    for before, act, day, after in walked:
        if after.state == State.MONITORED and before.round == 0 and before.state != after.state:
            assert act == Act.APPROVE
            assert doer_of(act, before.state) == Doer.COUNTY
            assert after.authorised
            assert after.compared
            assert after.public_until < day
        if after.state == State.REMOVED:
            assert act == Act.APPROVE
            assert before.state == State.COUNTY
            assert before.round > 0
        if before.round > 0 and after.state in ENDED:
            assert after.state in {State.REMOVED, State.GONE}, "an attempt leaves it monitored"
        if act == Act.PUBLISH:
            public[before.round] = public.get(before.round, 0) + 1
        if act == Act.CONCLUDE:
            assert not before.unanswered
            assert day > before.public_until
        assert after.unanswered >= 0
    assert all(times == 1 for times in public.values()), "made public once in a round"
    if walked and walked[-1][3].state in ENDED:
        assert not any(True for _ in walk([(act, True, 99) for act in ACTS], walked[-1][3]))


def test_the_shortest_way_leads_into_monitoring():
    walked = list(walk(SHORTEST, Position(State.VERIFYING)))
    assert [one[3].state for one in walked[2:]] == [*COURSE[1:], State.MONITORED]


def test_a_return_repeats_the_visit_and_neither_appraisal_nor_publicity():
    to_township = list(walk(SHORTEST[:6], Position(State.VERIFYING)))[-1][3]
    again = [(Act.RETURN, True, 1), (Act.VERIFY, True, 1), (Act.PASS, True, 1)]
    again += [(Act.RETURN, True, 1)]
    states = [one[3].state for one in walk(again, to_township)]
    assert states == [State.VERIFYING, State.TOWNSHIP, State.COUNTY, State.TOWNSHIP]


def test_help_comes_first_in_the_green_channel_and_the_papers_before_the_township():
    at = Position(State.VERIFYING, green=True)
    assert move(at, Act.MEASURE, on=MONDAY) == at
    assert move(at, Act.VERIFY, on=MONDAY).state == State.APPRAISING
    with pytest.raises(NoMove, match="authorise_first"):
        move(Position(State.TOWNSHIP, green=True), Act.PASS, on=MONDAY)
    for act in (Act.MEASURE, Act.VERIFY):
        with pytest.raises(NoMove):
            move(Position(State.VERIFYING), act, on=MONDAY)


def test_nothing_is_compared_before_the_household_has_signed():
    with pytest.raises(NoMove, match="authorise_first"):
        move(Position(State.VERIFYING), Act.COMPARE, on=MONDAY)


def test_an_upheld_objection_ends_the_attempt():
    first = Position(State.ANNOUNCED, unanswered=2, public_until=MONDAY)
    assert move(first, Act.ANSWER, on=MONDAY, favour=False).state == State.REJECTED
    out = Position(State.ANNOUNCED, round=1, unanswered=1, public_until=MONDAY)
    assert move(out, Act.ANSWER, on=MONDAY, favour=False).state == State.MONITORED
