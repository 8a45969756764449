"""To-dos for tests."""

from __future__ import annotations

import datetime as dt
from itertools import count

from yimaqing.domains.work.actions import open_todo
from yimaqing.domains.work.models import Todo

_serial = count(1)


def make_todo(
    *,
    kind: str = "registry.members_differ",
    place_code: str = "141124104201",
    household_id: int | None = None,
    due_on: dt.date | None = None,
    opened_at: dt.datetime | None = None,
    **detail: object,
) -> Todo:
    """An open to-do of the system's own, about a subject that no other to-do has.

    Without ``due_on`` it has no date, as one that an import opens.
    """
    todo = open_todo(
        kind=kind,
        subject=("household", household_id or f"made-{next(_serial)}"),
        place_code=place_code,
        household_id=household_id,
        due_on=due_on,
        detail=detail,
        by=None,
        actor="system:factory",
        using="owner",
    )
    todo.due_on, todo.due_provisional = due_on, False
    todo.opened_at = opened_at or todo.opened_at
    todo.save(using="owner", update_fields=["due_on", "due_provisional", "opened_at"])
    return todo
