"""How often a batch was begun at the same step: what kills its process must not do so for ever."""

from __future__ import annotations

from yimaqing.domains.intake.models import Batch


def may_try(batch: Batch, most: int | None) -> bool:
    """Whether the batch got further since, or was begun fewer than ``most`` times at its step.

    If so, this try is counted before it is made: a process that dies cannot count it after.
    """
    if most is None:
        return True
    before = batch.tries.get("count", 0) if batch.tries.get("at") == batch.step else 0
    if before >= most:
        return False
    batch.tries = {"at": batch.step, "count": before + 1}
    batch.save(using="owner", update_fields=["tries"])
    return True


def forgive(batch_id: int) -> None:
    """The last try does not count: the database, not the batch, ended it."""
    batch = Batch.objects.using("owner").get(pk=batch_id)
    if batch.tries:
        batch.tries["count"] -= 1
        batch.save(using="owner", update_fields=["tries"])
