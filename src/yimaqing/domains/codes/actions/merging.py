"""Codes of a household that was merged into another, and given back when it is un-merged.

Called inside the registry's merge, whose audit row names the codes.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from yimaqing.domains.codes.models import Code, State


def end_for_merger(
    *, household_id: int, into: int, place_code: str, who: str, reason: str
) -> list[int]:
    """End the active code of a household; its successor is the active code of ``into``.

    Where ``into`` (of ``place_code``) has none, the code becomes its own: the label at the door
    leads to the household that is left. The numbers of the codes, for ``restore_after_merger``.
    ``who`` is user:<id> or system:<command>.
    """
    successor = Code.objects.filter(household_id=into, state=State.ACTIVE).first()
    held = Code.objects.select_for_update().filter(household_id=household_id, state=State.ACTIVE)
    codes = [code.pk for code in held]
    if successor is None:
        _give(codes, into, place_code)
    else:
        Code.objects.filter(pk__in=codes).update(
            state=State.REPLACED,
            replaced_by=successor,
            ended_at=timezone.now(),
            ended_by=who,
            reason=reason,
        )
    return codes


def restore_after_merger(
    *, code_ids: Collection[int], household_id: int, place_code: str
) -> list[int]:
    """Give a household the codes again that ``end_for_merger`` took from it.

    Not where a newer one was issued; and what was ended by hand since stays ended.
    """
    held = list(Code.objects.select_for_update().filter(pk__in=code_ids))
    if Code.objects.filter(household_id=household_id, state=State.ACTIVE).exists():
        return []
    ended = [c.pk for c in held if c.household_id == household_id and c.state == State.REPLACED]
    Code.objects.filter(pk__in=ended).update(
        state=State.ACTIVE, replaced_by=None, ended_at=None, ended_by="", reason=""
    )
    given = [c.pk for c in held if c.household_id != household_id and c.state == State.ACTIVE]
    _give(given, household_id, place_code)
    return [*ended, *given]


def _give(codes: Collection[int], household_id: int, place_code: str) -> None:
    """Let codes lead to another household; whoever merges keeps who took them in the ledger."""
    Code.objects.filter(pk__in=codes).update(
        household_id=household_id, subject_id=household_id, place_code=place_code
    )
