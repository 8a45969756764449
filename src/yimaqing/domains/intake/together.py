"""Batches of one upload: which came with which, and which wait for another."""

from __future__ import annotations

from yimaqing.domains.intake.models import Batch, State


def still_waits(batch: Batch) -> bool:
    """Whether the batch that it refers to has not ended yet."""
    if batch.waits_for is None:
        return False
    ended = (State.APPLIED, State.UNUSABLE)
    held = Batch.objects.using("owner").filter(pk=batch.waits_for)
    return held.exclude(state__in=ended).exists()


def waiting_for(batch: Batch) -> list[int]:
    """Batches that can go on now that this one has ended."""
    held = Batch.objects.using("owner").filter(waits_for=batch.pk, state=State.RECEIVED)
    return list(held.order_by("pk").values_list("pk", flat=True))


def sent_with(batch: Batch) -> list[Batch]:
    """The other batches of the same upload, in the order in which they were made."""
    first = batch.sent_with or batch.pk
    held = Batch.objects.using("owner").filter(sent_with=first).exclude(pk=batch.pk)
    return list(held.order_by("pk"))
