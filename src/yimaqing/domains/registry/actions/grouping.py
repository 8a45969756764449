"""The group that a household is monitored in, as an officer's decision sets it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.codetables import code_table
from yimaqing.domains.registry.events import household_changed
from yimaqing.domains.registry.models import Change, Household


class UnknownGroup(ValueError):
    """The group stands in no code table."""


@transaction.atomic
def set_group(*, household_id: int, group: str, source: str, by: User) -> Household:
    """Set the household's monitored group (empty: none); the old one goes into its history.

    Who may decide it the caller has asked. Raise UnknownGroup. One that is so already is no change.
    """
    if group and group not in code_table("group").shown:
        raise UnknownGroup(group)
    held = Household.objects.select_for_update(no_key=True).get(pk=household_id)
    before = {"group": held.group}
    if held.group == group:
        return held
    held.group, held.changed_at, held.source = group, timezone.now(), source
    held.save(update_fields=["group", "changed_at", "source"])
    Change.objects.create(
        place_code=held.place_code,
        household_id=held.pk,
        subject_kind="household",
        subject_id=held.pk,
        kind="updated",
        actor=f"user:{by.pk}",
        source=source,
        before=before,
    )
    record(
        action="registry.group_set",
        by=by,
        place_code=held.place_code,
        household_id=held.pk,
        subject=("household", held.pk),
        purpose=source,
        before=before,
        after={"group": group},
    )
    household_changed.send(Household, household_id=held.pk, place_code=held.place_code)
    return held
