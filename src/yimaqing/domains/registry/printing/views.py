"""Printing the household's file: why, then the PDF; the printing is logged."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import columns_for
from yimaqing.domains.places.queries import full_name
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.printing.forms import PrintForm
from yimaqing.domains.registry.printing.trail import log_printing
from yimaqing.domains.registry.queries import household_file, members_named, results_of
from yimaqing.domains.registry.summary import opening_sentence
from yimaqing.domains.registry.views.reach import user_of, within_reach
from yimaqing.kit.cards import StoryEvent
from yimaqing.kit.ids import mask_name
from yimaqing.kit.plugins import plugins
from yimaqing.ui.templatetags.ui import moment


@login_required
@require_http_methods(["GET", "POST"])
def print_file(request: HttpRequest, household_id: int) -> HttpResponse:
    """Ask for the purpose; answered, the file as PDF, marked with who printed it and why."""
    user = user_of(request)
    household = within_reach(user, household_id, permissions.READ)
    form = PrintForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        context = {"household": household, "form": form}
        status = 422 if form.errors else 200
        return render(request, "registry/print.html", context, status=status)
    log_printing(household=household, by=user, purpose=form.stated_purpose)
    content = made(request, household, user, form.said_purpose)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{household.household_number}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def made(request: HttpRequest, household: Household, user: User, purpose: str) -> bytes:
    """The file as PDF for one reader."""
    from yimaqing.domains.registry.printing.sheets import (  # noqa: PLC0415 - Skia
        Printed,
        write_file,
    )
    from yimaqing.ui.paper.flow import Flow  # noqa: PLC0415 - Skia

    file = household_file(household)
    columns = columns_for(user, household.place_code, household.pk)
    persons = {reading.person_id for reading in file.readings if reading.person_id}
    held = Printed(
        file=file,
        columns=columns,
        place_name=full_name(household.place_code[:12]),
        sentence=opening_sentence(file),
        results=results_of(household),
        members=members_named(persons) if "members" in columns else {},
        story=_story(request, household),
    )
    title = f"{mask_name(household.head_name)} {household.household_number}"
    with Flow(title, _stamp(user, purpose), _("第 {n} 页")) as paper:
        write_file(paper, held)
        if paper.missing:
            said = _("有的字字体里没有，印作〓：%(codes)s")
            codes = "、".join(f"U+{ord(character):04X}" for character in sorted(paper.missing))
            paper.paragraph(said % {"codes": codes}, small=True)
    return paper.content


def _story(request: HttpRequest, household: Household) -> list[StoryEvent]:
    """What other domains tell of the household: they know who may read it."""
    panels = (p for m in plugins("panels") for p in getattr(m, "file_panels", ()))
    return [event for panel in panels if panel.story for event in panel.story(request, household)]


def _stamp(user: User, purpose: str) -> str:
    """李干部（li） 2026年11月23日 14:05 打印 · 事由：入户核实 · 演示数据."""
    said = _("%(who)s（%(login)s）%(when)s 打印 · 事由：%(why)s") % {
        "who": user.display_name,
        "login": user.username,
        "when": moment(timezone.now()),
        "why": purpose,
    }
    return f"{said} · {_('演示数据')}" if settings.DEMO else said
