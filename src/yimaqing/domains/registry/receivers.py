"""What the registry does when told."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from yimaqing.domains.accounts.actions import name_households
from yimaqing.domains.accounts.queries import Assignment
from yimaqing.domains.registry.models import Pairing

HELPER = "helper"


def on_batch_applied(*, batch_id: int, dataset: str, **_: Any) -> None:
    """Let helpers see the households that an imported list pairs them with.

    The administrator says who is a helper, the list says for whom: a user who holds no
    assignment as helper gains nothing by being named in a list. Told twice, it does nothing.
    """
    if dataset != "pairings":
        return
    households: defaultdict[int, set[int]] = defaultdict(set)
    rows = Pairing.objects.using("owner").filter(
        batch_id=batch_id, user_id__isnull=False, ends_on=None
    )
    for user_id, household_id in rows.values_list("user_id", "household_id"):
        households[user_id or 0].add(household_id)
    held = Assignment.objects.using("owner").filter(
        user_id__in=households, role=HELPER, place_code=None, ends_on=None
    )
    for assignment in held:
        name_households(
            assignment=assignment,
            household_ids=sorted(households[assignment.user_id]),
            by=None,
            actor="system:pairings",
            using="owner",
        )
