"""To-dos of one household, and the steps that to-dos went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Coalesce

from yimaqing.domains.work.models import State, Step, Todo

#: Sorts what has no date behind everything that has one.
NEVER = dt.date.max


def of_household(place_code: str, household_id: int) -> list[Todo]:
    """Open to-dos of one household, most urgent first."""
    found = Todo.objects.filter(place_code=place_code, household_id=household_id, state=State.OPEN)
    return list(found.order_by(Coalesce("due_on", NEVER), "pk"))


def acted_upon(kind: str, place_code: str, household_id: int) -> list[Todo]:
    """To-dos of a kind about one household that somebody has done, or has in hand."""
    found = Todo.objects.filter(kind=kind, place_code=place_code, household_id=household_id)
    theirs = Q(closed_by__isnull=False) | Q(state=State.OPEN, holder_id__isnull=False)
    return list(found.filter(theirs).order_by("pk"))


def history_of(todo: Todo) -> list[Step]:
    """The steps of one to-do, the latest first."""
    return list(Step.objects.filter(todo=todo).order_by("-pk"))


def last_words(todo_ids: Collection[int]) -> dict[int, Step]:
    """Of each to-do the step by which it came to whoever has it, in one query."""
    found = Step.objects.filter(todo__in=todo_ids).order_by("todo_id", "-pk").distinct("todo_id")
    return {step.todo_id: step for step in found}
