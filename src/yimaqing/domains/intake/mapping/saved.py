"""Mappings saved under a name: used again for every sheet of the same layout."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, QuerySet

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake.mapping.plan import Plan, fingerprint, plan_from
from yimaqing.domains.intake.models import Mapping
from yimaqing.domains.intake.reading.formats import FileUnusable
from yimaqing.kit.ids import PREFIX_LENGTH
from yimaqing.kit.rowscope import Scope

_MOST_NAME = 60


def area_of(scope: Scope) -> str:
    """The first place of a scope, by the digits that all below it share; none for all.

    Never a place above: a mapping is recognised by itself in whoever's sheets it is used for.
    """
    low = scope.ranges[0][0] if scope.ranges else ""
    return low[: max((n for n in PREFIX_LENGTH.values() if n <= len(low)), default=0)]


def mappings_for(area: str, dataset: str = "", using: str = "default") -> QuerySet[Mapping]:
    """Mappings that senders of an area may use, those of the nearest area first."""
    areas = [area[:size] for size in range(len(area) + 1)]
    found = Mapping.objects.using(using).filter(area__in=areas).order_by("-area", "name")
    return found.filter(dataset=dataset) if dataset else found


def recognised(dataset: str, headings: Sequence[str], area: str) -> tuple[str, Plan] | None:
    """The saved mapping of the same layout, the nearest area's: its name and plan."""
    found = mappings_for(area, dataset, "owner").filter(fingerprint=fingerprint(headings))
    for held in found:
        try:
            plan = plan_from(held.plan)
        except FileUnusable:
            continue  # it names a column that the dataset has no longer
        Mapping.objects.using("owner").filter(pk=held.pk).update(used=F("used") + 1)
        return held.name, plan
    return None


def named(name: str, dataset: str, area: str) -> Plan:
    """The saved mapping of that name. Raise FileUnusable when there is none."""
    held = mappings_for(area, dataset, "owner").filter(name=name).first()
    if held is None:
        raise FileUnusable("mapping_unknown", name=name[:_MOST_NAME])
    return plan_from(held.plan)


def save_mapping(
    *, name: str, plan: Plan, area: str, by: User | None, using: str = "default"
) -> Mapping:
    """Keep a plan under a name, in place of an earlier one of that name."""
    with transaction.atomic(using=using):
        held, new = Mapping.objects.using(using).update_or_create(
            area=area,
            dataset=plan.dataset,
            name=name.strip()[:_MOST_NAME],
            defaults={
                "plan": plan.as_json(),
                "fingerprint": fingerprint(plan.headings),
                "user_id": by.pk if by else None,
            },
        )
        record(
            action="intake.mapping_saved",
            by=by,
            actor="" if by else "system:import",
            subject=("mapping", held.pk),
            after={"dataset": plan.dataset, "name": held.name, "new": new},
            using=using,
        )
    return held


def forget_mapping(*, mapping: Mapping, by: User | None, using: str = "default") -> None:
    """Remove a saved mapping; batches that it was used for keep theirs."""
    with transaction.atomic(using=using):
        record(
            action="intake.mapping_removed",
            by=by,
            actor="" if by else "system:import",
            subject=("mapping", mapping.pk),
            after={"dataset": mapping.dataset, "name": mapping.name},
            using=using,
        )
        Mapping.objects.using(using).filter(pk=mapping.pk).delete()
