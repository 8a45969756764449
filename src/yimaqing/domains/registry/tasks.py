"""Jobs of the registry."""

from __future__ import annotations

from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

#: So many rows of a batch make it worth looking for duplicates before the night.
MANY = 1_000


@app.periodic(cron="40 17 * * *", periodic_id="registry.duplicates")
@app.task(
    name="registry.duplicates", queueing_lock="registry.duplicates", lock="registry.duplicates"
)
def find_duplicates(timestamp: int = 0) -> int:  # noqa: ARG001 - the job library passes it
    """Every night and after large lists: who stands in the register twice; pairs newly found."""
    from yimaqing.domains.registry.duplicates.finding import find  # noqa: PLC0415 - Splink

    return find().new


@app.periodic(cron="20 * * * *", periodic_id="registry.listed")
@app.task(name="registry.listed", queueing_lock="registry.listed", lock="registry.listed")
def link_listed(timestamp: int = 0) -> int:  # noqa: ARG001 - the job library passes it
    """After each list, and every hour for what a killed job left: whom new rows mean, who looks."""
    from yimaqing.domains.registry.departments.overdue import remind  # noqa: PLC0415 - with it
    from yimaqing.domains.registry.departments.weighing import weigh_lists  # noqa: PLC0415 - too
    from yimaqing.domains.registry.linkage.listing import link_new_rows  # noqa: PLC0415 - Splink
    from yimaqing.domains.work.actions import ask_for_dates  # noqa: PLC0415 - too

    try:
        waiting = link_new_rows().waiting
        weigh_lists()
        remind()
        ask_for_dates()
        return waiting
    finally:
        connections["owner"].close()


def ask_for_links() -> None:
    """Queue the comparing, unless it waits already."""
    try:
        link_listed.defer()
    except AlreadyEnqueued:
        return


def ask_for_duplicates() -> None:
    """Queue the search, unless it waits already."""
    try:
        find_duplicates.defer()
    except AlreadyEnqueued:
        return
