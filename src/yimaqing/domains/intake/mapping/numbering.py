"""Numbers for rows whose sheet has none: made of what the row says, so that they come again.

The number of the line would be the same in the next village's sheet, and its rows would be
written over this one's.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from yimaqing.domains.intake.mapping.plan import ROW
from yimaqing.domains.intake.reading.cells import parse
from yimaqing.kit.crypto import Keyring
from yimaqing.kit.dataset import Dataset

_DIGITS = 16
_PURPOSE = b"intake.row"


def numbered(
    constants: Mapping[str, str], cells: Mapping[str, pl.Series], dataset: Dataset, keys: Keyring
) -> dict[str, pl.Series]:
    """The constants that hold ``{row}``, with each row's own number in its place.

    ``cells`` are what makes a row this one and no other; how a date or an amount is written
    changes nothing.
    """
    told = [_plain(name, cells[name], dataset) for name in sorted(cells)]
    texts = ["\0".join(row) for row in zip(*told, strict=True)]
    indexes = keys.index_many(texts, purpose=_PURPOSE)
    numbers = [str(int.from_bytes(i or b"") % 10**_DIGITS).zfill(_DIGITS) for i in indexes]
    return {
        name: pl.Series([value.replace(ROW, n) for n in numbers], dtype=pl.String)
        for name, value in constants.items()
    }


def _plain(name: str, cells: pl.Series, dataset: Dataset) -> list[str]:
    column = next((column for column in dataset.columns if column.name == name), None)
    read = parse(column, cells).values.cast(pl.String) if column else cells
    return [f"{name}={value or ''}" for value in read.zip_with(read.is_not_null(), cells)]
