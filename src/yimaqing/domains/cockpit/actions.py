"""What the cockpit writes: the figures of an evaluation, and targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import connections, transaction

from yimaqing.domains.audit.actions import record
from yimaqing.domains.cockpit.models import Target
from yimaqing.domains.cockpit.queries.standing import measures, opened
from yimaqing.domains.places.queries import valid_places

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


class BadTarget(ValueError):
    """A target names no place or no measure of this installation; the text says which."""


def set_target(
    *,
    place_code: str,
    measure: str,
    bound: str,
    value: int,
    due_on: dt.date,
    document: str,
    actor: str = "system:targets",
) -> Target:
    """Set the target of a figure; one that stood before is replaced, and kept in the trail."""
    if measure not in measures():
        raise BadTarget(f"没有这个数字 no such measure: {measure}（{', '.join(measures())}）")
    if not valid_places().filter(code=place_code).exists():
        raise BadTarget(f"没有这个地点 no such place: {place_code}")
    says = {"bound": bound, "value": value, "due_on": due_on, "document": document}
    with transaction.atomic(using="owner"):
        held = Target.objects.using("owner").select_for_update()
        before = held.filter(place_code=place_code, measure=measure).values(*says).first()
        target, _created = held.update_or_create(
            place_code=place_code, measure=measure, defaults=says
        )
        _recorded("cockpit.target_set", target, before, says, actor)
    return target


def remove_target(*, place_code: str, measure: str, actor: str = "system:targets") -> None:
    """Take a target away. Raises BadTarget when there is none."""
    with transaction.atomic(using="owner"):
        held = Target.objects.using("owner").select_for_update()
        target = held.filter(place_code=place_code, measure=measure).first()
        if target is None:
            raise BadTarget(f"{place_code} {measure}: 没有目标 no target")
        before = {"value": target.value, "due_on": target.due_on, "document": target.document}
        _recorded("cockpit.target_removed", target, before, None, actor)
        target.delete()


def _recorded(
    action: str,
    target: Target,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
    actor: str,
) -> None:
    record(
        action=action,
        by=None,
        actor=actor,
        place_code=target.place_code,
        subject=("measure", target.measure),
        before=_plain(before),
        after=_plain(after),
        using="owner",
    )


def _plain(values: Mapping[str, object] | None) -> dict[str, object] | None:
    if values is None:
        return None
    return {k: v.isoformat() if isinstance(v, dt.date) else v for k, v in values.items()}
