"""The chain itself: what of an entry is sealed, and how one link follows from another."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FIRST = bytes(32)

#: An entry as the chain sees it. The time is in microseconds and JSON is PostgreSQL's own
#: text of it, so that neither a time zone nor a client library changes the sealed bytes.
COLUMNS = (
    "e.id, e.xact, (extract(epoch FROM e.at) * 1000000)::int8, e.actor, e.user_id, e.action,"
    " e.place_code, e.household_id, e.subject_kind, e.subject_id, e.purpose,"
    " e.before::text, e.after::text"
)


@dataclass(frozen=True)
class Position:
    """A link's place in the chain; all of it is sealed together with the entry."""

    seq: int
    era: int
    key_id: int


def canonical(row: Sequence[Any]) -> bytes:
    """The bytes of an entry (values of COLUMNS) that are sealed: unambiguous JSON."""
    return json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode()


def link(key: bytes, previous: bytes, position: Position, row: Sequence[Any]) -> bytes:
    """HMAC-SHA256 over the previous link, the position and the entry; 32 bytes."""
    place = f"{position.seq}:{position.era}:{position.key_id}|".encode()
    return hmac.digest(key, previous + place + canonical(row), hashlib.sha256)
