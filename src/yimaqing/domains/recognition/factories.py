"""Procedures for tests and the demonstration, made through the actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.recognition import actions
from yimaqing.domains.recognition.machine import State
from yimaqing.domains.recognition.models import Procedure
from yimaqing.domains.registry.queries import household_file, openable_household
from yimaqing.kit.rowscope import scoped

#: Days after the clue on which each step of a recognition is done.
DAYS = {"papers": 1, "verify": 2, "appraise": 4, "publish": 5, "conclude": 12, "pass": 13}
GROUP = {"archived": "unstable", "marginal": "marginal_at_risk", "ordinary": "marginal_at_risk"}


@dataclass(frozen=True)
class Officers:
    """Who takes the steps."""

    village: User
    township: User
    county: User


def make_procedure(
    *, household_id: int, until: State, by: Officers, begun: dt.date, **fields: Any
) -> Procedure:
    """A procedure that began on a day and waits in state ``until``, each step in its own scope."""
    values: dict[str, Any] = {"way": "cadre", "clue": "家中劳力受伤，近半年收入明显减少"}
    values |= {"risks": ["accident"], **fields}
    with scoped(scope_of(by.village)):
        held = actions.open_procedure(household_id=household_id, on=begun, by=by.village, **values)
    for state, step in _COURSE.items():
        if held.state == until:
            break
        if held.state == state:
            step(held, by, begun)
            with scoped(scope_of(by.county)):
                held.refresh_from_db()
    return held


def _on(begun: dt.date, step: str) -> dt.date:
    return begun + dt.timedelta(days=DAYS[step])


def _village(held: Procedure, by: Officers, name: str, on: dt.date, **said: Any) -> None:
    with scoped(scope_of(by.village)):
        getattr(actions, name)(procedure=held, on=on, by=by.village, **said)


def _verify(held: Procedure, by: Officers, begun: dt.date) -> None:
    with scoped(scope_of(by.village)):
        household = openable_household(held.household_id)
        assert household is not None  # noqa: S101 - opened above in the same scope
        signer = household_file(household).members[0].pk
    papers, on = _on(begun, "papers"), _on(begun, "verify")
    _village(held, by, "authorise", papers, person_id=signer)
    _village(held, by, "compare", papers, contradicts=False, words="房产、车辆、工商登记，一致")
    said: Mapping[str, Any] = {
        "visitors": "村主任、驻村队员",
        "words": "情况属实，医疗支出大，务工中断",
        "proposed": True,
        "group": GROUP[household.register_class],
        "risks": held.risks or ["accident"],
    }
    _village(held, by, "verify", on, **said)


def _appraise(held: Procedure, by: Officers, begun: dt.date) -> None:
    counts = {"present": 21, "in_favour": 19, "against": 2}
    _village(held, by, "appraise", _on(begun, "appraise"), **counts)


def _publish(held: Procedure, by: Officers, begun: dt.date) -> None:
    _village(held, by, "publish", _on(begun, "publish"), posted_at="村委会公示栏")


def _conclude(held: Procedure, by: Officers, begun: dt.date) -> None:
    assert held.public_until is not None  # noqa: S101 - it was made public
    on = max(_on(begun, "conclude"), held.public_until + dt.timedelta(days=1))
    _village(held, by, "conclude", on)


def _pass(held: Procedure, by: Officers, begun: dt.date) -> None:
    on = max(_on(begun, "pass"), held.state_since)
    with scoped(scope_of(by.township)):
        actions.pass_on(procedure=held, on=on, words="材料齐全，同意上报", by=by.township)


def _approve(held: Procedure, by: Officers, begun: dt.date) -> None:
    on = max(_on(begun, "pass"), held.state_since)
    with scoped(scope_of(by.county)):
        actions.approve(procedure=held, on=on, words="同意纳入", by=by.county)


_COURSE = {
    State.CLUE: lambda held, by, begun: _village(held, by, "accept", begun),
    State.VERIFYING: _verify,
    State.APPRAISING: _appraise,
    State.ANNOUNCING: _publish,
    State.ANNOUNCED: _conclude,
    State.TOWNSHIP: _pass,
    State.COUNTY: _approve,
}
