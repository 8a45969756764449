"""The household's file, and its sealed values in clear."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import ALL, columns_for, may
from yimaqing.domains.audit.queries import last_opening
from yimaqing.domains.places.queries import full_name
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.actions import CannotUnmask, PurposeMissing, open_file, unmask
from yimaqing.domains.registry.departments.telling import of_village, said_by
from yimaqing.domains.registry.duplicates.review import former_of, merges_of, pairs_of
from yimaqing.domains.registry.forms import UnmaskForm
from yimaqing.domains.registry.indicators import INDICATORS
from yimaqing.domains.registry.models import Household, Person
from yimaqing.domains.registry.openings import shown_openings
from yimaqing.domains.registry.queries import (
    HouseholdFile,
    changes_of,
    compared,
    household_file,
    members_named,
    news_of,
    results_of,
    story_of,
    timeline_of,
)
from yimaqing.domains.registry.queries.story import VISIT
from yimaqing.domains.registry.summary import opening_sentence
from yimaqing.domains.registry.views.reach import user_of, within_reach
from yimaqing.kit.ids import number_pair
from yimaqing.kit.plugins import plugins

#: Parts of the file that a scanned card opens in place: ``?section=members``.
SECTIONS = {
    name: f"registry/_{name}.html"
    for name in ("members", "living", "incomes", "measures", "payments", "results")
}

#: How a user came to the file; kept as the purpose of the opening.
CAME_FROM = {"scan": "扫码", "list": "名单", "warning": "预警", "todo": "待办", "cockpit": "驾驶舱"}


@login_required
@require_GET
def file(request: HttpRequest, household_id: int) -> HttpResponse:
    """The household's file; opening it is logged with how the user came to it."""
    user = user_of(request)
    household = within_reach(user, household_id, permissions.READ)
    came_from = CAME_FROM.get(request.GET.get("from", ""), "日常工作")
    visited = last_opening(household.pk, user.pk, before=timezone.now() - VISIT)
    open_file(household=household, by=user, purpose=came_from)
    held = household_file(household)
    columns = columns_for(user, household.place_code, household.pk)
    panels = [
        (panel, panel.context(request, household))
        for module in plugins("panels")
        for panel in getattr(module, "file_panels", ())
    ]
    timeline = timeline_of(household)
    readings = [*held.readings, *(e["reading"] for e in timeline if e["kind"] == "reading")]
    persons = {reading.person_id for reading in readings if reading.person_id}
    context: dict[str, Any] = {
        "file": held,
        "listed": said_by([*held.listed, *of_village(household)], columns),
        "household": household,
        "columns": columns,
        "may_see_living": "house_grade" in columns or "water_safe" in columns,
        "sentence": opening_sentence(held),
        "place_name": full_name(household.place_code[:12]),
        "results": results_of(household),
        "timeline": timeline,
        "members": members_named(persons) if "members" in columns else {},
        "openings": shown_openings(household),
        "panels": sorted(panels, key=lambda pair: pair[0].order),
        **_story(request, household, held, columns, visited),
        **_twice(household, user),
        "indicators": INDICATORS,
        "may_unmask": may(user, permissions.UNMASK, household.place_code, household.pk),
        "may_edit": may(user, permissions.EDIT, household.place_code, household.pk),
        "unmask_form": UnmaskForm(),
    }
    # A part leaves out the page's own checks of columns, so it is for those who see them all.
    part = SECTIONS.get(request.GET.get("section", "")) if columns is ALL else None
    return render(request, part or "registry/file.html", context)


def _story(
    request: HttpRequest,
    household: Household,
    held: HouseholdFile,
    columns: frozenset[str],
    visited: dt.datetime | None,
) -> dict[str, Any]:
    """The years, what is new since the reader's last visit, and two years side by side.

    History tells of everything, so it is for who may see it; the rest is left out by column.
    """
    warnings = [
        event
        for module in plugins("panels")
        for panel in getattr(module, "file_panels", ())
        if panel.story and "warnings" in columns
        for event in panel.story(request, household)
    ]
    seen = "history" in columns
    changes = changes_of(household, former_of(household.pk)) if seen else []
    return {
        "years": story_of(held, changes, warnings) if seen else [],
        "news": news_of(visited, held, changes, warnings) if seen else None,
        "standing": [event for event in warnings if event.ended is None],
        "comparison": compared(held, number_pair(request.GET.get("years", "")), columns),
    }


def _twice(household: Household, user: User) -> dict[str, Any]:
    """Pairs that are thought to be one, and what was merged into this household."""
    lines, elsewhere = pairs_of(household)
    may_merge = may(user, permissions.MERGE, household.place_code, household.pk)
    return {
        "duplicates": lines if may_merge else [],
        "duplicates_elsewhere": elsewhere or bool(lines and not may_merge),
        "merges": merges_of(household) if may_merge else [],
        "may_take_back": may_merge,
    }


@login_required
@require_POST
def unmask_value(request: HttpRequest, household_id: int) -> HttpResponse:
    """One sealed value in clear, as a fragment; logged with its purpose."""
    user = user_of(request)
    household = within_reach(user, household_id, permissions.READ)
    form = UnmaskForm(request.POST)
    if not form.is_valid():
        said = next(iter(form.errors.get("note", [])), _("请先选择查看事由"))
        return HttpResponse(said, status=422)
    subject = _subject(household, form.cleaned_data["person"])
    try:
        value = unmask(
            subject=subject,
            field=form.cleaned_data["field"],
            purpose=form.stated_purpose,
            by=user,
        )
    except (PurposeMissing, KeyError):
        return HttpResponse(_("请先选择查看事由"), status=422)
    except CannotUnmask as error:
        raise PermissionDenied from error
    response = render(request, "registry/_clear_value.html", {"value": value})
    response["Cache-Control"] = "no-store"
    return response


def _subject(household: Household, person_id: int | None) -> Household | Person:
    if person_id is None:
        return household
    person = Person.objects.filter(
        place_code=household.place_code, household_id=household.pk, pk=person_id
    ).first()
    if person is None:
        raise Http404
    return person
