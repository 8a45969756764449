"""Batches of one upload: which came with which, and which wait for another.

A batch waits for those of the same upload that bring what its rows are looked up among: persons
for their households. It does not matter whether they are sheets of one file or files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

from yimaqing.domains.intake.catalogue import AUTO, dataset, datasets, folds
from yimaqing.domains.intake.models import Batch, State


@cache
def needs(name: str) -> frozenset[str]:
    """Datasets among whose records the rows of one are looked up. All of them come before it,
    so no two batches wait for each other.
    """
    one = dataset(name)
    finders = (finder.sql for column in one.columns for finder in column.finders)
    asked = " ".join((one.lookup, *finders))
    before = takewhile(lambda other: other.name != name, datasets().values())
    return frozenset(
        other.name
        for other in before
        if other.table != one.table and re.search(rf"\b{other.table}\b", asked)
    )


def still_waits(batch: Batch, *, folds: bool = False) -> bool:
    """Whether a batch of the same upload must end before this one is read; it says which.

    ``folds``: its sheet may make up the wholes of its parts, unless another file brings them.
    """
    other = _awaited(batch, sent_with(batch), folds=folds or _may_fold(batch))
    number = other.pk if other else None
    if batch.waits_for != number:
        batch.waits_for = number
        batch.save(using="owner", update_fields=["waits_for"])
    return number is not None


def ready(batch: Batch) -> list[int]:
    """Batches of the same upload, this one too, that are to be run and wait for none. Of those
    that wait on, it is said for which.
    """
    everyone = sorted([batch, *sent_with(batch)], key=lambda one: one.pk)
    found: list[int] = []
    for one in everyone:
        if one.state != State.RECEIVED:
            continue
        other = _awaited(one, everyone, folds=_may_fold(one))
        if other is None:
            found.append(one.pk)
        elif one.waits_for != other.pk:
            # Unless it is begun meanwhile: its run says it then.
            as_seen = {"state": State.RECEIVED, "waits_for": one.waits_for}
            held = Batch.objects.using("owner").filter(pk=one.pk, **as_seen)
            held.update(waits_for=other.pk)
    return found


def sent_with(batch: Batch) -> list[Batch]:
    """The other batches of the same upload, in the order in which they were made."""
    first = batch.sent_with or batch.pk
    held = Batch.objects.using("owner").filter(sent_with=first).exclude(pk=batch.pk)
    return list(held.order_by("pk"))


def _awaited(batch: Batch, others: Sequence[Batch], *, folds: bool) -> Batch | None:
    """The first that it waits for. What a file holds that nobody has looked into yet is unknown,
    so it may be what is needed; it waits for none itself.
    """
    parts = _parts()
    own = folds or _has_own(batch, others)
    names = parts if folds else {batch.dataset} - {AUTO}
    needed = frozenset[str]().union(*map(needs, names))
    for other in others:
        known = other.dataset in needed or (needed and other.dataset == AUTO)
        # A list of people comes after the rolls that bring them, with their households.
        known = known or (not own and other.dataset in names & parts and _has_own(other, others))
        if not known or other.pk == batch.pk or not _may_bring(other) or _replaced(other, others):
            continue
        # Rolls that make up their own households bring none for each other's persons.
        beside = own and not _same_sheet(other, batch)
        if names <= parts and beside and (_may_fold(other) or _folded(other)):
            continue
        return other
    return None


def _parts() -> frozenset[str]:
    """Datasets of which a sheet may make up another one's rows, too."""
    return frozenset(fold["from"] for fold in folds().values())


def _may_fold(batch: Batch) -> bool:
    """Whether it was looked into, and waits to learn if its wholes come with another file."""
    return batch.dataset == AUTO and batch.waits_for is not None


def _has_own(batch: Batch, others: Sequence[Batch]) -> bool:
    """Whether its own sheet makes up the wholes of its rows."""
    return any(_folded(o) and o.pk != batch.pk and _same_sheet(o, batch) for o in others)


def _same_sheet(one: Batch, other: Batch) -> bool:
    return (one.stored_as, one.sheet) == (other.stored_as, other.sheet)


def _folded(batch: Batch) -> bool:
    plan = batch.plan or (batch.guess or {}).get("plan") or {}
    return bool(plan.get("fold"))


def _may_bring(batch: Batch) -> bool:
    """Whether records may come of it still. A list that comes back edited brings no new ones."""
    if batch.state in (State.APPLIED, State.UNUSABLE) or batch.returned:
        return False
    return batch.state != State.CHECKED or bool(batch.created + batch.updated)


def _replaced(batch: Batch, others: Sequence[Batch]) -> bool:
    """Whether a check's file came again as a later batch, its columns settled anew."""
    return batch.state == State.CHECKED and any(
        one.pk > batch.pk
        and one.state != State.UNUSABLE
        and (one.stored_as, one.sheet, one.dataset) == (batch.stored_as, batch.sheet, batch.dataset)
        for one in others
    )
