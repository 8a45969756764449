"""Codes for a whole subtree at once."""

from __future__ import annotations

from django.db import connections, transaction

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.codes.kinds import cards
from yimaqing.kit.ids import subtree_bounds

# A subject with any code is passed over: an active one needs none, and one whose code was
# revoked on purpose gets a new one only by name. Two runs at once meet on the unique index.
_ISSUE = """
INSERT INTO codes_code (token, kind, place_code, subject_id, household_id, state, issued_by,
                        ended_by, reason)
SELECT codes_new_token(), %(kind)s, s.place_code, s.subject_id,
       CASE WHEN %(kind)s = 'household' THEN s.subject_id END, 'active', %(who)s, '', ''
  FROM ({subjects}) AS s (place_code, subject_id)
 WHERE NOT EXISTS (SELECT FROM codes_code c WHERE c.kind = %(kind)s
                    AND c.place_code = s.place_code AND c.subject_id = s.subject_id)
 ORDER BY s.place_code, s.subject_id
ON CONFLICT (kind, place_code, subject_id) WHERE state = 'active' DO NOTHING
"""


def issue_subtree(
    *,
    place_code: str,
    level: int,
    by: Actor | None,
    actor: str = "",
    using: str = "default",
) -> dict[str, int]:
    """Issue what is missing at a place and below it; how many codes of each kind were made.

    One transaction and one audit entry. Run again, it makes none. Seconds for 210,000
    households. ``using`` is ``owner`` for the operator's commands.
    """
    low, high = subtree_bounds(place_code, level)
    who = f"user:{by.pk}" if by is not None else actor
    made: dict[str, int] = {}
    with transaction.atomic(using=using):
        with connections[using].cursor() as cursor:
            for card in cards().values():
                cursor.execute(
                    _ISSUE.format(subjects=card.subjects_sql),
                    {"kind": card.kind, "who": who, "low": low, "high": high},
                )
                made[card.kind] = cursor.rowcount
        record(
            action="codes.subtree_issued",
            by=by,
            actor=actor,
            place_code=place_code,
            subject=("place", place_code),
            after=made,
            using=using,
        )
    return made
