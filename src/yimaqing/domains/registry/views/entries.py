"""What is entered by hand: a reading, a correction."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.actions import (
    BadCorrection,
    BadReading,
    ChangedMeanwhile,
    correct_household,
    open_file,
    record_reading,
)
from yimaqing.domains.registry.forms import CorrectionForm, ReadingForm
from yimaqing.domains.registry.indicators import INDICATORS
from yimaqing.domains.registry.queries import household_file
from yimaqing.domains.registry.views.reach import user_of, within_reach


@login_required
@require_http_methods(["GET", "POST"])
def new_reading(request: HttpRequest, household_id: int) -> HttpResponse:
    """A short form: one indicator, one value, when it was seen."""
    user = user_of(request)
    household = within_reach(user, household_id, permissions.EDIT)
    indicator = INDICATORS.get(request.GET.get("indicator", ""))
    if indicator is None:
        context = {"household": household, "indicators": INDICATORS}
        return render(request, "registry/choose_indicator.html", context)
    members = household_file(household).members
    form = ReadingForm(request.POST or None, indicator=indicator, members=members)
    if request.method == "POST" and form.is_valid():
        try:
            record_reading(household=household, by=user, **form.reading())
        except BadReading as error:
            form = form.again()
            form.add_error(None, str(error))
        else:
            return redirect("registry:file", household_id=household.pk)
    open_file(household=household, by=user, purpose="记读数")
    context = {"form": form, "household": household, "indicator": indicator}
    status = 422 if form.errors else 200
    return render(request, "registry/new_reading.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, household_id: int) -> HttpResponse:
    """What may be corrected by hand, filled with what the file says.

    Where somebody else was faster, both are shown side by side and nothing is written.
    """
    user = user_of(request)
    household = within_reach(user, household_id, permissions.EDIT)
    form = CorrectionForm.of(household, request.POST or None)
    differing: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            correct_household(household=household, by=user, **form.correction())
        except BadCorrection as error:
            form.add_error(None, str(error))
        except ChangedMeanwhile as error:
            household.refresh_from_db()
            differing = [
                {"label": form[name].label, "held": held, "entered": form.cleaned_data[name]}
                for name, held in error.fields.items()
            ]
            form = form.again(error.held)
        else:
            return redirect("registry:file", household_id=household.pk)
    open_file(household=household, by=user, purpose="更正")
    context = {"form": form, "household": household, "differing": differing}
    status = 409 if differing else 422 if form.errors else 200
    return render(request, "registry/correct.html", context, status=status)
