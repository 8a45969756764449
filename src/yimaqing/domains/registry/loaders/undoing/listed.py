"""Taking back a department's list: rows that somebody looked at, or went for, stay.

To-dos of hits that nothing asks for any more are withdrawn by the job that follows.
"""

from __future__ import annotations

from yimaqing.domains.registry.departments.kinds import HIT
from yimaqing.domains.registry.loaders.relinking import RELINK_BACK, REVIEW_ROW
from yimaqing.domains.registry.loaders.undoing.parts import GOES
from yimaqing.kit.dataset import Hold, Undo

UNDO_LISTED = Undo(
    created="SELECT id FROM registry_listedperson WHERE batch_id = %(batch)s",
    # Who is meant, as on the list; a row of a list of places names nobody.
    label=(
        "coalesce(nullif(left(t.name, 1), '') || '** · ', '') || t.counted_until"
        " || ' · ' || left(t.serial, 12)"
    ),
    holds=(
        Hold(
            "undo_decided",
            "SELECT u.id, NULL::text[] AS keys, '{}'::jsonb AS detail FROM intake_taken u"
            f" JOIN registry_listedperson t ON t.id = u.id WHERE {GOES}"
            " AND t.decided_by IS NOT NULL",
        ),
        Hold(
            "undo_acted",
            "SELECT u.id, NULL::text[] AS keys, '{}'::jsonb AS detail FROM intake_taken u"
            f" JOIN registry_listedperson t ON t.id = u.id WHERE {GOES}"
            " AND t.decided_by IS NULL AND t.state IN ('matched', 'chosen')"
            f" AND EXISTS (SELECT FROM work_todo w WHERE w.kind = '{HIT}' || t.list_name"
            " AND w.household_id IS NOT DISTINCT FROM t.household_id"
            " AND w.place_code = t.place_code AND t.counted_until"
            " BETWEEN (w.detail ->> 'begins')::date AND (w.detail ->> 'until')::date"
            " AND (w.closed_by IS NOT NULL OR (w.state = 'open' AND w.holder_id IS NOT NULL)))",
        ),
    ),
    lock=(
        (
            "SELECT t.id FROM registry_listedperson t JOIN intake_taken u ON u.id = t.id"
            " ORDER BY t.id FOR UPDATE OF t"
        ),
    ),
    before=(
        # Who is new on the lists that follow hangs on the rows that go.
        (
            "UPDATE registry_listedperson l SET weighed_at = NULL FROM (SELECT t.list_name,"
            " left(t.place_code, 6) AS county, min(t.counted_until) AS since FROM intake_taken u"
            f" JOIN registry_listedperson t ON t.id = u.id WHERE {GOES} GROUP BY 1, 2) x"
            " WHERE l.list_name = x.list_name AND left(l.place_code, 6) = x.county"
            " AND l.counted_until > x.since AND l.weighed_at IS NOT NULL"
        ),
        (
            "UPDATE work_todo w SET state = 'dropped', closed_at = now(), reason = %(source)s"
            f" FROM intake_taken u WHERE {GOES} AND w.kind = '{REVIEW_ROW}' AND w.state = 'open'"
            " AND w.subject_kind = 'listed' AND w.subject_id = u.id::text"
        ),
    ),
    after=RELINK_BACK,
)
