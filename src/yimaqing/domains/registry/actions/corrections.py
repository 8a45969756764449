"""Correcting what the file says, with the old values kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.actions.members import settle_members
from yimaqing.domains.registry.events import household_changed
from yimaqing.domains.registry.models import Change, Household

#: Fields that are corrected by hand; of texts the greatest length, as the import allows it.
LENGTHS = {"team": 40, "address": 200, "bank_name": 100}
MOST_MEMBERS = 30
CORRECTABLE = frozenset({*LENGTHS, "member_count"})


class BadCorrection(ValueError):
    """A field that is not corrected by hand, a value that cannot be, or no reason given."""


class ChangedMeanwhile(ValueError):
    """Somebody else changed the same fields; ``held`` is what all the fields say now."""

    def __init__(self, fields: Mapping[str, Any], held: Mapping[str, Any]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = dict(fields)
        self.held = dict(held)


@transaction.atomic
def correct_household(
    *,
    household: Household,
    values: Mapping[str, Any],
    reason: str,
    by: User,
    seen: Mapping[str, Any] | None = None,
) -> Household:
    """Change fields of a household; the old values go into its history.

    ``reason`` is also the source of what the file says from now on. ``seen`` is what the
    corrector had before his eyes: a value that he left as he saw it is no correction. A
    value that is already so is not a change.

    Raise BadCorrection for a field outside CORRECTABLE, an unfit value or an empty reason;
    ChangedMeanwhile, and change nothing, where the file no longer says what was seen.
    """
    _check(values, reason)
    wanted = {f: v for f, v in values.items() if seen is None or seen.get(f) != v}
    # Not FOR UPDATE: a batch that raises a warning refers to the row meanwhile.
    held = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    before = {f: getattr(held, f) for f, new in wanted.items() if getattr(held, f) != new}
    if not before:
        return held
    overtaken = {f: old for f, old in before.items() if seen is not None and seen.get(f) != old}
    if overtaken:
        raise ChangedMeanwhile(overtaken, {f: getattr(held, f) for f in values})
    for field in before:
        setattr(held, field, wanted[field])
    held.changed_at, held.source = timezone.now(), reason.strip()
    held.save(update_fields=[*before, "changed_at", "source"])
    Change.objects.create(
        place_code=held.place_code,
        household_id=held.pk,
        subject_kind="household",
        subject_id=held.pk,
        kind="updated",
        actor=f"user:{by.pk}",
        source=held.source,
        before=before,
    )
    record(
        action="registry.household_corrected",
        by=by,
        place_code=held.place_code,
        household_id=held.pk,
        subject=("household", held.pk),
        purpose=held.source,
        before=before,
        after={f: wanted[f] for f in before},
    )
    if "member_count" in before:
        settle_members(held, by=by, actor="", reason=held.source)
    household_changed.send(Household, household_id=held.pk, place_code=held.place_code)
    return held


def _check(values: Mapping[str, Any], reason: str) -> None:
    if not reason.strip():
        raise BadCorrection(_("请写明更正的依据。"))
    for field, value in values.items():
        if field not in CORRECTABLE:
            raise BadCorrection(_("%(field)s 不能人工更正，请随名单导入。") % {"field": field})
        if field == "member_count":
            if not 1 <= value <= MOST_MEMBERS:
                raise BadCorrection(
                    _("家庭人口数应在 1 与 %(most)s 之间。") % {"most": MOST_MEMBERS}
                )
        elif len(value) > LENGTHS[field]:
            raise BadCorrection(_("最多 %(most)s 个字。") % {"most": LENGTHS[field]})
