"""A page that keeps itself up to date: it asks now and then whether anything has changed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

STOP = 286  # htmx asks no more after this
#: Seconds between two looks: of who works in a village, and of who sees more, for whom the
#: look costs more.
PACE, PACE_ABOVE = 3, 15


def answer_news(
    request: HttpRequest, state: Callable[[], str], page: Callable[[], HttpResponse]
) -> HttpResponse:
    """Nothing while all is as the reader has ``seen`` it, else the page; an end after log-out."""
    if not request.user.is_authenticated:
        return HttpResponse(status=STOP, headers={"HX-Reswap": "none"})
    if request.GET.get("seen") == state():
        return HttpResponse(status=204)
    return page()
