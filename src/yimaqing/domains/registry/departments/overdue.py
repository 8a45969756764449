"""To-dos for lists that are late, withdrawn when the list comes."""

from __future__ import annotations

import datetime as dt

from yimaqing.domains.registry.departments.overview import Late, late_lists
from yimaqing.domains.registry.departments.rules import begins, ends, rhythms
from yimaqing.domains.work.actions import drop_todo, open_todo
from yimaqing.domains.work.queries import State, Todo
from yimaqing.kit.rowscope import Scope, scoped

ACTOR = "system:listed"
#: What the kinds of the to-dos begin with; the list's name follows.
LATE = "registry.late_"
SUBJECT = "late_list"


def remind(*, today: dt.date | None = None) -> int:
    """Ask the county for each list that is late, and stop asking for what has come; how many are.

    What somebody ended with a reason (nobody to report this month) is not asked for again.
    """
    with scoped(Scope.everything()):
        late = late_lists(today=today)
        missing = {_subject(name, one): (name, one) for name, all_ in late.items() for one in all_}
        todos = Todo.objects.filter(subject_kind=SUBJECT)
        waiting = {todo.subject_id: todo for todo in todos.filter(state=State.OPEN)}
        answered = todos.filter(closed_by__isnull=False).values_list("subject_id", flat=True)
        for subject in sorted(set(missing) - set(waiting) - set(answered)):
            name, one = missing[subject]
            open_todo(
                kind=LATE + name,
                subject=(SUBJECT, subject),
                place_code=one.county,
                detail={"last": one.last.isoformat()},
                by=None,
                actor=ACTOR,
            )
        for subject in sorted(set(waiting) - set(missing)):
            drop_todo(todo=waiting[subject], reason="名单已报来", by=None, actor=ACTOR)
    return len(missing)


def _subject(name: str, one: Late) -> str:
    """The list, the county, and the first day of the period that is missing."""
    every = rhythms()[name].every
    following = ends(every, begins(every, one.last)) + dt.timedelta(days=1)
    return f"{name}:{one.county}:{following.isoformat()}"
