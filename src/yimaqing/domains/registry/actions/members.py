"""To-dos about the members of one household, brought into line with who they are now."""

from __future__ import annotations

from django.db.models import Count, Q

from yimaqing.domains.accounts.models import User
from yimaqing.domains.registry.models import Household, Person
from yimaqing.domains.work.actions import open_todo, settle_todo


def settle_members(household: Household, *, by: User | None, actor: str, reason: str) -> None:
    """Open and end the to-dos of loaders/following.py, for one household at once."""
    members = Person.objects.filter(
        place_code=household.place_code, household_id=household.pk, valid=True
    )
    counted = members.aggregate(n=Count("pk"), heads=Count("pk", filter=Q(relation="head")))
    number, heads = counted["n"], counted["heads"]
    faults = {
        "no_members": number == 0,
        "head_missing": number > 0 and heads == 0,
        "several_heads": heads > 1,
        "members_differ": number > 0 and number != household.member_count,
    }
    subject = ("household", household.pk)
    for name, is_so in faults.items():
        kind = f"registry.{name}"
        if is_so and household.valid:
            open_todo(
                kind=kind,
                subject=subject,
                place_code=household.place_code,
                household_id=household.pk,
                detail={
                    "household_number": household.household_number,
                    "members": number,
                    "declared": household.member_count,
                },
                restate=True,
                by=by,
                actor=actor,
            )
        else:
            settle_todo(kind=kind, subject=subject, reason=reason, by=by, actor=actor)
