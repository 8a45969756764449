"""Telling those who listen that a batch was applied: once, and not for ever in vain."""

from __future__ import annotations

import logging

from django.utils import timezone

from yimaqing.domains.intake.events import batch_applied
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.tries import counted

#: Stands in ``Batch.failure`` of an applied batch that nobody could be told of.
UNANNOUNCED = "unannounced"

log = logging.getLogger(__name__)


def announce(batch: Batch, most_tries: int | None) -> None:
    """Tell of an applied batch, unless it was told before.

    What listens runs in this process and can end it. Begun ``most_tries`` times in vain, it is
    left: the records stay, the batch says so, and whoever runs it without that bound tells again.
    """
    if batch.state != State.APPLIED or batch.announced_at is not None:
        return
    with counted(batch, most_tries) as may_try:
        if may_try:
            batch_applied.send(Batch, batch_id=batch.pk, dataset=batch.dataset)
            batch.announced_at, batch.failure = timezone.now(), None
        else:
            log.error("batch %d is applied, but telling it failed %d times", batch.pk, most_tries)
            batch.failure = {"code": UNANNOUNCED, "params": {"batch": batch.pk}}
        batch.save(using="owner", update_fields=["announced_at", "failure"])
