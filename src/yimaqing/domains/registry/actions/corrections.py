"""Correcting what the file says, with the old values kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.events import household_changed
from yimaqing.domains.registry.models import Change, Household

CORRECTABLE = frozenset({"team", "address", "member_count", "bank_name"})


class BadCorrection(ValueError):
    """A field that is not corrected by hand, or a correction without a reason."""


@transaction.atomic
def correct_household(
    *, household: Household, values: Mapping[str, Any], reason: str, by: User
) -> Household:
    """Change fields of a household; the old values go into its history.

    Raise BadCorrection for a field outside CORRECTABLE or an empty reason. A value that is
    already so is not a change.
    """
    if not reason.strip() or set(values) - CORRECTABLE:
        raise BadCorrection(", ".join(sorted(set(values) - CORRECTABLE)) or "reason")
    held = Household.objects.select_for_update().get(pk=household.pk)
    before = {f: getattr(held, f) for f, new in values.items() if getattr(held, f) != new}
    if not before:
        return held
    for field in before:
        setattr(held, field, values[field])
    held.changed_at = timezone.now()
    held.save(update_fields=[*before, "changed_at"])
    Change.objects.create(
        place_code=held.place_code,
        household_id=held.pk,
        subject_kind="household",
        subject_id=held.pk,
        kind="updated",
        actor=f"user:{by.pk}",
        source=reason,
        before=before,
    )
    record(
        action="registry.household_corrected",
        by=by,
        place_code=held.place_code,
        household_id=held.pk,
        subject=("household", held.pk),
        purpose=reason,
        before=before,
        after={f: values[f] for f in before},
    )
    household_changed.send(Household, household_id=held.pk, place_code=held.place_code)
    return held
