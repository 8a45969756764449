"""Cells that were changed both in the list and in the register: the officer chooses."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake.models import Batch, RowError, State
from yimaqing.domains.intake.returned.recognising import NOW

CONFLICT = "return_conflict"


class NothingToSettle(ValueError):
    """The batch is no returned list that waits for a choice."""


def open_conflicts(batch: Batch) -> int:
    """Cells of a returned list that wait for a choice; none once it was made."""
    if not batch.returned or (batch.plan or {}).get("choice"):
        return 0
    return conflicts(batch)


def conflicts(batch: Batch) -> int:
    """Cells that keep what the register says, because it was changed meanwhile."""
    return sum(n for key, n in batch.tally.items() if key.partition(" ")[0] == CONFLICT)


def settle(
    *,
    batch: Batch,
    mine: Collection[int],
    by: User,
    everything: bool = False,
    using: str = "default",
) -> Batch:
    """Let a checked list in, with these cells (numbers of their conflicts) as the list has them
    and the others as the register has them; ``everything``: all as the list has them.

    A cell that was changed once more since its conflict was told keeps what the register says.
    Raise NothingToSettle when the batch does not wait for it.
    """
    with transaction.atomic(using=using):
        held = Batch.objects.using(using).select_for_update().get(pk=batch.pk)
        if held.state != State.CHECKED or not held.returned:
            raise NothingToSettle(str(held.pk))
        found = RowError.objects.using(using).filter(batch=held, code=CONFLICT)
        if not everything:
            found = found.filter(pk__in=list(mine))
        chosen = [[e.row, e.column, e.params.get("seen", "")] for e in found]
        plan: dict[str, Any] = {**(held.plan or {}), "choice": NOW, "mine": chosen}
        held.plan, held.state = plan, State.RECEIVED
        held.dry_run, held.finished_at = False, None
        held.all_or_nothing = held.all_or_nothing and not held.rejected
        held.save(
            using=using,
            update_fields=["plan", "state", "dry_run", "finished_at", "all_or_nothing"],
        )
        record(
            action="intake.return_settled",
            by=by,
            place_code=held.place_code,
            subject=("batch", held.pk),
            after={"mine": len(chosen), "conflicts": conflicts(held)},
            using=using,
        )
    return held
