"""Mappings saved under a name: used again for every sheet of the same layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.plan import AS_OF, Plan, Source, fingerprint, plan_from
from yimaqing.domains.intake.mapping.titles import YEAR, constants_from
from yimaqing.domains.intake.mapping.units import stated_factor
from yimaqing.domains.intake.mapping.vocabulary import BY
from yimaqing.domains.intake.mapping.wide import day_of
from yimaqing.domains.intake.models import Mapping
from yimaqing.domains.intake.reading.formats import FileUnusable
from yimaqing.kit.dataset import Kind
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


def recognised(
    dataset: str, headings: Sequence[str], titles: Sequence[str], area: str
) -> tuple[str, Plan] | None:
    """The saved mapping of the same layout, the nearest area's, saved last: its name and plan."""
    found = mappings_for(area, dataset, "owner").filter(fingerprint=fingerprint(headings))
    for held in found.order_by("-area", "-saved_at"):
        try:
            plan = plan_from(held.plan)
        except FileUnusable:
            continue  # it names a column that the dataset has no longer
        Mapping.objects.using("owner").filter(pk=held.pk).update(used=F("used") + 1)
        return held.name, refitted(plan, headings, titles)
    return None


def refitted(plan: Plan, headings: Sequence[str], titles: Sequence[str]) -> Plan:
    """The plan for a sheet of the same layout whose headings are dated or spaced otherwise.

    What the sheet's own headings and titles say counts: days, units, the year.
    """
    now = dict(zip(plan.headings, filter(None, headings), strict=False))
    columns = tuple(
        replace(
            one,
            heading=new,
            day=day_of(new, one.target) if new != one.heading else one.day,
            factor=_factor(one, new, plan.dataset, titles),
        )
        for one in plan.columns
        for new in (now.get(one.heading, one.heading),)
    )
    stated = constants_from(plan.dataset, titles, [one.target for one in columns])
    heads = dict(plan.heads)
    if "column" in heads:
        heads["column"] = now.get(heads["column"], heads["column"])
    return replace(
        plan,
        columns=columns,
        constants={**stated, **plan.constants},
        headings=tuple(now.values()),
        fill=tuple(now.get(one, one) for one in plan.fill),
        heads=heads,
        fold=now.get(plan.fold, plan.fold),
        group=tuple(now.get(one, one) for one in plan.group),
    )


def _factor(one: Source, heading: str, name: str, titles: Sequence[str]) -> float:
    """The unit that the sheet states; else the one that was saved, unless its heading stated it."""
    columns = {c.name: c for c in dataset(name).sheet_columns}
    column = columns[one.target.partition(BY)[0]]
    stated = stated_factor(heading, column, titles)
    if stated is not None:
        return stated
    return one.factor if stated_factor(one.heading, column) is None else 1.0


def _of_any_file(plan: Plan, titles: Sequence[str]) -> Plan:
    """Without the day, year and place of a whole sheet: they were one file's. Whoever sends the
    next one is asked: a village's sheet must not be read as its neighbour's. What the sheet's
    title said (a fund, a class of households) the next one's title says for itself.
    """
    told = constants_from(plan.dataset, titles, [one.target for one in plan.columns])
    own = (Kind.DATE, Kind.PLACE)
    ones = {c.name for c in dataset(plan.dataset).columns if c.kind in own or c.name == YEAR}
    kept = {
        k: v
        for k, v in plan.constants.items()
        if (k not in ones or AS_OF in v) and told.get(k) != v
    }
    return replace(plan, constants=kept)


def named(name: str, dataset: str, area: str) -> Plan:
    """The saved mapping of that name. Raise FileUnusable when there is none."""
    held = mappings_for(area, dataset, "owner").filter(name=name).first()
    if held is None:
        raise FileUnusable("mapping_unknown", name=name[:_MOST_NAME])
    return plan_from(held.plan)


def save_mapping(
    *,
    name: str,
    plan: Plan,
    area: str,
    by: User | None,
    titles: Sequence[str] = (),
    using: str = "default",
) -> Mapping:
    """Keep a plan under a name, in place of an earlier one of that name.

    ``titles`` stand above the sheet that it was settled for.
    """
    plan = _of_any_file(plan, titles)
    with transaction.atomic(using=using):
        held, new = Mapping.objects.using(using).update_or_create(
            area=area,
            dataset=plan.dataset,
            name=name.strip()[:_MOST_NAME],
            defaults={
                "plan": plan.as_json(),
                "fingerprint": fingerprint(plan.headings),
                "user_id": by.pk if by else None,
                "saved_at": Now(),
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
