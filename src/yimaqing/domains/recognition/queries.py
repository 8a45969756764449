"""Reading procedures, within the scope of the connection."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.recognition.machine import COURSE, OPEN, State
from yimaqing.domains.recognition.models import Objection, Procedure, RiskMeasure, Step
from yimaqing.domains.recognition.words import REMOVAL, STATES, Word

__all__ = ["Counted", "Told", "counted", "open_of", "procedures_of", "told_of"]


@dataclass(frozen=True)
class Counted:
    """How many procedures wait in a state, and how many of them too long."""

    step: str
    word: Word
    waiting: int
    overdue: int


@dataclass(frozen=True)
class Told:
    """All that was done in a procedure, with the names of those who entered it."""

    steps: list[Step]
    objections: list[Objection]
    measures: list[RiskMeasure]
    names: dict[int, str]


def open_of(household_id: int, place_code: str) -> Procedure | None:
    """The household's procedure that goes on."""
    return Procedure.objects.filter(
        place_code=place_code, household_id=household_id, ended_on=None
    ).first()


def procedures_of(household_id: int, place_code: str) -> list[Procedure]:
    """All of the household's procedures, the latest first."""
    found = Procedure.objects.filter(place_code=place_code, household_id=household_id)
    return list(found.order_by("-pk"))


def told_of(procedure: Procedure) -> Told:
    """What was done, oldest first: four queries."""
    steps = list(Step.objects.filter(procedure=procedure).order_by("pk"))
    objections = list(Objection.objects.filter(procedure=procedure).order_by("pk"))
    measures = list(RiskMeasure.objects.filter(procedure=procedure).order_by("pk"))
    names = names_of_users({step.by_id for step in steps})
    return Told(steps, objections, measures, names)


def counted() -> list[Counted]:
    """The open procedures in sight by what they wait for, in the order of the way."""
    late = Count("pk", filter=Q(due_on__lt=timezone.localdate()))
    rows = Procedure.objects.filter(ended_on=None).values("state", "round")
    found: dict[str, tuple[int, int]] = {}
    for row in rows.annotate(n=Count("pk"), late=late).order_by():
        step = step_of(row["state"], row["round"])
        waiting, overdue = found.get(step, (0, 0))
        found[step] = (waiting + row["n"], overdue + row["late"])
    return [Counted(step, word, *found.get(step, (0, 0))) for step, word in step_words().items()]


def step_of(state: str, turn: int) -> str:
    """A state as lists name it: on the way out it is another step than on the way in."""
    return f"removal_{state}" if turn and state in COURSE else state


def step_words() -> dict[str, Word]:
    """Every step of what goes on, in the order of the way."""
    ways_in = {str(state): STATES[state] for state in OPEN}
    return ways_in | {f"removal_{state}": REMOVAL[state] for state in COURSE}


def ended_words() -> dict[str, Word]:
    """Every way that a procedure ends."""
    return {str(state): STATES[state] for state in State if state not in OPEN}
