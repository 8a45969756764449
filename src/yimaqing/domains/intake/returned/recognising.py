"""Is this workbook an export that comes back? Told by its hidden sheet, or its own property."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.conf import settings
from django.utils import translation

from yimaqing.domains.accounts.models import User
from yimaqing.domains.intake.catalogue import datasets
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.reading import Book, FileUnusable
from yimaqing.domains.lists.queries import (
    MARK,
    PROPERTY,
    Exported,
    Refused,
    key_heading,
    taken_back,
)

#: In place of a number: the sender says that it is an export, which one is told from the file.
ASKED = "?"
#: Whose value counts where both sides have changed a cell.
MINE, NOW = "mine", "now"
#: Where facts come from that somebody changed in an exported list.
SOURCE = "名单改后交回"
_LINES = 8
_SEAL_LINE = 6
_LONGEST = 40

Mark = tuple[str, str]


def asked_for(*, mine: bool | None) -> dict[str, Any]:
    """The plan of a file that its sender calls an exported list; ``mine``: which side counts
    where both have changed a cell (None: somebody chooses later).
    """
    choice = "" if mine is None else MINE if mine else NOW
    return {"returned": ASKED, "choice": choice, "mine": []}


def mark_of(book: Book) -> Mark | None:
    """Number and seal of the export that this was; None when it was none."""
    for page in book.pages:
        if page.name == MARK and page.readable:
            lines = [
                cells[0].strip() if cells else "" for _, cells in islice(book.rows(page), _LINES)
            ]
            if len(lines) >= _SEAL_LINE and lines[0]:
                return lines[0][:_LONGEST], lines[_SEAL_LINE - 1][:_LONGEST]
    number, _space, seal = book.property(PROPERTY).partition(" ")
    return (number[:_LONGEST], seal[:_LONGEST]) if number else None


def is_returned(batch: Batch, book: Book) -> bool:
    """Whether the file of a new batch is a returned export; the batch is one then (unsaved).

    Raise FileUnusable when its sender says so and it is none.
    """
    asked = batch.returned
    if asked and asked != ASKED:
        return True
    if batch.sheet or (batch.plan and not asked):
        return False  # its sender has chosen how it is read
    mark = mark_of(book)
    if mark is None:
        if asked:
            raise FileUnusable("return_unmarked")
        return False
    plan: dict[str, Any] = {"choice": "", "mine": [], **(batch.plan or {})}
    batch.plan = plan | {"returned": mark[0], "seal": mark[1]}
    exported = export_of(batch)
    batch.plan |= {"address": exported.listing.address}
    own = datasets().get(batch.dataset)
    if batch.source in {"", own.source if own else ""}:
        batch.source = SOURCE  # its sender named none
    batch.dataset = exported.dataset
    return True


def export_of(batch: Batch) -> Exported:
    """What the export of a returned batch said. Raise FileUnusable when it is not taken back."""
    plan = batch.plan or {}
    try:
        return taken_back(batch.returned, str(plan.get("seal", "")), viewer_of(batch))
    except Refused as error:
        raise FileUnusable(error.code, **error.params) from error


def viewer_of(batch: Batch) -> User | None:
    """Who sent it; None for the operator."""
    return User.objects.get(pk=batch.user_id) if batch.user_id else None


def looks_exported(first: list[tuple[int, list[str]]]) -> bool:
    """Whether a sheet has the column of an export's keys, in whatever language."""
    headings = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            headings.add(key_heading())
    return any(cell.strip() in headings for _number, cells in first for cell in cells)
