"""Jobs of monitoring."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from yimaqing.analytics.lake import LakeBusy

RETRIES = 5


@app.periodic(cron="10 0 * * *", periodic_id="monitoring")
@app.task(name="monitoring.nightly", queueing_lock="monitoring.nightly", lock="monitoring.run")
def nightly(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Every night: readings go stale and children grow up without anybody storing a thing."""
    from yimaqing.domains.monitoring.actions import run  # noqa: PLC0415 - DuckDB, Ibis

    return run().households


@app.task(
    name="monitoring.run", queueing_lock="monitoring.run", lock="monitoring.run", retry=RETRIES
)
def run_again() -> int:
    """Judge everything; asked for after each applied batch, done once for those that wait."""
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
