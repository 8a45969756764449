"""Forms of the phone's size: beginning a procedure, taking a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yimaqing.domains.monitoring.queries import warnings_of
from yimaqing.domains.recognition import permissions
from yimaqing.domains.recognition.actions import (
    AlreadyOpen,
    BadStep,
    NotNow,
    adopt_household,
    open_procedure,
)
from yimaqing.domains.recognition.actions.stepping import position_of, require_turn
from yimaqing.domains.recognition.forms import AdoptForm, OpenForm, form_for
from yimaqing.domains.recognition.machine import ACTS, Act
from yimaqing.domains.recognition.models import Procedure
from yimaqing.domains.recognition.queries import open_of
from yimaqing.domains.recognition.views.reach import reached, reached_household, user_of
from yimaqing.domains.recognition.words import ACTS as ACT_WORDS
from yimaqing.domains.recognition.words import state_word


@login_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, household_id: int) -> HttpResponse:
    """The household's own application or a cadre's finding; sent twice, it is one."""
    household = reached_household(user_of(request), household_id, permissions.VILLAGE)
    form = OpenForm(request.POST or None)
    return _begun(request, household, form, open_procedure, _("登记线索"))


@login_required
@require_POST
def from_warning(request: HttpRequest, household_id: int) -> HttpResponse:
    """A clue out of the household's open warnings."""
    user = user_of(request)
    household = reached_household(user, household_id, permissions.VILLAGE)
    found, _closed = warnings_of(household.pk, household.place_code)
    try:
        held = open_procedure(
            household_id=household.pk,
            way="department",
            clue="；".join(dict.fromkeys(one.text_zh for one in found)),
            on=timezone.localdate(),
            warning_ids=[one.pk for one in found],
            by=user,
        )
    except (BadStep, NotNow) as error:
        return _to_open(request, household, str(error))
    return redirect("recognition:procedure", procedure_id=held.pk)


@login_required
@require_http_methods(["GET", "POST"])
def adopt(request: HttpRequest, household_id: int) -> HttpResponse:
    """Going on with a household that is monitored by the list from above."""
    household = reached_household(user_of(request), household_id, permissions.COUNTY)
    form = AdoptForm(request.POST or None)
    return _begun(request, household, form, adopt_household, ACT_WORDS[Act.ADOPT])


def _begun(
    request: HttpRequest, household: Any, form: Form, begun: Callable[..., Procedure], title: Any
) -> HttpResponse:
    """The form; sent, to what it began, or to what goes on already."""
    if request.method == "POST" and form.is_valid():
        try:
            held = begun(household_id=household.pk, by=user_of(request), **form.cleaned_data)
        except AlreadyOpen as error:
            return _to_open(request, household, str(error))
        except (BadStep, NotNow) as error:
            form.add_error(None, str(error))
        else:
            return redirect("recognition:procedure", procedure_id=held.pk)
    context = {"form": form, "household": household, "title": title}
    return _form(request, "recognition/begin.html", context, form)


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, procedure_id: int, act_name: str) -> HttpResponse:
    """One act: its form, then back to the procedure; refused, the form says why."""
    user = user_of(request)
    held = reached(user, procedure_id)
    if act_name not in set(ACTS):
        raise Http404
    chosen = Act(act_name)
    position = position_of(held)
    try:
        require_turn(user, chosen, held)
    except NotNow as error:
        messages.error(request, str(error))
        return redirect("recognition:procedure", procedure_id=held.pk)
    form = form_for(chosen, held, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            form.run(user)
        except (BadStep, NotNow) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已登记：%(act)s") % {"act": ACT_WORDS[chosen]})
            return redirect("recognition:procedure", procedure_id=held.pk)
    household = reached_household(user, held.household_id, permissions.READ)
    context = {
        "form": form,
        "procedure": held,
        "household": household,
        "title": ACT_WORDS[chosen],
        "state": state_word(position),
    }
    return _form(request, "recognition/act.html", context, form)


def _form(request: HttpRequest, template: str, context: dict[str, Any], form: Any) -> HttpResponse:
    return render(request, template, context, status=422 if form.errors else 200)


def _to_open(request: HttpRequest, household: Any, said: str) -> HttpResponse:
    """To the procedure that goes on; to the file, where there is none in sight."""
    messages.error(request, said)
    held = open_of(household.pk, household.place_code)
    if held is None:
        return redirect("registry:file", household_id=household.pk)
    return redirect("recognition:procedure", procedure_id=held.pk)
