"""A batch that waits for somebody and is not wanted any more: nothing of it is applied.

It ends as a file that cannot be used does: its report and its original stay, the rows that were
read do not.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake import staging
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.permissions import IMPORT
from yimaqing.domains.intake.running import alone

DISCARDED = "discarded"


class NothingToDiscard(ValueError):
    """The batch does not wait for anybody: it runs, is applied, or has ended."""


def may_discard(batch: Batch, user: User) -> bool:
    """Whether it is the user's own batch, or lies where the user may import."""
    return batch.user_id == user.pk or scope_of(user, IMPORT).covers(batch.place_code)


def is_waiting(batch: Batch) -> bool:
    """Whether a batch waits for somebody's word, or for another batch."""
    waits = batch.state == State.RECEIVED and batch.waits_for is not None
    return batch.state in (State.COLUMNS, State.CHECKED) or waits


def discard(*, batch: Batch, by: User | None) -> Batch:
    """End a batch that waits, and forget the rows that were read of it; for a job or the terminal.

    Raise NothingToDiscard, or PermissionDenied for who may not import there.
    """
    with alone(batch.pk), transaction.atomic(using="owner"):
        held = Batch.objects.using("owner").select_for_update().get(pk=batch.pk)
        if by is not None and not may_discard(held, by):
            raise PermissionDenied
        if not is_waiting(held):
            raise NothingToDiscard(str(held.pk))
        staging.drop(held.pk)
        before = held.state
        held.state, held.finished_at = State.UNUSABLE, timezone.now()
        held.failure = {"code": DISCARDED, "params": {}}
        held.save(using="owner", update_fields=["state", "finished_at", "failure"])
        record(
            action="intake.batch_discarded",
            by=by,
            actor="" if by else "system:import",
            place_code=held.place_code,
            subject=("batch", held.pk),
            before={"state": before},
            after={"dataset": held.dataset, "sha256": held.sha256},
            using="owner",
        )
    return held
