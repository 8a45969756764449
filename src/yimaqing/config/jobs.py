"""The jobs service: a procrastinate worker that also picks up what dead workers left.

After kill -9 of a worker its jobs stay ``doing`` for ever, and with their lock they hold
up every later job of the same kind. Workers write a heartbeat every ten seconds; a job
whose worker has none for half a minute goes back to the queue.
"""

from __future__ import annotations

import logging
import time

from django.db import OperationalError, connections
from procrastinate import App, exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

log = logging.getLogger("yimaqing.jobs")

STALLED_AFTER_SECONDS = 30.0
WAIT_SECONDS = 2.0
KEEP_FINISHED_HOURS = 24 * 14


async def requeue_stalled(worker: App) -> int:
    """Put jobs of dead workers back; returns how many."""
    stalled = list(
        await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    )
    for job in stalled:
        await _put_back(worker, job)
    return len(stalled)


async def _put_back(worker: App, job: Job) -> None:
    log.warning("job %s (%s) was left by a dead worker: queued again", job.id, job.task_name)
    try:
        await worker.job_manager.retry_job(job)
    except exceptions.UniqueViolation:
        # The same work waits in the queue already, so this one need not be done twice.
        await worker.job_manager.finish_job(job, status=Status.FAILED, delete_job=False)


@app.periodic(cron="* * * * *", periodic_id="requeue")
@app.task(name="jobs.requeue_stalled", queueing_lock="jobs.requeue_stalled")
async def requeue_stalled_jobs(timestamp: int) -> int:  # noqa: ARG001 - passed by the library
    """Every minute; ``timestamp`` is when it was due (Unix seconds)."""
    return await requeue_stalled(app)


@app.periodic(cron="17 19 * * *", periodic_id="tidy")
@app.task(name="jobs.tidy", queueing_lock="jobs.tidy")
async def delete_old_jobs(timestamp: int) -> None:  # noqa: ARG001 - passed by the library
    """Every night (crons count in UTC): forget jobs that ended two weeks ago."""
    await app.job_manager.delete_old_jobs(
        KEEP_FINISHED_HOURS, include_failed=True, include_cancelled=True
    )


def work(threads: int) -> None:
    """Do jobs until SIGTERM, finishing the running ones first."""
    wait_for_database()
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker:
        worker.run_worker(concurrency=threads)


def wait_for_database() -> None:
    """Wait while the database recovers from a crash, instead of dying again and again."""
    while True:
        try:
            connections["default"].ensure_connection()
        except OperationalError as error:
            log.warning("waiting for the database: %s", str(error).strip())
            time.sleep(WAIT_SECONDS)
        else:
            connections["default"].close()
            return
