"""The staging table of a batch: its good rows, logged, so that a crash loses none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import polars as pl
from django.db import connections

from yimaqing.domains.intake.mapping.wide import part_of, parts_of, row_of
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.reading import Chunk, Fault
from yimaqing.kit.dataset import Dataset, Kind

#: Faults kept in detail for one batch; beyond it they are only counted.
MOST_FAULTS = 100_000
_TYPES = {
    Kind.INTEGER: "bigint",
    Kind.MONEY: "bigint",
    Kind.DECIMAL: "numeric(14,2)",
    Kind.NUMBER: "double precision",
    Kind.YES_NO: "boolean",
    Kind.DATE: "date",
    Kind.CODES: "text[]",
}
_TEXT = 'text COLLATE "C"'
#: Of a returned list: whose record a row is, and which columns it states; NULL: all of the file's.
MARKS = {"record_id": "bigint", "stated": "text[]"}


def table_of(batch_id: int) -> str:
    """Name of the staging table."""
    return f"intake_stage_{batch_id:d}"


def staged_columns(dataset: Dataset) -> dict[str, str]:
    """Columns of the staging table after ``row_no`` and their types."""
    columns: dict[str, str] = {}
    for column in dataset.columns:
        if not column.secret:
            columns[column.name] = _TYPES.get(column.kind, _TEXT)
            continue
        columns[f"{column.name}_index"] = "bytea"
        columns[f"{column.name}_masked"] = _TEXT
        if column.sealed:
            columns[f"{column.name}_sealed"] = "bytea"
    for name in dataset.derived:
        columns.setdefault(name, _TEXT)
    return columns


def create(batch: Batch, dataset: Dataset) -> None:
    """Make the empty staging table; the owner's alone: the application never reads it."""
    columns = ", ".join(
        f"{name} {kind}" for name, kind in (staged_columns(dataset) | MARKS).items()
    )
    execute(f"CREATE TABLE {table_of(batch.pk)} (row_no integer NOT NULL, {columns})")


def exists(batch_id: int) -> bool:
    """Whether the staging table is there."""
    return rows("SELECT to_regclass(%(name)s)", {"name": table_of(batch_id)})[0][0] is not None


def drop(batch_id: int) -> None:
    """Remove the staging table."""
    execute(f"DROP TABLE IF EXISTS {table_of(batch_id)}")


def drop_checks_of(batch: Batch) -> None:
    """Remove what dry runs of the same file staged: one that is let in all the same reads it again.

    The caller holds the transaction; each is held, so that nobody begins to let it in meanwhile.
    """
    checked = Batch.objects.using("owner").filter(
        dataset=batch.dataset, sha256=batch.sha256, state=State.CHECKED
    )
    for held in checked.select_for_update(skip_locked=True):
        drop(held.pk)


def add(batch: Batch, dataset: Dataset, chunk: Chunk) -> None:
    """Store a chunk and move the batch's cursor past it; the caller holds the transaction."""
    if chunk.staged.height:
        marks = [name for name in MARKS if name in chunk.staged.columns]
        names = ["row_no", *staged_columns(dataset), *marks]
        copy_rows(table_of(batch.pk), names, chunk.staged)
    add_faults(batch, chunk.faults)
    batch.row_cursor = chunk.last_row
    batch.rows_total += chunk.rows
    batch.rows_staged += chunk.staged.height
    batch.rejected = batch.rows_total - batch.rows_staged
    batch.save(
        using="owner",
        update_fields=["row_cursor", "rows_total", "rows_staged", "rejected", "tally"],
    )


def add_faults(batch: Batch, faults: Iterable[Fault]) -> None:
    """Keep faults with their batch, counting all and detailing as many as there is room for."""
    kept = _in_the_sheet(batch, list(faults))
    tally = Counter(batch.tally)
    room = max(0, MOST_FAULTS - sum(tally.values()))
    tally.update(f"{fault.code} {fault.column}".strip() for fault in kept)
    batch.tally = dict(tally)
    copy_in(
        'COPY intake_error (batch_id, "row", "column", value, code, params, warning, whole)'
        " FROM STDIN (FORMAT csv)",
        _lines(batch.pk, kept[:room]),
    )


def _in_the_sheet(batch: Batch, faults: list[Fault]) -> list[Fault]:
    """Faults by the sheet's rows and columns, where several rows of the dataset stand in one."""
    parts = parts_of(batch.plan)
    if not parts:
        return faults
    found: dict[tuple[int, str, str, str], Fault] = {}
    for fault in faults:
        params = dict(fault.params)
        if "other" in params:
            params["other"] = row_of(params["other"], parts)
        told = replace(
            fault,
            row=row_of(fault.row, parts),
            column=part_of(fault.row, parts, fault.column),
            params=params,
        )
        found.setdefault((told.row, told.column, told.value, told.code), told)
    return list(found.values())


def _lines(batch_id: int, faults: list[Fault]) -> Iterator[bytes]:
    for start in range(0, len(faults), 10_000):
        part = faults[start : start + 10_000]
        frame = pl.DataFrame(
            {
                "batch": [batch_id] * len(part),
                "row": [f.row for f in part],
                "column": [f.column for f in part],
                "value": [f.value for f in part],
                "code": [f.code for f in part],
                "params": [json.dumps(f.params, ensure_ascii=False) for f in part],
                "warning": [f.warning for f in part],
                "whole": [False] * len(part),
            }
        )
        yield frame.write_csv(include_header=False, quote_style="non_numeric").encode()


def copy_rows(table: str, names: list[str], frame: pl.DataFrame) -> None:
    """Put the named columns of a frame into a table, in the open transaction."""
    content = frame.select(names).write_csv(include_header=False).encode()
    copy_in(f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT csv)", [content])


def copy_in(statement: str, parts: Iterable[bytes]) -> None:
    """COPY … FROM STDIN as the owner, in the open transaction."""
    with connections["owner"].cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for part in parts:
            copy.write(part)


def execute(sql: str, params: dict[str, Any] | None = None) -> int:
    """Run one statement as the owner; the number of rows it touched."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def rows(sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Result of one query as the owner."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
