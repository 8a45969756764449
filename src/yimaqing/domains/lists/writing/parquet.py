"""Parquet, a group of rows at a time."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from yimaqing.domains.lists.cells import Cell
from yimaqing.domains.lists.writing import Heading, Notes, Sink
from yimaqing.kit.dataset import Kind

_TYPES = {
    Kind.INTEGER: pa.int64(),
    Kind.MONEY: pa.float64(),
    Kind.DECIMAL: pa.float64(),
    Kind.NUMBER: pa.float64(),
    Kind.DATE: pa.date32(),
}
_GROUP = 50_000


class _Told:
    """A file object for pyarrow: bytes go on, how many is remembered."""

    closed = False

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._at = 0

    def write(self, data: bytes) -> int:
        data = bytes(data)
        self._sink.write(data)
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def flush(self) -> None:
        """The sink keeps its own time."""

    def close(self) -> None:
        """The sink is closed by whoever opened it."""

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


class Parquet:
    """A writer of Parquet; who exported it and why stands in the file's metadata."""

    def __init__(self, sink: Sink, headings: Sequence[Heading], notes: Notes) -> None:
        names = _unlike([heading.text for heading in headings])
        fields = [
            pa.field(name, _TYPES.get(heading.kind, pa.string()))
            for name, heading in zip(names, headings, strict=True)
        ]
        said = {"export": notes.number, "title": notes.title, "note": notes.line}
        self._schema = pa.schema(fields, metadata=said | {"demo": notes.demo})
        self._file = pq.ParquetWriter(pa.PythonFile(_Told(sink), mode="w"), self._schema)
        self._held: list[Sequence[Cell]] = []

    def write(self, keys: Sequence[int], rows: Sequence[Sequence[Cell]]) -> None:
        """Add rows; they are written when there are enough for a group."""
        self._held.extend(rows)
        if len(self._held) >= _GROUP:
            self._put()

    def finish(self) -> None:
        """The last group and the footer."""
        self._put()
        self._file.close()

    def _put(self) -> None:
        columns = list(zip(*self._held, strict=True)) or [() for _ in self._schema]
        arrays = [
            pa.array(values, type=field.type)
            for values, field in zip(columns, self._schema, strict=True)
        ]
        self._file.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._held.clear()


def _unlike(names: Sequence[str]) -> list[str]:
    """Names of which none occurs twice."""
    found: list[str] = []
    for name in names:
        count = sum(one == name or one.startswith(f"{name} (") for one in found)
        found.append(f"{name} ({count + 1})" if count else name)
    return found
