"""Reading batches and what was wrong with their rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from yimaqing.domains.intake.catalogue import datasets
from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch, RowError, State, Undo, UndoState

_PIECE = 2000
#: How a cell begins that a spreadsheet takes for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class ErrorLine:
    """One fault in words; ``row`` is empty when it is not about a single row."""

    row: str
    column: str
    value: str
    level: str
    reason: str
    remedy: str
    warning: bool


@dataclass(frozen=True)
class ErrorKind:
    """How often one fault occurs in a batch. ``example`` is the first one; with ``differing``
    set, others of the kind name other numbers or values than it.
    """

    code: str
    column: str
    label: str
    count: int
    example: ErrorLine | None
    differing: bool = False

    @property
    def words(self) -> str:
        """What is wrong; marked as an example where others of the kind differ."""
        if self.example is None:
            return self.code
        said = self.example.reason
        return _("例如：%(reason)s") % {"reason": said} if self.differing else said


def batches(dataset: str = "") -> QuerySet[Batch]:
    """Batches that the current scope shows, newest first; ``undone``: taken back since."""
    taken_back = Undo.objects.filter(batch=OuterRef("pk"), state=UndoState.UNDONE)
    found = Batch.objects.order_by("-pk").annotate(undone=Exists(taken_back))
    return found.filter(dataset=dataset) if dataset else found


def column_label(dataset: str, column: str) -> str:
    """What the column is called in the current language."""
    kind = datasets().get(dataset)
    for one in kind.sheet_columns if kind else ():
        if one.name == column:
            return _(one.label)
    return column


def line_of(batch: Batch, error: RowError) -> ErrorLine:
    """A stored fault in words."""
    said = explain(batch.dataset, error.code, error.params)
    return ErrorLine(
        row=str(error.row) if error.row else "",
        column=column_label(batch.dataset, error.column),
        value=error.value,
        level=_("提醒") if error.warning else _("拒绝"),
        reason=said.reason,
        remedy=said.remedy,
        warning=error.warning,
    )


def errors_of(
    batch: Batch, *, code: str = "", column: str = "", after: tuple[int, int] = (-1, 0)
) -> QuerySet[RowError]:
    """Faults of a batch by row, those after the key (row, id) of the page before."""
    found = RowError.objects.using(batch._state.db).filter(batch=batch)  # noqa: SLF001 - the alias that the batch was read by
    if code:
        found = found.filter(code=code)
    if column:
        found = found.filter(column=column)
    row, number = after
    later = found.filter(row=row, pk__gt=number) | found.filter(row__gt=row)
    return later.order_by("row", "pk")


def error_lines(batch: Batch, limit: int | None = None, **only: str) -> Iterator[ErrorLine]:
    """All faults in words, in constant memory."""
    after, left = (-1, 0), limit
    while left is None or left > 0:
        size = _PIECE if left is None else min(_PIECE, left)
        page = list(errors_of(batch, after=after, **only)[:size])
        for error in page:
            yield line_of(batch, error)
        if len(page) < size:
            return
        after = (page[-1].row, page[-1].pk)
        left = None if left is None else left - len(page)


def error_rows(batch: Batch) -> Iterator[str]:
    """All faults as lines of CSV, headed. A cell that a spreadsheet would run is made text."""
    yield _csv([_("行"), _("列"), _("值"), _("级别"), _("原因"), _("怎样改")])
    for line in error_lines(batch):
        yield _csv([line.row, line.column, line.value, line.level, line.reason, line.remedy])


def _csv(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(plain_cells(cells))
    return text.getvalue()


def plain_cells(cells: list[str]) -> list[str]:
    """Cells of which a spreadsheet runs none."""
    return ["'" + c if c.startswith(FORMULA) else c for c in cells]


def error_kinds(batch: Batch) -> list[ErrorKind]:
    """Faults by kind, the most frequent first; counts are complete."""
    kinds = []
    for key, count in sorted(batch.tally.items(), key=lambda item: -item[1]):
        code, _space, column = key.partition(" ")
        found = errors_of(batch, code=code, column=column)
        first = found.first()
        label = column_label(batch.dataset, column)
        if first is None:
            kinds.append(ErrorKind(code, column, label, count, None))
            continue
        differ = count > 1 and found.exclude(params=first.params).exists()
        if differ:  # a near label belongs to one value
            first.params = {k: v for k, v in first.params.items() if k != "near"}
        example = line_of(batch, first)
        words = explain(batch.dataset, code, {}).reason
        kinds.append(
            ErrorKind(code, column, label, count, example, differ and example.reason != words)
        )
    return kinds


def totals(batch: Batch) -> dict[str, int | bool]:
    """Rows that a checked batch would write, and whether its counts mean anything yet."""
    return {
        "taken": batch.created + batch.updated,
        "shown": batch.state in (State.CHECKED, State.APPLIED),
    }


def report(batch: Batch) -> dict[str, Any]:
    """The outcome of a batch for programs."""
    failure = batch.failure or {}
    said = explain(batch.dataset, failure["code"], failure["params"]) if failure else None
    return {
        "batch": batch.pk,
        "dataset": batch.dataset,
        "file": batch.file_name,
        "sha256": batch.sha256,
        "state": batch.state,
        "dry_run": batch.dry_run,
        "rows": batch.rows_total,
        "created": batch.created,
        "updated": batch.updated,
        "unchanged": batch.unchanged,
        "rejected": batch.rejected,
        "warned": batch.warned,
        "sheet": batch.sheet,
        "returned": batch.returned,
        "notes": [
            {**note, "reason": explain(batch.dataset, note["code"], note["params"]).reason}
            for note in batch.notes
        ],
        "failure": {**failure, "reason": said.reason, "remedy": said.remedy} if said else None,
        "errors": [
            {"code": kind.code, "column": kind.column, "count": kind.count}
            for kind in error_kinds(batch)
        ],
    }
