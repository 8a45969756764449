"""Reading undos: what came of them, and what they left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Undo, UndoLeft
from yimaqing.domains.intake.showing import column_behind, label_behind, shown

_PIECE = 2000


@dataclass(frozen=True)
class LeftLine:
    """One thing that an undo leaves: whose it is, what the batch wrote, what it is now."""

    label: str
    field: str
    was: str
    now: str
    who: str
    at: datetime | None
    reason: str
    remedy: str


def left_of(undo: Undo, after: int = 0) -> QuerySet[UndoLeft]:
    """What an undo left, those after the key of the page before."""
    using = undo._state.db  # noqa: SLF001 - the alias that it was read by
    return UndoLeft.objects.using(using).filter(undo=undo, pk__gt=after).order_by("pk")


def lines_of(undo: Undo, left: list[UndoLeft]) -> list[LeftLine]:
    """Stored lines in words; names of those who changed something in one query."""
    kind = dataset(undo.batch.dataset)
    ids = {int(one.actor[5:]) for one in left if one.actor.startswith("user:")}
    names = {f"user:{number}": name for number, name in names_of_users(ids).items()}
    lines = []
    for one in left:
        column = column_behind(kind, one.key) if one.key else None
        said = explain(undo.batch.dataset, one.code, one.detail)
        lines.append(
            LeftLine(
                one.label,
                label_behind(kind, one.key) if one.key else "",
                shown(column, one.was),
                shown(column, one.now),
                names.get(one.actor, _("系统") if one.actor else ""),
                one.at,
                said.reason,
                said.remedy,
            )
        )
    return lines


def all_lines(undo: Undo) -> Iterator[LeftLine]:
    """Everything that an undo left, in constant memory."""
    after = 0
    while page := list(left_of(undo, after)[:_PIECE]):
        yield from lines_of(undo, page)
        after = page[-1].pk


def left_headings() -> list[str]:
    """Headings of the list of what an undo left."""
    return [
        _("记录"),
        _("字段"),
        _("批次写入"),
        _("现在"),
        _("谁"),
        _("何时"),
        _("原因"),
        _("怎样办"),
    ]


def left_cells(line: LeftLine) -> list[str]:
    """One line of it."""
    names = ("label", "field", "was", "now", "who", "at", "reason", "remedy")
    return [str(value) if (value := getattr(line, name)) is not None else "" for name in names]


def undo_report(undo: Undo) -> dict[str, Any]:
    """The outcome of an undo for programs."""
    failure = undo.failure or {}
    said = explain(undo.batch.dataset, failure["code"], failure["params"]) if failure else None
    return {
        "undo": undo.pk,
        "batch": undo.batch_id,
        "dataset": undo.batch.dataset,
        "state": undo.state,
        "dry_run": undo.dry_run,
        "removed": undo.removed,
        "restored": undo.restored,
        "kept": undo.kept,
        "notes": undo.notes,
        "later": undo.later,
        "failure": {**failure, "reason": said.reason, "remedy": said.remedy} if said else None,
    }
