"""Parquet as a table of text: its columns' names, then its records."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from yimaqing.domains.intake.apart.typed import written
from yimaqing.domains.intake.reading.formats import (
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_UNPACKED_BYTES,
    FileUnusable,
)

#: Rows that are turned into text at once.
PIECE = 20_000

Row = tuple[int, list[str]]


def opened(packed: io.BytesIO) -> pq.ParquetFile:
    """A Parquet file whose columns are plain and whose size, unpacked, is within bounds."""
    try:
        file = pq.ParquetFile(packed)
        schema, held = file.schema_arrow, file.metadata
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileUnusable("broken_parquet") from error
    if len(schema) > MOST_COLUMNS:
        raise FileUnusable("too_many_columns", limit=MOST_COLUMNS)
    if held.num_rows > MOST_ROWS:
        raise FileUnusable("too_many_rows", limit=MOST_ROWS)
    groups = (held.row_group(number) for number in range(held.num_row_groups))
    if sum(group.total_byte_size for group in groups) > MOST_UNPACKED_BYTES:
        raise FileUnusable("bomb", limit_mb=MOST_UNPACKED_BYTES // 1024**2)
    nested = [f.name for f in schema if pa.types.is_nested(f.type) or pa.types.is_binary(f.type)]
    if nested:
        raise FileUnusable("nested_column", heading=nested[0][:40])
    return file


def records(file: pq.ParquetFile) -> Iterator[Row]:
    """The names of the columns as row 1, then the records, a piece at a time."""
    yield 1, list(file.schema_arrow.names)
    number = 1
    try:
        for piece in file.iter_batches(batch_size=PIECE):
            columns = [[written(v) for v in column.to_pylist()] for column in piece.columns]
            for cells in zip(*columns, strict=True):
                number += 1
                yield number, list(cells)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileUnusable("broken_parquet") from error
