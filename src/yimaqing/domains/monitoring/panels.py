"""What monitoring adds to the household's file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import columns_for, may
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.doubt_pages import household_doubts
from yimaqing.domains.monitoring.queries import tiles_of, warnings_of
from yimaqing.domains.monitoring.views import is_english, lines_for
from yimaqing.domains.registry.queries import members_named
from yimaqing.kit.cards import FilePanel, StoryEvent


def household_state(request: HttpRequest, household: Any) -> dict[str, Any] | None:
    """The seven indicators and the warnings; None for a reader who may not see them."""
    user = request.user
    if not isinstance(user, User):
        return None
    if not may(user, permissions.READ, household.place_code, household.id):
        return None
    open_now, closed = warnings_of(household.id, household.place_code)
    tiles = tiles_of(household.id, household.place_code, english=is_english())
    sees_members = "members" in columns_for(user, household.place_code, household.id)
    persons = {r.person_id for tile in tiles for r in tile.history if r.person_id}
    return {
        "tiles": tiles,
        "unknown": sum(tile.state == "unknown" for tile in tiles),
        "members": members_named(persons) if sees_members else {},
        "open": lines_for(open_now, viewer=user, with_grounds=True),
        "closed": lines_for(closed, viewer=user, with_grounds=True),
    }


def household_story(request: HttpRequest, household: Any) -> list[StoryEvent]:
    """When each warning was raised and when it was over; none for who may not see warnings."""
    user = request.user
    if not isinstance(user, User):
        return []
    if not may(user, permissions.READ, household.place_code, household.id):
        return []
    english = is_english()
    return [
        StoryEvent(
            on=one.since,
            text=one.text_en if english else one.text_zh,
            colour=one.colour,
            ended=timezone.localdate(one.closed_at) if one.closed_at else None,
            due=one.act_by,
        )
        for found in warnings_of(household.id, household.place_code)
        for one in found
    ]


file_panels = [
    FilePanel(
        order=10,
        title=_("七项指标与预警"),
        template="monitoring/file_panel.html",
        context=household_state,
        story=household_story,
    ),
    FilePanel(
        order=60,
        title=_("数据核查"),
        template="monitoring/doubts_panel.html",
        context=household_doubts,
    ),
]
