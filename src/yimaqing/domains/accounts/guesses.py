"""Counting wrong passwords by name, by address and by device, and for how long each must wait.

What is counted is kept under a keyed hash: neither addresses nor mistyped names (people type
their password there) can be read from the table.
"""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.db import connection

PAUSE = dt.timedelta(minutes=15)

_COUNT = """
INSERT INTO accounts_guess AS g (key, failures, since) VALUES (%(key)s, 1, now())
ON CONFLICT (key) DO UPDATE SET (failures, since, until) = (
  SELECT n, s, CASE WHEN n >= %(most)s THEN now() + make_interval(secs => %(pause)s) END
  FROM (SELECT CASE WHEN fresh THEN 1 ELSE g.failures + 1 END AS n,
               CASE WHEN fresh THEN now() ELSE g.since END AS s
        FROM (SELECT g.until <= now() OR g.since + make_interval(secs => %(within)s) < now()
                AS fresh) f) c)
RETURNING failures, until
"""
_UNTIL = "SELECT until FROM accounts_guess WHERE key = %s AND until > now()"


@dataclass(frozen=True)
class Limit:
    """So many failures within a time are followed by a pause of fifteen minutes."""

    kind: str
    most: int
    within: dt.timedelta

    def count(self, what: str) -> dt.datetime | None:
        """Count a failure; when it is the one too many, the end of the pause that begins."""
        values: dict[str, bytes | float] = {
            "key": self._key(what),
            "most": self.most,
            "pause": PAUSE.total_seconds(),
            "within": self.within.total_seconds(),
        }
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, values)
            _failures, until = cursor.fetchone()
        return until if isinstance(until, dt.datetime) else None

    def barred_until(self, what: str) -> dt.datetime | None:
        """The end of the pause that holds now; None when there is none."""
        with connection.cursor() as cursor:
            cursor.execute(_UNTIL, [self._key(what)])
            row = cursor.fetchone()
        return row[0] if row else None

    def forget(self, what: str) -> None:
        """Begin to count anew: it was the right person after all."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_guess WHERE key = %s", [self._key(what)])

    def _key(self, what: str) -> bytes:
        message = f"log-in {self.kind} {what}".encode()
        return hmac.digest(settings.SECRET_KEY.encode(), message, sha256)[:16]


#: A name that nobody has, or whose owner is switched off: it locks like any other, so that a
#: lock does not tell which names exist.
NAME = Limit("name", 5, dt.timedelta(days=1))
#: A browser in which the user has logged in before.
DEVICE = Limit("device", 5, dt.timedelta(days=1))
#: A whole office may stand behind one address: forty mistakes in a quarter of an hour are more
#: than a Monday morning brings, and too few to try one password on many names.
ADDRESS = Limit("address", 40, dt.timedelta(minutes=15))
