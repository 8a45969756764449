"""Open to-dos on the household's file, and how many wait on the start page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may, permissions_of
from yimaqing.domains.work.actions import ACT
from yimaqing.domains.work.kinds import kinds, title_of
from yimaqing.domains.work.queries import Asked, Reach, desk_counts, of_household
from yimaqing.domains.work.wording import QUEUE_WORDS, due_words
from yimaqing.kit.cards import FilePanel

_ON_START = {"waiting", "overdue", "week", "returned"}


def open_todos(request: HttpRequest, household: Any) -> dict[str, Any] | None:
    """What is to be done for the household; left out when nothing is, or for who does not act."""
    user = request.user
    if not isinstance(user, User) or not may(user, ACT, household.place_code, household.id):
        return None
    found = of_household(household.place_code, household.id)
    if not found:
        return None
    known = kinds()
    return {
        "lines": [(todo, title_of(todo, known), *due_words(todo)) for todo in found],
        "path": request.get_full_path(),
    }


def waiting(request: HttpRequest, user: Any) -> dict[str, Any] | None:  # noqa: ARG001 - see kit.cards
    """The desk's own counts; left out for who acts nowhere."""
    if ACT not in permissions_of(user):
        return None
    counts = desk_counts(Reach.of(user), Asked(), 0)
    return {
        "queues": [
            (word, queue, counts.of_queue(queue))
            for queue, word in QUEUE_WORDS.items()
            if queue in _ON_START
        ]
    }


file_panels = [
    FilePanel(order=50, title=_("待办"), template="work/file_panel.html", context=open_todos)
]
start_panels = [
    FilePanel(order=50, title=_("待办"), template="work/start_panel.html", context=waiting)
]
