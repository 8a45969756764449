"""Jobs of the accounts domain."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from yimaqing.domains.accounts.models import Guess, Session


@app.periodic(cron="17 19 * * *", periodic_id="accounts")
@app.task(name="accounts.clear_sessions", queueing_lock="accounts.clear_sessions")
def clear_sessions(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Delete sessions that have run out; the number deleted."""
    gone, _models = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return gone


@app.periodic(cron="27 19 * * *", periodic_id="accounts.guesses")
@app.task(name="accounts.forget_guesses", queueing_lock="accounts.forget_guesses")
def forget_guesses(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Delete counters of wrong passwords that have run out; the number deleted."""
    yesterday = timezone.now() - dt.timedelta(days=1)
    gone, _models = Guess.objects.filter(since__lt=yesterday).delete()
    return gone
