"""Jobs of monitoring."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from yimaqing.analytics.lake import LakeBusy
from yimaqing.domains.monitoring.models import Run

RETRIES = 5


@app.periodic(cron="10 * * * *", periodic_id="monitoring")
@app.task(name="monitoring.nightly", queueing_lock="monitoring.nightly", lock="monitoring.run")
def nightly(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Once each day, soon after it began: readings go stale, children grow up and rules begin
    to hold without anybody storing a thing. Asked every hour, so that a night in which the
    service was down, or the run failed, is made up for.
    """
    if Run.objects.filter(as_of=timezone.localdate()).exists():
        return 0
    return _judge_everything()


@app.task(
    name="monitoring.run", queueing_lock="monitoring.run", lock="monitoring.run", retry=RETRIES
)
def run_again() -> int:
    """Judge everything; asked for after each applied batch, done once for those that wait."""
    return _judge_everything()


def _judge_everything() -> int:
    """How many households; 0 while another run writes, after which it is done again."""
    from yimaqing.domains.monitoring.actions import run  # noqa: PLC0415 - DuckDB, Ibis

    try:
        return run().households
    except LakeBusy:
        ask_for_a_run()
        return 0


def ask_for_a_run() -> None:
    """Queue a run unless one waits already."""
    try:
        run_again.configure(schedule_in={"seconds": 5}).defer()
    except AlreadyEnqueued:
        return
