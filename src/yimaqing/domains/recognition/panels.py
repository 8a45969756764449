"""What recognition adds to the household's file: where it stands, or how it begins."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.monitoring.queries import warnings_of
from yimaqing.domains.recognition import permissions
from yimaqing.domains.recognition.queries import procedures_of
from yimaqing.domains.recognition.words import state_word
from yimaqing.kit.cards import FilePanel


def household_procedures(request: HttpRequest, household: Any) -> dict[str, Any] | None:
    """Its procedures; None for a reader who may not see them."""
    user = request.user
    spot = (household.place_code, household.id)
    if not isinstance(user, User) or not may(user, permissions.READ, *spot):
        return None
    held = procedures_of(household.id, household.place_code)
    lines = [(one, state_word(one.position())) for one in held]
    free = household.valid and not any(one.is_open for one in held)
    may_begin = free and not household.group and may(user, permissions.VILLAGE, *spot)
    may_adopt = free and bool(household.group) and may(user, permissions.COUNTY, *spot)
    if not (lines or may_begin or may_adopt):
        return None
    return {
        "lines": lines,
        "today": timezone.localdate(),
        "may_begin": may_begin,
        "may_adopt": may_adopt,
        "warned": may_begin and bool(warnings_of(household.id, household.place_code)[0]),
    }


file_panels = [
    FilePanel(
        order=20,
        title=_("识别与退出"),
        template="recognition/file_panel.html",
        context=household_procedures,
    )
]
