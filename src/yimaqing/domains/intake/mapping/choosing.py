"""Somebody says which column is which; the batch goes on with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.plan import (
    Plan,
    Source,
    completed,
    missing_of,
    plan_from,
    ungiven,
)
from yimaqing.domains.intake.mapping.units import factor_of
from yimaqing.domains.intake.mapping.values import labels_of
from yimaqing.domains.intake.mapping.vocabulary import BY
from yimaqing.domains.intake.mapping.wide import day_of, is_part
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.reading.formats import FileUnusable

#: In place of a target: the column stays as it was guessed (two things stand in it).
AS_GUESSED = "="


#: What a word is read as that states no value; one of ``Column.nothing``.
NO_VALUE = "不作读数"
#: In place of a batch's plan: its columns are to be asked about, whatever is known of its layout.
ASK = "ask"


class NothingToChoose(ValueError):
    """The batch does not wait for its columns."""


def plan_of(
    content: Mapping[str, Any],
    targets: Mapping[str, str],
    constants: Mapping[str, str],
    words: Mapping[str, Mapping[str, str]] | None = None,
) -> Plan:
    """The guessed plan with the chosen target of each heading. Raise FileUnusable.

    ``targets``: heading → target, empty for a column that is left out. ``words``: heading → what
    its cells are read as; they count where the target is the guessed one.
    """
    guessed = plan_from(content["plan"])
    columns: list[Source] = []
    for heading in guessed.headings:
        chosen = targets.get(heading, "")
        held = [s for s in guessed.columns if s.heading == heading]
        if chosen == AS_GUESSED:
            columns += held
        elif chosen:
            same = [s for s in held if s.target == chosen]
            same = [_worded(s, guessed.dataset, (words or {}).get(heading, {})) for s in same]
            columns += same or [_source(guessed.dataset, heading, chosen, content["titles"])]
    given = {name: value.strip() for name, value in constants.items() if value.strip()}
    plan = completed(replace(guessed, columns=tuple(columns), constants=given))
    plan = plan_from(plan.as_json())
    missing = missing_of(plan)
    if missing:
        raise FileUnusable("target_missing", headings="、".join(missing))
    # What only new records need may be left blank where most are known, or by whoever was told.
    untold = [c.label for c in ungiven(plan) if c.for_new and c.name not in constants]
    if untold and not content.get("known"):
        raise FileUnusable("new_lack", headings="、".join(untold))
    return plan


def _worded(source: Source, name: str, words: Mapping[str, str]) -> Source:
    """The column with what was chosen for its words; a blank one is left as it stands."""
    if not words:
        return source
    labels = labels_of(dataset(name).column(source.target))
    labels += [NO_VALUE] if is_part(source.target) else []
    kept = {cell: label for cell, label in source.values.items() if cell not in words}
    chosen = {cell: label for cell, label in words.items() if label in labels}
    return replace(source, values={**kept, **chosen})


def _source(name: str, heading: str, target: str, titles: list[str]) -> Source:
    known = {c.name: c for c in dataset(name).sheet_columns}
    column = known.get(target.partition(BY)[0])
    if column is None:
        raise FileUnusable("mapping_target", heading=heading[:40], target=target[:40])
    factor = factor_of(heading, column, titles)
    return Source(heading, target, "", factor, day=day_of(heading, target))


def choose_columns(
    *, batch: Batch, plan: Plan, by: User, named: str = "", using: str = "default"
) -> Batch:
    """Let a batch go on with the plan. Raise NothingToChoose when it does not wait for one.

    ``named``: the saved mapping that the plan is, where nobody chose it for this file.
    """
    values: dict[str, Any] = {"plan": plan.as_json(), "dataset": plan.dataset}
    if named:
        told = {"code": "mapping_used", "params": {"name": named}}
        values["notes"] = [told, *batch.notes]
    return _go_on(batch, by, using, values)


def ask_again(*, batch: Batch, by: User, using: str = "default") -> Batch:
    """Let a batch that waits be looked at again: more is known of its layout. Raise
    NothingToChoose when it does not wait.
    """
    return _go_on(batch, by, using, {})


def choose_dataset(*, batch: Batch, name: str, by: User, using: str = "default") -> Batch:
    """Let the columns be guessed anew for another dataset. Raise NothingToChoose."""
    return _go_on(batch, by, using, {"plan": None, "dataset": dataset(name).name})


def settle_again(*, batch: Batch, by: User, using: str = "default") -> Batch:
    """A new batch of the same file whose columns are asked about, however they were told.

    Raise NothingToChoose when the batch is no finished check, or a returned list.
    """
    if batch.state != State.CHECKED or batch.returned:
        raise NothingToChoose(str(batch.pk))
    return _anew(batch, {ASK: True}, by, using)


def may_come_again(batch: Batch, *, undone: bool) -> bool:
    """Whether its file can bring more than it did: rows were refused, or it was taken back.

    What was refused for the lack of something else (a member whose household came later) is
    taken from the same file once that is there.
    """
    return batch.state == State.APPLIED and not batch.returned and bool(batch.rejected or undone)


def send_again(*, batch: Batch, by: User, undone: bool, using: str = "default") -> Batch:
    """A new batch of the same file, read as it was. Raise NothingToChoose: it brings nothing."""
    if not may_come_again(batch, undone=undone):
        raise NothingToChoose(str(batch.pk))
    return _anew(batch, batch.plan, by, using)


def _anew(batch: Batch, plan: dict[str, Any] | None, by: User, using: str) -> Batch:
    fields = (
        *("dataset", "file_name", "file_size", "sha256", "stored_as", "source", "as_of"),
        *("user_id", "actor", "dry_run", "all_or_nothing", "sheet", "sent_with"),
    )
    with transaction.atomic(using=using):
        held = Batch(**{name: getattr(batch, name) for name in fields}, plan=plan)
        held.save(using=using)
        record(
            action="intake.file_received",
            by=by,
            subject=("batch", held.pk),
            after={"dataset": held.dataset, "sha256": held.sha256, "bytes": held.file_size},
            using=using,
        )
    return held


def _go_on(batch: Batch, by: User, using: str, values: dict[str, Any]) -> Batch:
    with transaction.atomic(using=using):
        held = Batch.objects.using(using).select_for_update().get(pk=batch.pk)
        if held.state != State.COLUMNS:
            raise NothingToChoose(str(held.pk))
        # Begun anew, and not because its process died.
        held.state, held.failure, held.tries = State.RECEIVED, None, {}
        for name, value in values.items():
            setattr(held, name, value)
        held.save(using=using, update_fields=["state", "failure", "tries", *values])
        record(
            action="intake.columns_chosen",
            by=by,
            place_code=held.place_code,
            subject=("batch", held.pk),
            after={"dataset": held.dataset},
            using=using,
        )
    return held
