"""The procedure as a machine: states, acts, and where each act leads. No Django, no database.

A state says what is waited for. Recognition is round 0; each attempt at removal is a further
round that goes the same way.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    """What is waited for, or how it ended."""

    CLUE = "clue"
    VERIFYING = "verifying"
    APPRAISING = "appraising"
    ANNOUNCING = "announcing"
    ANNOUNCED = "announced"
    TOWNSHIP = "township"
    COUNTY = "county"
    MONITORED = "monitored"
    REMOVED = "removed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    GONE = "gone"


class Doer(StrEnum):
    """Whose step it is."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"


class Act(StrEnum):
    """What somebody does to a procedure."""

    OPEN = "open"
    ADOPT = "adopt"
    ACCEPT = "accept"
    DISMISS = "dismiss"
    AUTHORISE = "authorise"
    COMPARE = "compare"
    VERIFY = "verify"
    APPRAISE = "appraise"
    PUBLISH = "publish"
    OBJECT = "object"
    ANSWER = "answer"
    CONCLUDE = "conclude"
    PASS = "pass"  # noqa: S105 - a step of the township
    RETURN = "return"
    REFUSE = "refuse"
    APPROVE = "approve"
    MEASURE = "measure"
    TRACK = "track"
    PROPOSE = "propose"
    WITHDRAW = "withdraw"
    LEAVE = "leave"


#: The way of every round.
COURSE = (
    State.VERIFYING,
    State.APPRAISING,
    State.ANNOUNCING,
    State.ANNOUNCED,
    State.TOWNSHIP,
    State.COUNTY,
)
ENDED = frozenset({State.REMOVED, State.REJECTED, State.WITHDRAWN, State.GONE})
OPEN = tuple(state for state in State if state not in ENDED)
_PAPERS = (State.CLUE, *COURSE[:5])

#: Whose act it is, and where it is done. RETURN and REFUSE belong to whose turn it is.
ACTS: dict[Act, tuple[Doer, tuple[State, ...]]] = {
    Act.ACCEPT: (Doer.VILLAGE, (State.CLUE,)),
    Act.DISMISS: (Doer.VILLAGE, (State.CLUE,)),
    Act.AUTHORISE: (Doer.VILLAGE, _PAPERS),
    Act.COMPARE: (Doer.VILLAGE, _PAPERS),
    Act.VERIFY: (Doer.VILLAGE, (State.VERIFYING,)),
    Act.APPRAISE: (Doer.VILLAGE, (State.APPRAISING,)),
    Act.PUBLISH: (Doer.VILLAGE, (State.ANNOUNCING,)),
    Act.OBJECT: (Doer.VILLAGE, (State.ANNOUNCED,)),
    Act.ANSWER: (Doer.VILLAGE, (State.ANNOUNCED,)),
    Act.CONCLUDE: (Doer.VILLAGE, (State.ANNOUNCED,)),
    Act.PASS: (Doer.TOWNSHIP, (State.TOWNSHIP,)),
    Act.RETURN: (Doer.TOWNSHIP, (State.TOWNSHIP, State.COUNTY)),
    Act.REFUSE: (Doer.TOWNSHIP, (State.TOWNSHIP, State.COUNTY)),
    Act.APPROVE: (Doer.COUNTY, (State.COUNTY,)),
    Act.MEASURE: (Doer.VILLAGE, OPEN),
    Act.TRACK: (Doer.VILLAGE, (State.MONITORED,)),
    Act.PROPOSE: (Doer.VILLAGE, (State.MONITORED,)),
    Act.WITHDRAW: (Doer.VILLAGE, (State.CLUE, *COURSE)),
    Act.LEAVE: (Doer.COUNTY, OPEN),
}


class Why(StrEnum):
    """Why an act does not fit now."""

    ELSEWHERE = "elsewhere"
    AUTHORISE_FIRST = "authorise_first"
    COMPARE_FIRST = "compare_first"
    ALREADY = "already"
    ANSWER_FIRST = "answer_first"
    STILL_PUBLIC = "still_public"
    MONITOR_FIRST = "monitor_first"


class NoMove(ValueError):
    """The act does not fit; ``why`` says why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Position:
    """Where a procedure stands. ``public_until`` is of this round: None, not made public yet."""

    state: State
    round: int = 0
    green: bool = False
    authorised: bool = False
    compared: bool = False
    public_until: dt.date | None = None
    unanswered: int = 0

    @property
    def is_removal(self) -> bool:
        """Whether it is on the way out of monitoring."""
        return self.round > 0 and self.state in COURSE


#: Where an act leads from a position, by its outcome.
Lead = Callable[[Position, bool], Position]


def doer_of(act: Act, state: State) -> Doer:
    """Whose act it is in a state."""
    if act in {Act.RETURN, Act.REFUSE} and state == State.COUNTY:
        return Doer.COUNTY
    return ACTS[act][0]


def move(at: Position, act: Act, *, on: dt.date, favour: bool = True) -> Position:
    """Where ``act`` leads on a day; ``favour`` is the outcome of what has two. Raise NoMove."""
    if act not in ACTS or at.state not in ACTS[act][1]:
        raise NoMove(Why.ELSEWHERE)
    if why := _hindered(at, act, on):
        raise NoMove(why)
    return _LEADS[act](at, favour)


def _to(state: State) -> Lead:
    return lambda at, _favour: replace(at, state=state)


def _stays(at: Position, _favour: bool) -> Position:
    return at


def _refused(at: Position, outcome: State = State.REJECTED) -> Position:
    """Not taken in; on the way out: monitored on."""
    return replace(at, state=State.MONITORED if at.round else outcome, unanswered=0)


def _onward(at: Position, favour: bool) -> Position:
    """The next state of the course."""
    if not favour:
        return _refused(at)
    return replace(at, state=COURSE[COURSE.index(at.state) + 1])


def _verified(at: Position, favour: bool) -> Position:
    """Verified again for the township: appraisal and publicity are not repeated."""
    if favour and at.public_until:
        return replace(at, state=State.TOWNSHIP)
    return _onward(at, favour)


def _answered(at: Position, favour: bool) -> Position:
    """An objection that is upheld ends the attempt."""
    answered = replace(at, unanswered=at.unanswered - 1)
    return answered if favour else _refused(answered)


def _returned(at: Position, _favour: bool) -> Position:
    back = State.VERIFYING if at.state == State.TOWNSHIP else State.TOWNSHIP
    return replace(at, state=back)


def _decided(at: Position, _favour: bool) -> Position:
    return replace(at, state=State.REMOVED if at.round else State.MONITORED)


def _proposed(at: Position, _favour: bool) -> Position:
    return replace(at, state=State.VERIFYING, round=at.round + 1, public_until=None)


#: Where each act leads.
_LEADS: dict[Act, Lead] = {
    Act.ACCEPT: _to(State.VERIFYING),
    Act.DISMISS: _to(State.REJECTED),
    Act.AUTHORISE: lambda at, _favour: replace(at, authorised=True),
    Act.COMPARE: lambda at, _favour: replace(at, compared=True),
    Act.VERIFY: _verified,
    Act.APPRAISE: _onward,
    Act.PUBLISH: _onward,
    Act.OBJECT: lambda at, _favour: replace(at, unanswered=at.unanswered + 1),
    Act.ANSWER: _answered,
    Act.CONCLUDE: _onward,
    Act.PASS: _onward,
    Act.RETURN: _returned,
    Act.REFUSE: lambda at, _favour: _refused(at),
    Act.APPROVE: _decided,
    Act.MEASURE: _stays,
    Act.TRACK: _stays,
    Act.PROPOSE: _proposed,
    Act.WITHDRAW: lambda at, _favour: _refused(at, State.WITHDRAWN),
    Act.LEAVE: _to(State.GONE),
}


def _hindered(at: Position, act: Act, on: dt.date) -> Why | None:
    """Why an act that belongs here has to wait; None when it has not."""
    if act == Act.CONCLUDE:
        return _still_public(at, on)
    if act == Act.PASS or (act == Act.VERIFY and not at.green):
        return _papers_missing(at)
    before_it = at.round == 0 and at.state != State.MONITORED
    hindrances = {
        Act.AUTHORISE: (at.authorised, Why.ALREADY),
        Act.COMPARE: (not at.authorised, Why.AUTHORISE_FIRST),
        Act.PUBLISH: (at.public_until is not None, Why.ALREADY),
        Act.ANSWER: (not at.unanswered, Why.ALREADY),
        Act.MEASURE: (before_it and not at.green, Why.MONITOR_FIRST),
    }
    hinders, why = hindrances.get(act, (False, Why.ELSEWHERE))
    return why if hinders else None


def _papers_missing(at: Position) -> Why | None:
    """The household's signature, then the comparison; asked for on the way in."""
    if at.round == 0 and not at.authorised:
        return Why.AUTHORISE_FIRST
    return Why.COMPARE_FIRST if at.round == 0 and not at.compared else None


def _still_public(at: Position, on: dt.date) -> Why | None:
    if at.unanswered:
        return Why.ANSWER_FIRST
    over = at.public_until is not None and on > at.public_until
    return None if over else Why.STILL_PUBLIC
