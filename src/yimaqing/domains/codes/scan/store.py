"""The scan's own connection to PostgreSQL: one a thread, prepared, reopened when lost."""

from __future__ import annotations

import atexit
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import psycopg
from django.conf import settings
from psycopg import errors, pq
from psycopg.types.json import Jsonb

from yimaqing.domains.codes.scan.statement import scan_sql

log = logging.getLogger(__name__)

#: A scan waits at most this long for a server that does not answer, then says so.
CONNECT_SECONDS = 3
STATEMENT_MILLISECONDS = 4000

PREPARED = b"scan"
Done = TypeVar("Done")

_KEEP = (
    "INSERT INTO codes_keptcard (code_id, kept_at, card) VALUES (%s, now(), %s)"
    " ON CONFLICT (code_id) DO UPDATE SET kept_at = excluded.kept_at, card = excluded.card"
)


class StoreUnavailable(RuntimeError):
    """The database does not answer within the time that a person at a door waits."""


@dataclass(frozen=True)
class Scanned:
    """What the statement said. ``outcome``: shown, revoked, replaced, unknown, throttled,
    verify (the session must be checked first; nothing was written).

    ``standing``: what the session stands or falls with. ``role``: stranger, outside, member,
    limited; None unless shown. ``bodies``: the card's jsonb and those of the panels, in the
    order of ``statement.parts``.
    """

    outcome: str
    role: str | None
    code_id: int | None
    kind: str | None
    place_code: str | None
    subject_id: int | None
    user_id: int | None
    user_name: str | None
    session_data: str | None
    password_changed_at: str | None
    standing: str | None
    was_kept: bool
    place: list[str] | None
    bodies: list[Any] | None


_threads = threading.local()


def scan(token: str, session_key: str, standing: str, client: bytes) -> Scanned:
    """Run the statement; its own transaction, committed with the log row.

    ``standing`` is what was found to hold for the session before, empty when nothing was.
    Raises StoreUnavailable. A connection that was lost is opened again once: a scan that
    was logged but not answered is then logged twice.
    """
    answer = _try_twice(lambda: _ask((token, session_key, standing, client.hex())))
    return Scanned(**json.loads(answer))


def keep(scanned: Scanned) -> None:
    """Keep what strangers see of a place, so that counting is not done for each of them."""
    values = (scanned.code_id, Jsonb(scanned.bodies))
    _try_twice(lambda: _connection().execute(_KEEP, values))


def close() -> None:
    """Close this thread's connection."""
    connection = getattr(_threads, "connection", None)
    if connection is not None:
        connection.close()
        _threads.connection = None


atexit.register(close)


def _ask(parameters: tuple[str, ...]) -> bytes:
    """Execute the prepared statement through libpq itself: a cursor cost more than the query."""
    given = [parameter.encode() for parameter in parameters]
    result = _connection().pgconn.exec_prepared(PREPARED, given)
    if result.status != pq.ExecStatus.TUPLES_OK:
        state = result.error_field(pq.DiagnosticField.SQLSTATE)
        kind = errors.lookup(state.decode()) if state else psycopg.OperationalError
        raise kind(result.get_error_message())
    return result.get_value(0, 0) or b"null"


def _try_twice(work: Callable[[], Done]) -> Done:
    try:
        try:
            return work()
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if not _is_lost():
                raise
            close()
            return work()
    except psycopg.Error as error:
        # Whatever is wrong, a person at a door gets a page that says what to do.
        log.exception("a scan was not answered")
        close()
        raise StoreUnavailable(str(error)) from error


def _is_lost() -> bool:
    """Whether the server is gone, as against one that is too slow to answer."""
    connection = getattr(_threads, "connection", None)
    return connection is not None and bool(connection.closed or connection.broken)


def _connection() -> psycopg.Connection[tuple[Any, ...]]:
    held = getattr(_threads, "connection", None)
    if held is None:
        held = _threads.connection = _connect()
    return cast("psycopg.Connection[tuple[Any, ...]]", held)


def _connect() -> psycopg.Connection[tuple[Any, ...]]:
    address = settings.DATABASES["default"]
    connection = psycopg.connect(
        host=str(address["HOST"]) or None,
        port=str(address["PORT"]) or None,
        dbname=str(address["NAME"]),
        user=str(address["USER"]) or None,
        password=str(address["PASSWORD"]) or None,
        autocommit=True,
        connect_timeout=CONNECT_SECONDS,
        application_name="yimaqing scan",
        options=f"-c statement_timeout={STATEMENT_MILLISECONDS} -c jit=off"
        # Planning anew cost more than running: the functions look up single keys.
        " -c plan_cache_mode=force_generic_plan"
        f" -c timezone={settings.TIME_ZONE}",
    )
    prepared = connection.pgconn.prepare(PREPARED, scan_sql().encode())
    if prepared.status != pq.ExecStatus.COMMAND_OK:
        connection.close()
        raise psycopg.ProgrammingError(prepared.get_error_message())
    return connection
