"""Jobs of the to-dos."""

from __future__ import annotations

from procrastinate.contrib.django import app

from yimaqing.domains.work.actions import date_todos
from yimaqing.domains.work.actions.dating import TASK


@app.periodic(cron="*/10 * * * *", periodic_id="work")
@app.task(name="work.date_left", queueing_lock="work.date_left", lock=TASK)
def date_left(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Dates for what nobody asked them for, or what was locked when somebody did."""
    return date_todos()


@app.task(name=TASK, queueing_lock=TASK, lock=TASK)
def date_now() -> int:
    """Dates for what a batch opened."""
    return date_todos()
