"""Writing the audit trail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections

from yimaqing.domains.audit.retired import NumberTaken, keep_retired

__all__ = ["NumberTaken", "keep_retired", "record"]

NO_PLACE = "0"


class Actor(Protocol):
    """Who acts: a user, as far as the trail is concerned."""

    @property
    def pk(self) -> Any:
        """The user's number."""


def record(
    *,
    action: str,
    by: Actor | None,
    actor: str = "",
    place_code: str = NO_PLACE,
    household_id: int | None = None,
    subject: tuple[str, object] = ("", ""),
    purpose: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    using: str = "default",
) -> None:
    """Add one entry in the caller's transaction.

    ``action`` is ``domain.past_tense``; with ``by=None`` the system itself acts and
    ``actor`` names the command (``system:import``). Personal values never go into
    ``before``/``after`` unmasked. The row is written without RETURNING: its writer
    may not be allowed to read it.
    """
    if by is None and not actor:
        raise ValueError("an audit entry needs by= or actor=")
    who = f"user:{by.pk}" if by is not None else actor
    with connections[using].cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (actor, user_id, action, place_code, household_id,"
            " subject_kind, subject_id, purpose, before, after)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)",
            [
                who,
                by.pk if by is not None else None,
                action,
                place_code or NO_PLACE,
                household_id,
                subject[0],
                str(subject[1]),
                purpose,
                _json(before),
                _json(after),
            ],
        )


def _json(values: Mapping[str, Any] | None) -> str | None:
    return None if values is None else json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False)
