"""Log lines without what a failed statement was about: it may be somebody's name."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import psycopg
from django.db import Error

#: What PostgreSQL adds below the first line: the key, the row, the line of a COPY, the statement.
_ADDED = re.compile(r"^(?:DETAIL|CONTEXT|QUERY):  .*(?:\n.+)*\n?", re.MULTILINE)


class Discreet(logging.Formatter):
    """Leaves of a database error its first line: DETAIL and CONTEXT carry values of the row.

    ``CONTEXT: COPY intake_stage_7, line 3: "…"`` would put people's names into a log that is
    neither sealed nor kept from operators.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, and the traceback below it, without what PostgreSQL added."""
        text = super().format(record)
        for error in chain(record.exc_info[1] if record.exc_info else None):
            if isinstance(error, Error | psycopg.Error):
                said = str(error)
                text = text.replace(said, said.partition("\n")[0])
        return _ADDED.sub("", text).rstrip("\n")


class Brief(logging.Filter):
    """One line, without a traceback, for an answer that is no error of the program.

    Somebody lacked a right (403), sent what cannot be read (400), or the database was away (503:
    nothing here, because ``outage`` has said which page and why).
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Django notes the answer's status on the records of requests."""
        status = getattr(record, "status_code", None)
        if isinstance(status, int) and 400 <= status < 500:
            record.exc_info = record.exc_text = None
        return status != 503


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that led to it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
