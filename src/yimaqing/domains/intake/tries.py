"""How often a batch was begun at the same step: what kills its process must not do so for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, InterfaceError, OperationalError, connections

from yimaqing.domains.intake.models import Batch, Undo


@contextmanager
def counted(batch: Batch | Undo, most: int | None) -> Iterator[bool]:
    """Around a try: whether the batch got further since, or was begun fewer than ``most`` times.

    If so, the try is counted before it is made: a process that dies cannot count it after. One
    that the database ended, not the batch, is taken off again. ``None``: nothing is counted.
    """
    before = batch.tries.get("count", 0) if batch.tries.get("at") == batch.step else 0
    if most is None or before >= most:
        yield most is None
        return
    mine = {"at": batch.step, "count": before + 1}
    batch.tries = mine
    batch.save(using="owner", update_fields=["tries"])
    try:
        yield True
    except (OperationalError, InterfaceError):
        with suppress(DatabaseError, InterfaceError):  # it may still be away
            connections["owner"].close()
            # Another run that has begun since has counted on; its count is its own.
            uncounted = type(batch).objects.using("owner").filter(pk=batch.pk, tries=mine)
            uncounted.update(tries=mine | {"count": before})
        raise
