"""Reading to-dos, within the scope of the connection."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from yimaqing.domains.work.kinds import TodoKind
from yimaqing.domains.work.models import State, Todo

__all__ = [
    "Counts",
    "State",
    "Todo",
    "TodoKind",
    "counts",
    "counts_by_kind",
    "of_household",
    "todos",
]

#: Sorts what has no date behind everything that has one.
NEVER = dt.date.max


@dataclass(frozen=True)
class Counts:
    """How many open to-dos there are, by when they are due."""

    overdue: int
    today: int
    this_week: int
    later: int
    undated: int

    @property
    def all(self) -> int:
        """Every open one."""
        return self.overdue + self.today + self.this_week + self.later + self.undated


def todos(
    *,
    places: tuple[tuple[str, str], ...],
    household_ids: tuple[int, ...] = (),
    state: str = State.OPEN,
    kind: str = "",
    due: str = "",
    after: tuple[dt.date, int] | None = None,
) -> QuerySet[Todo]:
    """To-dos in the place ranges or of the households, most urgent first.

    ``due`` is a field name of Counts; the next page begins after (``sorts_at``, number) of the
    last one shown. Each to-do carries ``sorts_at``, its date or the end of time.
    """
    inside = Q(household_id__in=household_ids)
    for low, high in places:
        inside |= Q(place_code__gte=low, place_code__lt=high)
    found = Todo.objects.filter(inside, state=state).annotate(sorts_at=Coalesce("due_on", NEVER))
    if kind:
        found = found.filter(kind=kind)
    if due in (slices := _slices()):
        found = found.filter(slices[due])
    if after is not None:
        at, number = after
        found = found.filter(Q(sorts_at__gt=at) | Q(sorts_at=at, pk__gt=number))
    return found.order_by("sorts_at", "pk")


def counts(*, places: tuple[tuple[str, str], ...], household_ids: tuple[int, ...] = ()) -> Counts:
    """Open to-dos by when they are due, in one query."""
    found = todos(places=places, household_ids=household_ids).order_by()
    return Counts(**found.aggregate(**{n: Count("pk", filter=q) for n, q in _slices().items()}))


def counts_by_kind(
    *, places: tuple[tuple[str, str], ...], household_ids: tuple[int, ...] = ()
) -> dict[str, int]:
    """Open to-dos by kind, most frequent first."""
    found = todos(places=places, household_ids=household_ids).order_by()
    grouped = found.values("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    return {row["kind"]: row["n"] for row in grouped}


def of_household(place_code: str, household_id: int) -> list[Todo]:
    """Open to-dos of one household, most urgent first."""
    found = Todo.objects.filter(place_code=place_code, household_id=household_id, state=State.OPEN)
    return list(found.annotate(sorts_at=Coalesce("due_on", NEVER)).order_by("sorts_at", "pk"))


def _slices() -> dict[str, Q]:
    """The fields of Counts as conditions; a week ends on Sunday."""
    today = timezone.localdate()
    sunday = today + dt.timedelta(days=6 - today.weekday())
    return {
        "overdue": Q(due_on__lt=today),
        "today": Q(due_on=today),
        "this_week": Q(due_on__gt=today, due_on__lte=sunday),
        "later": Q(due_on__gt=sunday),
        "undated": Q(due_on=None),
    }
