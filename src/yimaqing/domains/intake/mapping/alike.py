"""Files of one layout that wait for their columns: what was settled for one serves the others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.db.models import F

from yimaqing.domains.accounts.models import User
from yimaqing.domains.intake.mapping.choosing import NothingToChoose, ask_again, choose_columns
from yimaqing.domains.intake.mapping.plan import (
    Plan,
    fingerprint,
    lacking_of,
    missing_of,
    plan_from,
)
from yimaqing.domains.intake.mapping.saved import refitted
from yimaqing.domains.intake.models import Batch, Mapping, State

#: So many of a sender's waiting files are looked at, the oldest first.
_MOST = 200


@dataclass(frozen=True)
class Carried:
    """What a saved mapping did for files that waited: those that go on by it, and those that
    are asked about again, for ``missing`` (labels) no layout tells.
    """

    settled: list[Batch] = field(default_factory=list)
    asked: list[Batch] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def alike(batch: Batch, using: str = "default") -> list[int]:
    """Other files of the batch's sender, dataset and layout that wait for their columns."""
    waiting = (
        Batch.objects.using(using)
        .filter(state=State.COLUMNS, user_id=batch.user_id, dataset=batch.dataset)
        .exclude(pk=batch.pk)
        .order_by("pk")
    )
    mine = fingerprint((batch.guess or {})["plan"]["headings"])
    found = waiting.values_list("pk", "guess__plan__headings")[:_MOST]
    return [number for number, headings in found if headings and fingerprint(headings) == mine]


def carry_on(*, numbers: list[int], saved: Mapping, by: User, using: str = "default") -> Carried:
    """Let files that wait go on by a mapping that was saved just now.

    One that lacks what no mapping keeps (its village, its day) is asked about that alone. One
    that somebody settled or discarded meanwhile is left.
    """
    done = Carried()
    for batch in Batch.objects.using(using).filter(pk__in=numbers).order_by("pk"):
        plan = _fitted(plan_from(saved.plan), batch)
        # Whether what only new records need is needed is seen when the file is looked at again.
        missing = [*missing_of(plan), *lacking_of(plan)]
        try:
            if missing:
                done.asked.append(ask_again(batch=batch, by=by, using=using))
            else:
                named = saved.name
                held = choose_columns(batch=batch, plan=plan, by=by, named=named, using=using)
                done.settled.append(held)
        except NothingToChoose:
            continue
        done.missing.extend(one for one in missing if one not in done.missing)
    used = Mapping.objects.using(using).filter(pk=saved.pk)
    used.update(used=F("used") + len(done.settled))
    return done


def _fitted(plan: Plan, batch: Batch) -> Plan:
    """The plan for a file: with its own headings and titles, and its own words for values."""
    content = batch.guess or {}
    own = plan_from(content["plan"])
    plan = refitted(plan, own.headings, content["titles"])
    words = {(one.heading, one.target): one.values for one in own.columns}
    columns = tuple(
        replace(one, values={**words.get((one.heading, one.target), {}), **one.values})
        for one in plan.columns
    )
    return replace(plan, columns=columns)
