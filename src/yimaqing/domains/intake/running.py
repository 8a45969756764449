"""Taking a batch from its file to the database, from wherever it stopped.

Reading commits chunk by chunk with a cursor; applying is one transaction. So a process
or server that dies at any moment leaves a batch that is continued, and records that are
there whole or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, connections, transaction
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake import applying, preview, staging
from yimaqing.domains.intake.announcing import announce
from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.filling import Progress, fill
from yimaqing.domains.intake.mapping.deciding import Undecided
from yimaqing.domains.intake.mapping.spreading import spread
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.permissions import IMPORT
from yimaqing.domains.intake.planning import Planner
from yimaqing.domains.intake.reading import FileUnusable
from yimaqing.domains.intake.returned.settling import open_conflicts
from yimaqing.domains.intake.together import still_waits
from yimaqing.domains.intake.tries import counted
from yimaqing.kit.rowscope import Scope

#: Key space of advisory locks held while a batch runs ("imp").
LOCK_BATCH, LOCK_APPLY = 0x696D7001, 0x696D7002
WAIT_FOR_EARLIER_RUN = "120s"
ATTEMPTS = 3

#: SQLSTATE class of limits of the program itself: waiting does not help.
LIMIT_EXCEEDED = "54"

log = logging.getLogger(__name__)


class BatchBroken(RuntimeError):
    """An error of the program, not of the file, ended a batch; nothing of it was applied."""


class StillRunning(RuntimeError):
    """A batch is being taken to its end by another process."""


def unseen(step: str, batch: Batch) -> None:
    """Progress that nobody watches."""


def run(batch_id: int, progress: Progress = unseen, *, most_tries: int | None = None) -> Batch:
    """Continue a batch until it is finished; a finished one is only announced if it was not.

    With ``most_tries`` a batch that was begun so often at the same step is given up: each time its
    process must have died of it, because no other end leaves it there for long. So is telling
    of an applied batch.

    Waits for an earlier run of the same batch to end. Raises OperationalError or
    InterfaceError when the database goes away: running again continues. Raises BatchBroken
    when something fails that would fail again; the batch has ended then.
    """
    with alone(batch_id):
        batch = Batch.objects.using("owner").get(pk=batch_id)
        # A batch that waits has not been begun: that is no try.
        if not batch.finished and not (batch.state == State.RECEIVED and still_waits(batch)):
            with counted(batch, most_tries) as may_try:
                if may_try:
                    _continue_or_end(batch, progress)
                else:
                    log.error("batch %d given up: %d times its process died", batch_id, most_tries)
                    _give_up(batch, FileUnusable("killed", batch=batch_id))
        announce(batch, most_tries)
    return batch


def _continue_or_end(batch: Batch, progress: Progress) -> None:
    """No batch is left unfinished by an error that nobody expected."""
    try:
        _continue(batch, progress)
    except Exception as error:
        if went_away(error):
            raise
        batch.refresh_from_db(using="owner")
        if batch.finished:
            raise
        why = type(error).__name__  # who called logs the rest
        log.error("batch %d ended, nothing of it was applied: %s", batch.pk, why)  # noqa: TRY400
        _give_up(batch, FileUnusable("internal", batch=batch.pk))
        raise BatchBroken(str(batch.pk)) from error


def went_away(error: Exception) -> bool:
    """Whether the database, not the batch, is the reason: it is worth trying again later."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return not state.startswith(LIMIT_EXCEEDED)


def _continue(batch: Batch, progress: Progress) -> None:
    scope = _scope(batch)
    if not (scope.ranges or scope.household_ids):
        _give_up(batch, FileUnusable("may_not_import"))
        return
    if batch.state == State.APPLYING and not staging.exists(batch.pk):
        _start_over(batch)
    if batch.state == State.RECEIVED and batch.returned and batch.row_cursor > 1:
        with transaction.atomic(using="owner"):  # checked before: compared anew with what is now
            staging.drop(batch.pk)
            _start_over(batch)
    if batch.state in (State.RECEIVED, State.READING) and not _filled(batch, scope, progress):
        return
    kind = dataset(batch.dataset)
    planner = Planner(batch, kind, scope)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            _finish(planner, progress)
        except IntegrityError:
            # Somebody wrote the same record by hand meanwhile: look again.
            if attempt == ATTEMPTS:
                raise
            batch.refresh_from_db(using="owner")
        else:
            return


def _filled(batch: Batch, scope: Scope, progress: Progress) -> bool:
    """Whether the batch's rows are all staged; else it waits, was given up, or asks its sender."""
    try:
        new = batch.state == State.RECEIVED
        book = spread(batch, scope) if new else None
        if new and not batch.finished and (book is None or still_waits(batch)):
            return False  # what it holds is known only now
        if not batch.finished:
            fill(batch, dataset(batch.dataset), scope, progress, book)
    except FileUnusable as error:
        _give_up(batch, error)
        return False
    except Undecided as question:
        _ask(batch, question)
        return False
    return not batch.finished


def forget_staged(batch_id: int) -> None:
    """Drop the rows that were read; whoever needs them reads the batch's file again.

    Raise StillRunning while somebody takes the batch to its end.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_BATCH, batch_id])
        if not cursor.fetchone()[0]:
            raise StillRunning(str(batch_id))
    try:
        batch = Batch.objects.using("owner").get(pk=batch_id)
        with transaction.atomic(using="owner"):
            staging.drop(batch_id)
            if not batch.finished:
                _start_over(batch)
    finally:
        connections["owner"].close()


def _start_over(batch: Batch) -> None:
    """A batch whose rows were dropped is read from its file again."""
    with transaction.atomic(using="owner"):
        batch.errors.using("owner").all().delete()
        batch.row_cursor, batch.rows_total, batch.rows_staged, batch.rejected = 1, 0, 0, 0
        batch.tally = {}
        counts = ["row_cursor", "rows_total", "rows_staged", "rejected", "tally"]
        _save(batch, State.RECEIVED, *counts)


@contextmanager
def alone(batch_id: int) -> Iterator[None]:
    """One run or undo of a batch at a time; the lock goes with the connection."""
    connection = connections["owner"]
    connection.ensure_connection()
    with connection.cursor() as cursor:
        # A killed process must not keep its half-done statement running for minutes.
        cursor.execute("SET client_connection_check_interval = '1s'")
        cursor.execute(f"SET lock_timeout = '{WAIT_FOR_EARLIER_RUN}'")
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_BATCH, batch_id])
        cursor.execute("SET lock_timeout = 0")
    try:
        yield
    finally:
        connection.close()


def _scope(batch: Batch) -> Scope:
    if batch.user_id is None:
        return Scope.everything()
    return scope_of(User.objects.get(pk=batch.user_id), IMPORT)


def _finish(planner: Planner, progress: Progress) -> None:
    """Plan and, unless it is a dry run, apply; one transaction that also ends the batch."""
    batch = planner.batch
    progress("comparing", batch)
    with transaction.atomic(using="owner"):
        staging.execute("SELECT pg_advisory_xact_lock(%(key)s)", {"key": LOCK_APPLY})
        planner.plan()
        preview.look(planner)
        applying.count(batch)
        if open_conflicts(batch):
            batch.dry_run = True  # somebody must choose
        if batch.all_or_nothing and batch.rejected:
            batch.dry_run = True  # as its sender chose: mended, or the others let in on request
        if batch.dry_run:
            applying.foresee(planner)
        else:
            applying.carry_out(planner, lambda step: progress(step, batch))
            staging.drop(batch.pk)
            staging.drop_checks_of(batch)
        applying.count(batch)
        batch.place_code = applying.common_place() or batch.place_code
        batch.finished_at = timezone.now()
        if batch.dry_run and not batch.created + batch.updated:
            staging.drop(batch.pk)  # there is nothing to let in
        counts = ["created", "updated", "unchanged", "rejected", "warned", "tally", "keeps"]
        counts += ["dry_run"]
        state = State.CHECKED if batch.dry_run else State.APPLIED
        _save(batch, state, *counts, "place_code", "finished_at")
        _record(batch)
    progress("finished", batch)


def _ask(batch: Batch, question: Undecided) -> None:
    """Somebody has to say which column is which; nothing was read."""
    batch.guess = question.content
    batch.failure = {"code": question.why.code, "params": question.why.params}
    _save(batch, State.COLUMNS, "guess", "failure")


def _give_up(batch: Batch, error: FileUnusable) -> None:
    with transaction.atomic(using="owner"):
        staging.drop(batch.pk)
        batch.failure = {"code": error.code, "params": error.params}
        batch.finished_at = timezone.now()
        _save(batch, State.UNUSABLE, "failure", "finished_at")
        _record(batch)


def _save(batch: Batch, state: State, *fields: str) -> None:
    batch.state = state
    batch.save(using="owner", update_fields=["state", *fields])


def _record(batch: Batch) -> None:
    user = User.objects.using("owner").filter(pk=batch.user_id).first() if batch.user_id else None
    counted: dict[str, Any] = {
        name: getattr(batch, name)
        for name in ("rows_total", "created", "updated", "unchanged", "rejected", "warned")
    }
    record(
        action=f"intake.batch_{batch.state}",
        by=user,
        actor="" if user else batch.actor,
        place_code=batch.place_code,
        subject=("batch", batch.pk),
        purpose=batch.source,
        after={"dataset": batch.dataset, "sha256": batch.sha256, **counted},
        using="owner",
    )
