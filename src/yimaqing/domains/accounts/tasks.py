"""Jobs of the accounts domain."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from yimaqing.domains.accounts.models import Session


@app.periodic(cron="17 3 * * *", periodic_id="accounts")
@app.task(name="accounts.clear_sessions", queueing_lock="accounts.clear_sessions")
def clear_sessions(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Delete sessions that have run out; the number deleted."""
    gone, _models = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return gone
