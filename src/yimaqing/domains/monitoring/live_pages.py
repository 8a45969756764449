"""The open list of warnings keeps itself up to date: it asks whether anything has changed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from yimaqing.domains.monitoring.views import state_asked, warnings

STOP = 286  # htmx asks no more after this


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """Nothing while the list is as the reader sees it, else the list; an end after log-out."""
    if not request.user.is_authenticated:
        return HttpResponse(status=STOP, headers={"HX-Reswap": "none"})
    if request.GET.get("seen") == state_asked(request):
        return HttpResponse(status=204)
    return warnings(request)
