"""Whether a sheet brings new records, told by the dataset's own lookup over its first rows.

What only new records need (``Column.for_new``) is asked for where most rows are new. A list of
known people goes through without it; the few that are new are refused, each with the reason.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import uuid4

from django.db import transaction

from yimaqing.domains.intake.mapping.finding import Finding
from yimaqing.domains.intake.mapping.guess import Guess
from yimaqing.domains.intake.mapping.shape import Shape, heads_of
from yimaqing.domains.intake.reading import FileUnusable, Reader, Sheet
from yimaqing.domains.intake.reading.layout import Layout
from yimaqing.domains.intake.staging import copy_rows, execute, rows, staged_columns
from yimaqing.kit.dataset import Dataset


def asking_for_new(
    found: Guess, kind: Dataset, sheet: Sheet, layout: Layout, finding: Finding, as_of: dt.date
) -> Guess:
    """The guess, which misses what new records need too where most of the first rows are new."""
    if found.missing or not found.lacking:
        return replace(found, missing=[*found.missing, *found.lacking])
    heads = heads_of(layout, sheet.first)
    try:
        shape = Shape(found.plan, layout, kind, finding, as_of, heads, strict=sheet.format.is_text)
    except FileUnusable:
        return found  # a heading that is gone: told when the sheet is read
    if _mostly_new(kind, shape, sheet):
        return replace(found, missing=found.lacking)
    return found


def _mostly_new(kind: Dataset, shape: Shape, sheet: Sheet) -> bool:
    """Whether at least half of the first rows that can be read name nothing that is held."""
    reader = Reader(
        kind, shape.columns, shape.finding.keys, shape.as_of, shape=shape, heads=shape.heads
    )
    first = list(shape.rows(iter(sheet.first)))
    staged = reader.read(first, reader.look_up(first)).staged if first else None
    if staged is None or not staged.height:
        return True
    columns = ", ".join(f"{name} {of}" for name, of in staged_columns(kind).items())
    # Not a temporary one: their buffers could not be set any more when the batch is planned.
    sample = f"intake_sample_{uuid4().hex}"
    with transaction.atomic(using="owner"):
        execute(f"CREATE UNLOGGED TABLE {sample} (row_no integer, {columns})")
        copy_rows(sample, ["row_no", *staged_columns(kind)], staged)
        lookup = kind.lookup.replace("{stage}", sample)
        [(new,)] = rows(f"SELECT count(*) FROM ({lookup}) r WHERE r.target_id IS NULL")
        execute(f"DROP TABLE {sample}")
    return 2 * int(new) >= staged.height
