"""People, of a list or of the register, as the linkage compares them: column by column.

What a spelling has in common with others is reckoned once for each name that occurs.
"""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from yimaqing.domains.registry.duplicates.names import (
    folded,
    letters_of,
    masks_of,
    near_sound_of,
    shorter_of,
    sound_of,
)
from yimaqing.domains.registry.linkage.lunar import solar_days

#: What is told of a person. ``place``: a place code cut to the 6, 9 or 12 digits that are known;
#: ``id17``: the first digits of the identity number; ``phone``: the number or its blind index.
TOLD = {
    "id": pl.Int64,
    "name": pl.String,
    "sex": pl.String,
    "born": pl.Date,
    "birth_year": pl.Int64,
    "place": pl.String,
    "phone": pl.String,
    "id17": pl.String,
}
_SPELT: dict[str, pl.DataType | type[pl.DataType]] = {
    "name": pl.String,
    "folded": pl.String,
    "surname": pl.String,
    "sound": pl.String,
    "near": pl.String,
    "letters": pl.String,
    "masks": pl.List(pl.String),
    "shorter": pl.List(pl.String),
}


def table_of(people: pl.DataFrame) -> pa.Table:
    """People (columns of TOLD; any but ``id`` and ``name`` may be null) as the model names them."""
    told = people.with_columns(pl.col("born").dt.to_string("%Y-%m-%d"))
    dated = told.with_columns(
        birth_year=pl.coalesce(pl.col("born").str.head(4), pl.col("birth_year").cast(pl.String)),
        turned=_turned(pl.col("born")),
        solar=pl.col("born").replace_strict(solar_days(), default=None, return_dtype=pl.String),
        village=_cut(12),
        township=_cut(9),
        county=_cut(6),
        id_no_year=pl.col("id17").str.head(6) + pl.col("id17").str.slice(10),
        id_no_day=pl.col("id17").str.head(10) + pl.col("id17").str.slice(14),
    )
    return dated.join(_spelt(people["name"]), on="name", how="left").to_arrow()


def _turned(born: pl.Expr) -> pl.Expr:
    """Day and month exchanged, where that is another date."""
    other = born.str.head(4) + "-" + born.str.slice(8) + "-" + born.str.slice(5, 2)
    is_day = other.str.to_date("%Y-%m-%d", strict=False).is_not_null()
    return pl.when(is_day & (other != born)).then(other)


def _cut(digits: int) -> pl.Expr:
    """The first digits of the place, null where it is not told so closely."""
    code = pl.col("place")
    return pl.when(code.str.len_chars() >= digits).then(code.str.head(digits))


def _spelt(names: pl.Series) -> pl.DataFrame:
    known = names.drop_nulls().unique().to_list()
    sounds = [sound_of(name) for name in known]
    columns = {
        "name": known,
        "folded": [folded(name) for name in known],
        "surname": [sound.split(" ", 1)[0] for sound in sounds],
        "sound": sounds,
        "near": [near_sound_of(sound) for sound in sounds],
        "letters": [letters_of(name) for name in known],
        "masks": [masks_of(name) for name in known],
        "shorter": [shorter_of(name) for name in known],
    }
    return pl.DataFrame(columns, schema=_SPELT)
