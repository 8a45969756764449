"""Codes of a household that was merged into another, and given back when it is un-merged.

Called inside the registry's merge, whose audit row names the codes.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from yimaqing.domains.codes.models import Code, State


def end_for_merger(*, household_id: int, into: int, who: str, reason: str) -> list[int]:
    """End the active code of a household; its successor is the active code of ``into``.

    The numbers of the codes ended, for ``restore_after_merger``. ``who`` is user:<id> or
    system:<command>.
    """
    successor = Code.objects.filter(household_id=into, state=State.ACTIVE).first()
    held = Code.objects.select_for_update().filter(household_id=household_id, state=State.ACTIVE)
    ended = [code.pk for code in held]
    Code.objects.filter(pk__in=ended).update(
        state=State.REPLACED,
        replaced_by=successor,
        ended_at=timezone.now(),
        ended_by=who,
        reason=reason,
    )
    return ended


def restore_after_merger(*, code_ids: Collection[int]) -> list[int]:
    """Make codes active again that ``end_for_merger`` ended, where no newer one was issued."""
    ended = Code.objects.select_for_update().filter(pk__in=code_ids, state=State.REPLACED)
    taken = Code.objects.filter(
        state=State.ACTIVE, household_id__in=[code.household_id for code in ended]
    )
    households = set(taken.values_list("household_id", flat=True))
    restored = [code.pk for code in ended if code.household_id not in households]
    Code.objects.filter(pk__in=restored).update(
        state=State.ACTIVE, replaced_by=None, ended_at=None, ended_by="", reason=""
    )
    return restored
