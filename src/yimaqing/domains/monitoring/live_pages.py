"""The open list of warnings keeps itself up to date."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from yimaqing.domains.monitoring.views import state_asked, warnings
from yimaqing.ui.news import answer_news


@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """The list, once it is not as the reader sees it."""
    return answer_news(request, lambda: state_asked(request), lambda: warnings(request))
