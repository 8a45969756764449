"""Two batches of one dataset side by side: rows only in one, fields that differ.

Both originals are read again, as an import reads them, into temporary tables of one transaction:
personal values are compared by their blind indexes and shown masked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.filling import opener
from yimaqing.domains.intake.mapping.deciding import Undecided, decide
from yimaqing.domains.intake.mapping.finding import Finding
from yimaqing.domains.intake.mapping.wide import MOST
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.preview import masked, words_of
from yimaqing.domains.intake.reading import FileUnusable, Reader, open_book, sheet_of
from yimaqing.domains.intake.showing import label_behind
from yimaqing.domains.intake.staging import copy_in, execute, rows, staged_columns
from yimaqing.kit.crypto import keyring
from yimaqing.kit.dataset import Dataset
from yimaqing.kit.rowscope import Scope

EXAMPLES = 50
#: Rows of one file that a page compares while its reader waits.
AT_ONCE_ROWS = 20_000
_CHUNK_ROWS = 20_000
_TABLES = ("intake_first", "intake_second")


class NotAlike(ValueError):
    """The two batches are of different datasets, or a file cannot be read again."""


@dataclass(frozen=True)
class Difference:
    """One record of both files: its key, its rows, and the fields that differ."""

    label: str
    rows: tuple[int | None, int | None]
    fields: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Comparison:
    """Counts of rows, of differences by field, and examples of each."""

    same: int
    changed: int
    only_first: int
    only_second: int
    fields: list[tuple[str, int]]
    examples: list[Difference]


def compare(first: Batch, second: Batch) -> Comparison:
    """Hold two files against each other by their dataset's key. Raise NotAlike.

    Rows with a fault are in neither. Memory does not grow with the files; time is that of
    reading both.
    """
    if first.dataset != second.dataset or first.returned or second.returned:
        raise NotAlike(f"{first.dataset}, {second.dataset}")
    kind = dataset(first.dataset)
    try:
        with transaction.atomic(using="owner"):
            stated = set(kind_columns(kind))
            for table, batch in zip(_TABLES, (first, second), strict=True):
                stated &= _load(table, batch, kind)
            return _held_against(kind, [c for c in kind_columns(kind) if c in stated])
    except (FileUnusable, Undecided, FileNotFoundError) as error:
        raise NotAlike(str(error)) from error
    finally:
        connections["owner"].close()


def kind_columns(kind: Dataset) -> list[str]:
    """Names of the dataset's columns, in its order."""
    return [column.name for column in kind.columns]


def _load(table: str, batch: Batch, kind: Dataset) -> set[str]:
    """Read a batch's file into a temporary table; the columns that it states."""
    columns = staged_columns(kind)
    listed = ", ".join(f"{name} {sort}" for name, sort in columns.items())
    execute(f"CREATE TEMP TABLE {table} (row_no integer NOT NULL, {listed}) ON COMMIT DROP")
    keys = keyring(settings.DATA_KEYS)
    book = open_book(opener(batch))
    finding = Finding(keys, Scope.everything().settings()["yimaqing.ranges"])
    decision = decide(
        kind,
        sheet_of(book, book.page(batch.sheet)),
        finding,
        chosen=batch.plan,
        area="",
        as_of=batch.as_of,
    )
    reader = Reader(
        kind, decision.columns, keys, batch.as_of, shape=decision.shape, heads=decision.heads
    )
    names = ["row_no", *columns]
    unread = iter(decision.rows)
    while some := list(islice(unread, _CHUNK_ROWS)):
        staged = reader.read(some, reader.look_up(some)).staged
        if staged.height:
            copy_in(
                f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT csv)",
                [staged.select(names).write_csv(include_header=False).encode()],
            )
    if decision.shape and decision.shape.abreast:  # examples are told by rows of the sheets
        execute(f"UPDATE {table} SET row_no = row_no / {MOST}")
    key = ", ".join(kind.key)
    execute(
        f"CREATE TEMP TABLE {table}_keys ON COMMIT DROP AS SELECT DISTINCT ON (key) * FROM"
        f" (SELECT ROW({key})::text AS key, s.* FROM {table} s) x ORDER BY key, row_no"
    )
    execute(f"ANALYZE {table}_keys")
    return set(decision.stated)


def _held_against(kind: Dataset, stated: list[str]) -> Comparison:
    secret = {c.name for c in kind.columns if c.secret}
    told = {name: f"{name}_index" if name in secret else name for name in stated}
    differs = " OR ".join(f"a.{c} IS DISTINCT FROM b.{c}" for c in told.values()) or "false"
    each = ", ".join(f"count(*) FILTER (WHERE a.{c} IS DISTINCT FROM b.{c})" for c in told.values())
    both = "intake_first_keys a JOIN intake_second_keys b USING (key)"
    [(joined, changed)] = rows(f"SELECT count(*), count(*) FILTER (WHERE {differs}) FROM {both}")
    [counts] = rows(f"SELECT {each or 'NULL'} FROM {both}")
    found = {side: _alone(kind, *side) for side in (_TABLES, _TABLES[::-1])}
    fields = sorted(zip(told, counts, strict=True), key=lambda one: -one[1]) if told else []
    examples = [
        *_changes(kind, list(told), differs, both),
        *(one for _count, some in found.values() for one in some),
    ]
    return Comparison(
        joined - changed,
        changed,
        found[_TABLES][0],
        found[_TABLES[::-1]][0],
        [(label_behind(kind, name), count) for name, count in fields if count],
        examples,
    )


def _alone(kind: Dataset, here: str, there: str) -> tuple[int, list[Difference]]:
    where = f"FROM {here}_keys a WHERE NOT EXISTS (SELECT FROM {there}_keys b WHERE b.key = a.key)"
    [(count,)] = rows(f"SELECT count(*) {where}")
    found = rows(f"SELECT to_jsonb(a)::text {where} ORDER BY a.row_no LIMIT {EXAMPLES}")
    examples = []
    for (text,) in found:
        held = json.loads(text)
        number = held["row_no"]
        place = (number, None) if here == _TABLES[0] else (None, number)
        examples.append(Difference(_label(kind, held), place))
    return count, examples


def _changes(kind: Dataset, stated: list[str], differs: str, both: str) -> Iterator[Difference]:
    found = rows(
        f"SELECT to_jsonb(a)::text, to_jsonb(b)::text FROM {both} WHERE {differs}"
        f" ORDER BY a.row_no LIMIT {EXAMPLES}"
    )
    columns = {c.name: c for c in kind.columns}
    for before, after in found:
        old, new = json.loads(before), json.loads(after)
        fields = []
        for name in stated:
            column = columns[name]
            own = f"{name}_index" if column.secret else name
            if old.get(own) != new.get(own):
                was, now = (_shown(kind, column.name, held) for held in (old, new))
                fields.append((label_behind(kind, name), was, now))
        yield Difference(_label(kind, old), (old["row_no"], new["row_no"]), fields)


def _shown(kind: Dataset, name: str, staged: dict[str, Any]) -> str:
    return words_of(kind, name, masked(kind.column(name), staged))


def _label(kind: Dataset, staged: dict[str, Any]) -> str:
    return _shown(kind, kind.key_column, staged)
