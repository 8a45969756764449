"""Jobs of intake."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections, transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from yimaqing.domains.accounts.models import User
from yimaqing.domains.intake.models import FINISHED, Batch, State
from yimaqing.domains.intake.originals import FOLDER
from yimaqing.domains.intake.together import ready

#: A dry run's rows wait this long for "apply"; after it they are read from the file again.
KEEP_CHECKED = dt.timedelta(days=7)
#: A kept file without a batch is what an interrupted upload left behind.
KEEP_ORPHANS = dt.timedelta(days=1)
#: So often may a batch end its worker (out of memory) at the same step, before it is given up.
MOST_TRIES = 4
#: While the database is away a job is tried again.
_AGAIN = RetryStrategy(
    max_attempts=8, exponential_wait=2, retry_exceptions={OperationalError, InterfaceError}
)


@app.task(name="intake.run", queue="intake", retry=_AGAIN)
def run_batch(batch_id: int) -> str:
    """Take a batch to its end; a job that is done again continues where it stopped."""
    from yimaqing.domains.intake.running import BatchBroken, run  # noqa: PLC0415 - Polars

    # A worker's connection lives on: PostgreSQL fixes its temp_buffers at the first use.
    connections["owner"].close()
    try:
        batch = run(batch_id, most_tries=MOST_TRIES)
    except BatchBroken:
        _ask_for_others(Batch.objects.using("owner").get(pk=batch_id))
        raise
    _ask_for_others(batch)
    return batch.state


def _ask_for_others(batch: Batch) -> None:
    """Queue what came with a batch and need not wait for it any more."""
    for other in ready(batch):
        ask_for_a_run(other)


@app.task(name="intake.discard", queue="intake", retry=_AGAIN)
def discard_batch(batch_id: int, user_id: int) -> str:
    """Discard a batch that waits still; what waited for it goes on."""
    from yimaqing.domains.intake.discarding import (  # noqa: PLC0415 - Polars
        NothingToDiscard,
        discard,
    )

    connections["owner"].close()
    batch = Batch.objects.using("owner").get(pk=batch_id)
    try:
        batch = discard(batch=batch, by=User.objects.using("owner").get(pk=user_id))
    except NothingToDiscard:
        return batch.state  # somebody let it in meanwhile, or it was asked for twice
    _ask_for_others(batch)
    return batch.state


def ask_for_an_end(batch_id: int, user_id: int) -> None:
    """Queue the discarding of a batch; never beside a run of it."""
    discard_batch.configure(lock=f"intake:{batch_id}").defer(batch_id=batch_id, user_id=user_id)


def ask_for_a_run(batch_id: int) -> None:
    """Queue the batch's run, unless it waits already; one at a time for each batch."""
    lock = f"intake:{batch_id}"
    try:
        # A savepoint: that it is queued already must not undo what the request has done.
        with transaction.atomic():
            run_batch.configure(lock=lock, queueing_lock=lock).defer(batch_id=batch_id)
    except AlreadyEnqueued:
        return


@app.task(name="intake.undo", queue="intake", retry=_AGAIN)
def run_an_undo(undo_id: int) -> str:
    """Take an undo to its end; a job that is done again begins anew, for nothing was done."""
    from yimaqing.domains.intake.undo.running import run_undo  # noqa: PLC0415 - Polars

    connections["owner"].close()
    return run_undo(undo_id, most_tries=MOST_TRIES).state


def ask_for_an_undo(undo_id: int) -> None:
    """Queue an undo, unless it waits already."""
    lock = f"intake-undo:{undo_id}"
    try:
        with transaction.atomic():
            run_an_undo.configure(lock=lock, queueing_lock=lock).defer(undo_id=undo_id)
    except AlreadyEnqueued:
        return


@app.task(
    name="intake.workbook",
    queue="intake",
    retry=RetryStrategy(
        max_attempts=3, exponential_wait=2, retry_exceptions={OperationalError, InterfaceError}
    ),
)
def make_a_workbook(batch_id: int, language: str) -> int:
    """Make the workbook of a batch's errors in the language of who asked."""
    from yimaqing.domains.intake.workbook.making import make  # noqa: PLC0415 - Polars

    connections["owner"].close()
    with override(language):
        make(Batch.objects.using("owner").get(pk=batch_id))
    return batch_id


def ask_for_a_workbook(batch_id: int) -> None:
    """Queue the workbook, unless it waits already."""
    lock = f"intake-workbook:{batch_id}"
    try:
        with transaction.atomic():
            task = make_a_workbook.configure(lock=lock, queueing_lock=lock)
            task.defer(batch_id=batch_id, language=get_language() or "zh-hans")
    except AlreadyEnqueued:
        return


_UNDOS_LEFT = """
SELECT u.id FROM intake_undo u
WHERE (u.state = 'received' OR (u.state = 'undone' AND u.announced_at IS NULL))
  AND EXISTS (SELECT FROM procrastinate_jobs j WHERE j.task_name = %(task)s
    AND (j.args->>'undo_id')::bigint = u.id AND j.status = 'failed')
  AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.task_name = %(task)s
    AND (j.args->>'undo_id')::bigint = u.id AND j.status IN ('todo', 'doing'))
ORDER BY u.id
"""
_LEFT = """
SELECT b.id FROM intake_batch b
WHERE (b.state <> ALL (%(finished)s) OR (b.state = 'applied' AND b.announced_at IS NULL
       AND b.failure IS NULL))
  AND EXISTS (SELECT FROM procrastinate_jobs j WHERE j.task_name = %(task)s
    AND (j.args->>'batch_id')::bigint = b.id AND j.status = 'failed')
  AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.task_name = %(task)s
    AND (j.args->>'batch_id')::bigint = b.id AND j.status IN ('todo', 'doing'))
ORDER BY b.id
"""


@app.periodic(cron="*/5 * * * *", periodic_id="intake-left")
@app.task(name="intake.continue_left", queueing_lock="intake.continue_left")
def continue_left(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Batches and undos whose jobs gave up, the database being away for too long, are queued.

    One of the terminal is not: it never had a job, and its user was told.
    """
    values = {"finished": [str(state) for state in FINISHED], "task": run_batch.name}
    left = _ids(_LEFT, values)
    # What waited for a batch that ended where no job could say so: at the terminal.
    waited = Batch.objects.using("owner").filter(state=State.RECEIVED, waits_for__isnull=False)
    left += [one.pk for one in waited if one.pk in ready(one)]
    for batch_id in left:
        ask_for_a_run(batch_id)
    undos = _ids(_UNDOS_LEFT, {"task": run_an_undo.name})
    for undo_id in undos:
        ask_for_an_undo(undo_id)
    return len(left) + len(undos)


def _ids(sql: str, values: dict[str, Any]) -> list[int]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]


@app.periodic(cron="40 19 * * *", periodic_id="intake")
@app.task(name="intake.tidy", queueing_lock="intake.tidy")
def tidy(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Every night: forget old dry runs' rows and files that no batch knows."""
    from yimaqing.domains.intake import staging  # noqa: PLC0415 - Polars

    now = timezone.now()
    old = Batch.objects.using("owner").filter(
        state=State.CHECKED, finished_at__lt=now - KEEP_CHECKED
    )
    for batch in old:
        staging.drop(batch.pk)
    removed = 0
    for path in (settings.FILES / FOLDER).rglob("*"):
        age = now.timestamp() - path.stat().st_mtime
        name = str(path.relative_to(settings.FILES))
        if path.is_file() and age > KEEP_ORPHANS.total_seconds():
            if Batch.objects.using("owner").filter(stored_as=name).exists():
                continue
            path.unlink()
            removed += 1
    return removed
