"""One file, several tables: each sheet becomes a batch of its own, sent with the first.

Sheets are taken in the order in which their datasets need each other, and a sheet of another
dataset waits until what it refers to is in the register.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

from yimaqing.domains.intake.catalogue import AUTO, dataset, datasets, folds
from yimaqing.domains.intake.mapping.asking import as_page, records
from yimaqing.domains.intake.mapping.deciding import guessed
from yimaqing.domains.intake.mapping.finding import Finding
from yimaqing.domains.intake.mapping.folding import (
    folded,
    heading_of,
    is_told,
    mostly_new,
    placed,
)
from yimaqing.domains.intake.mapping.guess import Guess
from yimaqing.domains.intake.mapping.notes import pairs_of
from yimaqing.domains.intake.mapping.plan import Plan, fingerprint, unique
from yimaqing.domains.intake.mapping.vocabulary import is_known
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.reading import Book, FileUnusable, Sheet, open_book, sheet_of
from yimaqing.domains.intake.reading.layout import Layout, find_layout
from yimaqing.domains.intake.returned.recognising import is_returned
from yimaqing.domains.intake.together import needs, still_waits
from yimaqing.kit.crypto import keyring
from yimaqing.kit.files import open_stored
from yimaqing.kit.rowscope import Scope

#: Below this a sheet holds nothing that any dataset keeps.
_WORTH_READING = 1.5
_MOST_SHEETS = 60
_MOST_MISSING = 2


@dataclass(frozen=True)
class Table:
    """A sheet with a table, and what it is taken for."""

    sheet: Sheet
    layout: Layout
    guess: Guess


def spread(batch: Batch, scope: Scope) -> Book | None:
    """Make a batch of each table of a newly received file; its opened file. Raise FileUnusable.

    None: it waits, because whether it brings wholes is known when other files of its upload
    have brought theirs. A sheet that was named, or a plan that was chosen, is one table and
    stays so.
    """
    keys = keyring(settings.DATA_KEYS)
    book = open_book(lambda: open_stored(settings.FILES / batch.stored_as, keys))
    if is_returned(batch, book):
        batch.save(using="owner", update_fields=["dataset", "plan", "source"])
        return book
    if batch.sheet or batch.plan:
        return book
    if batch.dataset != AUTO and len(book.pages) == 1:
        return book
    finding = Finding(keys, scope.settings()["yimaqing.ranges"])
    found, left = _alike(batch, book) if batch.dataset != AUTO else _tables(book, finding)
    if not found:
        raise FileUnusable("nothing_known" if batch.dataset == AUTO else "empty")
    if any(one.guess.plan.fold for one in found) and still_waits(batch, folds=True):
        return None
    with transaction.atomic(using="owner"):
        _share_out(batch, found, left, finding)
    return book


def _alike(batch: Batch, book: Book) -> tuple[list[Table], list[str]]:
    """For a named dataset: the first sheet, and those of the same layout (a sheet a village)."""
    first = book.page()
    found: list[tuple[Sheet, Layout | None, str]] = []
    left: list[str] = []
    for page, sheet, layout in _laid_out(book):
        headings = fingerprint(unique(layout.headings)) if layout else ""
        if page.name == first.name or (found and layout and headings == found[0][2]):
            found.append((sheet, layout, headings))
        else:
            left.append(page.name)
    empty = Layout(1, 1, [])
    tables = [
        Table(sheet, layout or empty, Guess(Plan(batch.dataset, ()), {}))
        for sheet, layout, _ in found
    ]
    return tables, left


def _tables(book: Book, finding: Finding) -> tuple[list[Table], list[str]]:
    """Every sheet that speaks for some dataset, in the order of the datasets."""
    found: list[Table] = []
    left = []
    for page, sheet, layout in _laid_out(book):
        guess = guessed(sheet, layout) if layout else None
        if guess is None or layout is None or guess.worth < _WORTH_READING:
            left.append(page.name)
            continue
        found.append(Table(sheet, layout, guess))
    if not {one.guess.plan.dataset for one in found} & folds().keys():
        # No sheet has the wholes: each of parts makes up its own.
        wholes = [(one, folded(one.sheet, one.layout, one.guess)) for one in found]
        found += [
            Table(one.sheet, one.layout, whole)
            for one, whole in wholes
            if whole is not None and _holds_wholes(one, whole, finding)
        ]
    order = list(datasets())
    return sorted(found, key=lambda t: order.index(t.guess.plan.dataset)), left


def _holds_wholes(parts: Table, whole: Guess, finding: Finding) -> bool:
    """Whether the sheet brings wholes that are not held, and lacks two needed columns at most.

    A list of some members of known households (who works away, who is insured) brings none.
    """
    if len(whole.missing) + len(whole.lacking) > _MOST_MISSING:
        return False
    if not heading_of(parts.guess.plan, folds()[whole.plan.dataset]["key"]):
        return mostly_new(whole, parts.sheet, parts.layout, finding)
    at = unique(parts.layout.headings).index(whole.plan.fold)
    rows = records(parts.sheet, parts.layout)
    keys = sorted({row[at].strip() for row in rows if at < len(row) and row[at].strip()})
    kind = dataset(whole.plan.dataset)
    query = sql.SQL("SELECT count(*) FROM {} WHERE {} = ANY (%s)").format(
        sql.Identifier(kind.table), sql.Identifier(kind.key_column)
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute(query, [keys])
        [held] = cursor.fetchone()
    return bool(keys) and 2 * int(held) < len(keys)


def _laid_out(book: Book) -> list[tuple[Any, Sheet, Layout | None]]:
    found = []
    for page in [p for p in book.pages if p.visible and p.readable][:_MOST_SHEETS]:
        try:
            sheet = sheet_of(book, page)
        except FileUnusable as error:
            if error.code != "empty":
                raise
            continue
        found.append((page, sheet, find_layout(sheet.first, sheet.merged, is_known)))
    return found


def _share_out(batch: Batch, found: list[Table], left: list[str], finding: Finding) -> None:
    """The first table is this batch's; the others get batches with the same kept file."""
    if left:
        batch.notes = [
            *batch.notes,
            {"code": "other_sheets", "params": {"sheets": "、".join(left)[:200]}},
        ]
    made: list[Batch] = []
    for at, table in enumerate(found):
        one = batch if at == 0 else _sibling(batch)
        one.dataset = table.guess.plan.dataset
        one.sheet = table.sheet.page.name
        one.source = one.source or dataset(one.dataset).source
        if len(found) > 1:
            one.sent_with = batch.sent_with or batch.pk
        needed = [held for held in made if held.dataset in needs(one.dataset)]
        # The wholes that its own sheet makes up before those of others.
        needed.sort(key=lambda held: held.sheet != one.sheet)
        one.waits_for = needed[0].pk if needed else None
        if table.guess.plan.fold:
            _make_wholes(one, table, finding)
        one.save(using="owner")
        made.append(one)


def _sibling(batch: Batch) -> Batch:
    fields = (
        *("dataset", "file_name", "file_size", "sha256", "stored_as", "source", "as_of"),
        *("user_id", "actor", "dry_run", "all_or_nothing"),
    )
    return Batch(**{name: getattr(batch, name) for name in fields})


def _make_wholes(batch: Batch, table: Table, finding: Finding) -> None:
    """By itself where all is known that a whole needs; else its sender says what is lacking."""
    found = placed(table.guess, table.sheet, table.layout, finding)
    if is_told(found, table.sheet, table.layout):
        batch.plan = found.plan.as_json()
        batch.notes = [*batch.notes, {"code": "columns_guessed", "params": pairs_of(found.plan)}]
        return
    lacking = [*found.missing, *found.lacking]
    found = replace(found, missing=lacking)
    batch.state = State.COLUMNS
    batch.guess = as_page(found, table.sheet, table.layout)
    batch.failure = {
        "code": "target_missing" if lacking else "also_wholes",
        "params": {"headings": "、".join(lacking)},
    }
