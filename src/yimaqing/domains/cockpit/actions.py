"""What the cockpit writes: the figures of an evaluation."""

from __future__ import annotations

from django.db import connections, transaction

from yimaqing.domains.audit.actions import record
from yimaqing.domains.cockpit.queries.standing import measures, opened

_COLUMNS = "as_of, place_code, measure, value, known, snapshot"

# The day itself is written anew; of its month the evaluation before it stays, to say what
# changed, and older ones go: a trend needs one day a month, and a day is 95,000 rows.
_MAKE_ROOM = """
DELETE FROM cockpit_storedfigure f WHERE f.as_of = %(day)s OR (
  date_trunc('month', f.as_of) = date_trunc('month', %(day)s::date) AND f.as_of < (
    SELECT max(as_of) FROM cockpit_storedfigure WHERE as_of < %(day)s))
"""


def store_figures(*, snapshot_id: str | None = None, actor: str = "system:figures") -> int:
    """Keep every measure of every village of a snapshot; storing one twice changes nothing.

    Runs as the owner: figures of all places are stored at once. Returns the rows stored.
    """
    snapshot = opened(snapshot_id)
    codes = list(measures())
    stored = 0
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(_MAKE_ROOM, {"day": snapshot.as_of})
        with cursor.copy(f"COPY cockpit_storedfigure ({_COLUMNS}) FROM STDIN") as copy:
            for village, number, value, known in snapshot.rows(
                "SELECT village_code, m, sum(n)::BIGINT, sum(d)::BIGINT FROM cube GROUP BY ALL"
            ):
                code = codes[int(str(number))]
                copy.write_row((snapshot.as_of, village, code, value, known, snapshot.id))
                stored += 1
        record(
            action="cockpit.figures_stored",
            by=None,
            actor=actor,
            subject=("snapshot", snapshot.id),
            after={"as_of": snapshot.as_of.isoformat(), "rows": stored},
            using="owner",
        )
    return stored
