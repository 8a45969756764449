"""Jobs of the codes domain."""

from __future__ import annotations

import datetime as dt
import shutil

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from yimaqing.domains.codes.labels.printing import FOLDER, print_run
from yimaqing.domains.codes.labels.process import DrawingFailed
from yimaqing.domains.codes.models import Guess, KeptCard, LabelRun, RunState

#: Both tables speak of the last minutes; an address's hash changes daily, so that a row from
#: before yesterday can never be met again. The scan log itself is kept.
KEEP = dt.timedelta(days=1)
#: Sheets are printed within days; which codes were on them is kept for good.
KEEP_SHEETS = dt.timedelta(days=30)


@app.periodic(cron="25 19 * * *", periodic_id="codes")
@app.task(name="codes.tidy", queueing_lock="codes.tidy")
def tidy(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Every night: forget who guessed and which cards were kept; the number of rows."""
    before = timezone.now() - KEEP
    guesses, _models = Guess.objects.filter(since__lt=before).delete()
    kept, _models = KeptCard.objects.filter(kept_at__lt=before).delete()
    return guesses + kept + _remove_old_sheets()


def _remove_old_sheets() -> int:
    """Files of runs that ended a month ago; how many runs."""
    old = LabelRun.objects.using("owner").filter(
        state=RunState.READY, finished_at__lt=timezone.now() - KEEP_SHEETS
    )
    for run in old:
        shutil.rmtree(settings.FILES / FOLDER / str(run.pk), ignore_errors=True)
        LabelRun.objects.using("owner").filter(pk=run.pk).update(state=RunState.REMOVED)
    return len(old)


@app.task(
    name="codes.print_labels",
    queue="labels",
    retry=RetryStrategy(
        max_attempts=8,
        exponential_wait=2,
        retry_exceptions={OperationalError, InterfaceError, DrawingFailed},
    ),
)
def print_labels(run_id: int) -> str:
    """Draw a run's sheets; a job that is done again continues where it stopped."""
    return print_run(run_id).state


def ask_for_sheets(run_id: int) -> None:
    """Queue the drawing of a run, unless it waits already; one at a time for each run."""
    lock = f"labels:{run_id}"
    try:
        # A savepoint: that it is queued already must not undo what the request has done.
        with transaction.atomic():
            print_labels.configure(lock=lock, queueing_lock=lock).defer(run_id=run_id)
    except AlreadyEnqueued:
        return
