"""Refusals that no view makes itself: a NUL anywhere, an address opened the wrong way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict

from yimaqing.ui.errors import not_this_way, unreadable

NUL = "\0"


class RefuseNul:
    """400 where a NUL stands in address, query, cookie or form: PostgreSQL keeps none in text.

    A form is looked at when its view is known, and not where the view reads the body itself
    (an upload, exempt from the check against forged requests until then): forms refuse NUL too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless there is a NUL outside the body."""
        if _has_nul(chain([request.path_info], request.COOKIES.values(), _words(request.GET))):
            return unreadable(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: object
    ) -> HttpResponse | None:
        """The same for a form's fields."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return None
        return unreadable(request) if _has_nul(_words(request.POST)) else None


class SayWhatToDo:
    """A 405 without a word, as Django's decorators give it, becomes a page with the way on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the methods that are allowed are still said."""
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        page = not_this_way(request)
        page["Allow"] = response["Allow"]
        return page


def _words(fields: QueryDict) -> Iterable[str]:
    return chain(fields, *(fields.getlist(name) for name in fields))


def _has_nul(words: Iterable[str]) -> bool:
    return any(NUL in word for word in words)
