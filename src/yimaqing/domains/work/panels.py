"""Open to-dos on the household's file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.work.actions import ACT
from yimaqing.domains.work.kinds import kinds, title_of
from yimaqing.domains.work.queries import of_household
from yimaqing.domains.work.wording import due_words
from yimaqing.kit.cards import FilePanel


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


file_panels = [
    FilePanel(order=50, title=_("待办"), template="work/file_panel.html", context=open_todos)
]
