"""While the database is away every page says so and when to try again: no fault of the page's."""

from __future__ import annotations

import sys

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from yimaqing.config.logs import chain
from yimaqing.ui.errors import broken, unavailable

#: SQLSTATE of a server that goes, comes or has no connection left; without one nobody answered.
_AWAY = ("08", "57P", "53300")
_ERRORS = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler of uncaught errors: 503 while the database is away, else 500.

    Django asks it wherever the error arose, in a view as in the session's own middleware.
    """
    return unavailable(request) if is_away(sys.exc_info()[1]) else broken(request)


def is_away(error: BaseException | None) -> bool:
    """Whether an error, or what led to it, says that the database cannot be reached."""
    return any(isinstance(one, _ERRORS) and _says_away(one) for one in chain(error))


def _says_away(error: BaseException) -> bool:
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(_AWAY)
