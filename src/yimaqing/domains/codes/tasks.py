"""Jobs of the codes domain."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from procrastinate.contrib.django import app

from yimaqing.domains.codes.models import Guess, KeptCard

#: Both tables speak of the last minutes; an address's hash changes daily, so that a row from
#: before yesterday can never be met again. The scan log itself is kept.
KEEP = dt.timedelta(days=1)


@app.periodic(cron="25 3 * * *", periodic_id="codes")
@app.task(name="codes.tidy", queueing_lock="codes.tidy")
def tidy(timestamp: int) -> int:  # noqa: ARG001 - the job library passes it
    """Every night: forget who guessed and which cards were kept; the number of rows."""
    before = timezone.now() - KEEP
    guesses, _models = Guess.objects.filter(since__lt=before).delete()
    kept, _models = KeptCard.objects.filter(kept_at__lt=before).delete()
    return guesses + kept
