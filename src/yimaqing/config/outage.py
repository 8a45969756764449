"""While the database is away every page says so and when to try again: no fault of the page's."""

from __future__ import annotations

import logging
import sys

import psycopg
from django.http import HttpRequest, HttpResponse

from yimaqing.ui.errors import broken, unavailable

#: SQLSTATE of a server that goes, comes or has no connection left.
_AWAY = ("08", "57P", "53300")
#: Without one no server answered, or the driver was misused; these are the former, in the words
#: of psycopg and of libpq.
_LOST = (
    "connection failed",
    "connection is bad",
    "connection timeout expired",
    "failed to resolve host",
    "the connection is closed",
    "the connection is lost",
    "server closed the connection",
    "no connection to the server",
    "could not send data to server",
    "could not receive data from server",
    "SSL connection has been closed",
    "SSL SYSCALL error",
)

log = logging.getLogger(__name__)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler of uncaught errors: 503 while the database is away, else 500.

    Django asks it wherever the error arose, in a view as in the session's own middleware. The
    log says why: a wrong address or password keeps the database away too.
    """
    if (reason := outage(sys.exc_info()[1])) is None:
        return broken(request)
    why = str(reason).partition("\n")[0]
    log.warning("the database is away for %s: %s: %s", request.path, type(reason).__name__, why)
    return unavailable(request)


def outage(error: BaseException | None) -> psycopg.Error | None:
    """The driver's error that says that the database cannot be reached, if that is the cause.

    Not what merely happened before: an error of the program, raised while an outage was being
    handled, stays an error of the program.
    """
    while error is not None:
        if isinstance(error, psycopg.Error) and _says_away(error):
            return error
        error = error.__cause__
    return None


def _says_away(error: psycopg.Error) -> bool:
    if error.sqlstate is not None:
        return error.sqlstate.startswith(_AWAY)
    return any(words in str(error) for words in _LOST)
