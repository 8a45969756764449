"""Jobs of lists."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from yimaqing.domains.lists.models import Asked, Export, State
from yimaqing.domains.lists.producing import FOLDER
from yimaqing.domains.lists.queries import KEYS
from yimaqing.domains.lists.running import give_up, run_export

#: Kept questions and what an interrupted export left behind are forgotten.
KEEP_ASKED = dt.timedelta(days=30)
KEEP_ORPHANS = dt.timedelta(days=1)
#: So long after its file a workbook may come back edited: what it said is kept, sealed.
TAKEN_BACK_FOR = dt.timedelta(days=60)


@app.task(
    name="lists.export",
    queue="exports",
    retry=RetryStrategy(
        max_attempts=8, exponential_wait=2, retry_exceptions={OperationalError, InterfaceError}
    ),
)
def write_export(export_id: int) -> str:
    """Write an export; after a kill the same job writes it from the start."""
    return run_export(export_id)


def ask_for_a_run(export: Export) -> None:
    """Queue the export; one at a time for each user, so that nobody holds up the others."""
    write_export.configure(lock=f"export:{export.user_id}").defer(export_id=export.pk)


@app.periodic(cron="50 19 * * *", periodic_id="lists")
@app.task(name="lists.tidy", queueing_lock="lists.tidy")
def tidy(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Every night: files past their day, kept questions, and files that no export knows."""
    now = timezone.now()
    Asked.objects.using("owner").filter(asked_at__lt=now - KEEP_ASKED).delete()
    give_up(now - KEEP_ORPHANS)
    removed = 0
    for export in Export.objects.using("owner").filter(state=State.DONE, expires_at__lt=now):
        (settings.FILES / export.stored_as).unlink(missing_ok=True)
        Export.objects.using("owner").filter(pk=export.pk).update(state=State.EXPIRED)
        removed += 1
    known = Export.objects.using("owner")
    names = set(known.filter(state=State.DONE).values_list("stored_as", flat=True))
    late = known.filter(state=State.EXPIRED, expires_at__gte=now - TAKEN_BACK_FOR)
    names |= {f"{name}.{KEYS}" for name in [*names, *late.values_list("stored_as", flat=True)]}
    for path in (settings.FILES / FOLDER).rglob("*"):
        if (
            not path.is_file()
            or now.timestamp() - path.stat().st_mtime < KEEP_ORPHANS.total_seconds()
        ):
            continue
        if str(path.relative_to(settings.FILES)) not in names:
            path.unlink()
            removed += 1
    return removed
