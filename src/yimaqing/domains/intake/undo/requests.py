"""Asking for an undo, and letting a trial become the real thing."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake.models import Batch, State, Undo, UndoState

MOST_CHARACTERS = 200


class CannotUndo(ValueError):
    """The batch is not in the register, no reason is given, or the trial is not finished."""


def undo_batch(
    *, batch: Batch, reason: str, by: User | None, dry_run: bool = True, using: str = "default"
) -> Undo:
    """Ask that a batch be taken back; an unfinished request of the same kind is returned.

    A dry run only tells what would go and what would stay. ``reason`` is what the history of
    every record says. Raise CannotUndo.
    """
    if not reason.strip():
        raise CannotUndo(_("请写明撤销的原因。"))
    if batch.state != State.APPLIED:
        raise CannotUndo(_("只有已入库的批次可以撤销。"))
    actor = f"user:{by.pk}" if by else "system:undo"
    with transaction.atomic(using=using):
        # One request at a time, so that a form sent twice is one undo.
        Batch.objects.using(using).select_for_update().get(pk=batch.pk)
        held = Undo.objects.using(using).filter(
            batch=batch, state=UndoState.RECEIVED, dry_run=dry_run, actor=actor
        )
        if (waiting := held.order_by("-pk").first()) is not None:
            return waiting
        undo = Undo.objects.using(using).create(
            batch=batch,
            user_id=by.pk if by else None,
            actor=actor,
            reason=reason.strip()[:MOST_CHARACTERS],
            dry_run=dry_run,
        )
        record(
            action="intake.undo_requested",
            by=by,
            actor="" if by else actor,
            place_code=batch.place_code,
            subject=("batch", batch.pk),
            purpose=undo.reason,
            after={"dry_run": dry_run},
            using=using,
        )
    return undo


def carry_out_checked(*, undo: Undo, by: User | None, using: str = "default") -> Undo:
    """Let a finished trial be carried out; what stays is found anew when it runs.

    Raise CannotUndo for one that is not a finished trial.
    """
    with transaction.atomic(using=using):
        # The batch is held, so that a form sent twice is one undo.
        Batch.objects.using(using).select_for_update().get(pk=undo.batch_id)
        held = Undo.objects.using(using).select_related("batch").get(pk=undo.pk)
        if held.state != UndoState.CHECKED:
            raise CannotUndo(_("这次试算已经执行或已失效。"))
        return undo_batch(batch=held.batch, reason=held.reason, by=by, dry_run=False, using=using)
