"""The addresses that the list of households and the search had before the lists were one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET


@login_required
@require_GET
def households(request: HttpRequest) -> HttpResponse:
    """To the list of households, at the place that was asked for."""
    place = request.GET.get("place", "")
    query = "?" + urlencode({"place": place}) if place else ""
    return redirect(reverse("lists:page", args=["households"]) + query)


@login_required
def search(_request: HttpRequest) -> HttpResponse:
    """To the search. What was sent here is not carried along: it would stand in an address."""
    return redirect("lists:search")
