"""Taking an undo to its end, from wherever it stopped: nothing of it is done, or all of it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake import staging
from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.events import batch_undone
from yimaqing.domains.intake.models import Batch, State, Undo, UndoState
from yimaqing.domains.intake.permissions import IMPORT
from yimaqing.domains.intake.running import ATTEMPTS, LOCK_APPLY, BatchBroken, alone, went_away
from yimaqing.domains.intake.tries import counted
from yimaqing.domains.intake.undo.applying import carry_out, write_report
from yimaqing.domains.intake.undo.planning import UndoPlanner
from yimaqing.kit.rowscope import Scope

Progress = Callable[[str], None]
log = logging.getLogger(__name__)


def unseen(step: str) -> None:
    """Progress that nobody watches."""


def run_undo(undo_id: int, progress: Progress = unseen, *, most_tries: int | None = None) -> Undo:
    """Continue an undo until it is finished; a finished one is only announced if it was not.

    ``most_tries`` as in ``running.run``. Raises OperationalError or InterfaceError when the
    database goes away: running again continues. Raises BatchBroken when something fails that
    would fail again; nothing was taken back then, and the undo says so.
    """
    batch_id = Undo.objects.using("owner").values_list("batch_id", flat=True).get(pk=undo_id)
    with alone(batch_id):
        undo = Undo.objects.using("owner").select_related("batch").get(pk=undo_id)
        if not undo.finished:
            with counted(undo, most_tries) as may_try:
                if may_try:
                    _do_or_end(undo, progress)
                else:
                    log.error("undo %d given up: %d times its process died", undo_id, most_tries)
                    _refuse(undo, "undo_killed")
        _announce(undo)
    return undo


def _do_or_end(undo: Undo, progress: Progress) -> None:
    """No undo is left unfinished by an error that nobody expected."""
    try:
        _do(undo, progress)
    except Exception as error:
        if went_away(error):
            raise
        undo.refresh_from_db(using="owner")
        if undo.finished:
            raise
        why = type(error).__name__  # who called logs the rest
        log.error("undo %d ended, nothing of it was done: %s", undo.pk, why)  # noqa: TRY400
        _refuse(undo, "undo_internal")
        raise BatchBroken(str(undo.pk)) from error


def _do(undo: Undo, progress: Progress) -> None:
    batch, kind = undo.batch, dataset(undo.batch.dataset)
    scope = _scope(undo)
    why = _why_not(batch, scope)
    if why or kind.undo is None:
        _refuse(undo, why or "undo_not_for_dataset")
        return
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _attempt(UndoPlanner(undo, batch, kind, kind.undo, scope), progress)
        except IntegrityError:
            # Somebody wrote a record that refers to what goes, meanwhile: look again.
            if attempt == ATTEMPTS:
                raise
            undo.refresh_from_db(using="owner")
        else:
            return


def _why_not(batch: Batch, scope: Scope) -> str:
    if not (scope.ranges or scope.household_ids):
        return "may_not_import"
    if batch.state != State.APPLIED:
        return "undo_not_applied"
    # Batches of versions before old values were kept: what they created can still be taken back.
    return "undo_nothing_kept" if batch.updated and not batch.keeps else ""


def _scope(undo: Undo) -> Scope:
    if undo.user_id is None:
        return Scope.everything()
    return scope_of(User.objects.get(pk=undo.user_id), IMPORT)


def _attempt(planner: UndoPlanner, progress: Progress) -> None:
    undo = planner.undo
    progress("comparing")
    with transaction.atomic(using="owner"):
        staging.execute("SELECT pg_advisory_xact_lock(%(key)s)", {"key": LOCK_APPLY})
        planner.plan()
        write_report(planner)
        if not undo.dry_run:
            carry_out(planner, progress)
        counts = ["removed", "restored", "kept", "notes", "later"]
        _end(undo, UndoState.CHECKED if undo.dry_run else UndoState.UNDONE, *counts)
    progress("finished")


def _refuse(undo: Undo, code: str) -> None:
    undo.failure = {"code": code, "params": {"batch": undo.batch_id}}
    with transaction.atomic(using="owner"):
        _end(undo, UndoState.REFUSED, "failure")


def _end(undo: Undo, state: UndoState, *fields: str) -> None:
    undo.state, undo.finished_at = state, timezone.now()
    undo.save(using="owner", update_fields=["state", "finished_at", *fields])
    user = User.objects.using("owner").filter(pk=undo.user_id).first() if undo.user_id else None
    record(
        action=f"intake.undo_{state}",
        by=user,
        actor="" if user else undo.actor,
        place_code=undo.batch.place_code,
        subject=("batch", undo.batch_id),
        purpose=undo.reason,
        after={"removed": undo.removed, "restored": undo.restored, "kept": undo.kept},
        using="owner",
    )


def _announce(undo: Undo) -> None:
    """Tell those who listen, once; a crash in between tells again."""
    if undo.state != UndoState.UNDONE or undo.announced_at is not None:
        return
    batch_undone.send(Undo, batch_id=undo.batch_id, dataset=undo.batch.dataset)
    undo.announced_at = timezone.now()
    undo.save(using="owner", update_fields=["announced_at"])
