"""Record linkage between two tables: for each row of a list the record that it means, if any.

A row means one record or none. So what speaks for each candidate is weighed against what speaks
for all the others and for nobody: two namesakes of one village share the probability, and
neither is taken for granted.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker

from yimaqing.analytics.matching import Model, levels_of, reached, settings, without_disk

#: Rows of a list that are compared at once: what a step needs does not grow with the list.
ROWS_AT_ONCE = 25_000
#: Pairs below this probability weigh nothing beside one that is worth showing.
_NEGLIGIBLE = 1e-3


@dataclass(frozen=True)
class Link:
    """A record that a row may mean: its share of the probability and the level of each comparison.

    The shares of one row's candidates and that of "nobody" make one.
    """

    row: int
    record: int
    share: float
    levels: dict[str, str]


def links(
    rows: pa.Table,
    records: pa.Table,
    model: Model,
    *,
    at_least: float,
    most: int = 3,
    memory_gib: float = 2.0,
) -> dict[int, list[Link]]:
    """By row the ``most`` likeliest records of at least ``at_least``, likeliest first.

    Both tables have a column ``id`` of unique integers and the model's columns. A level's
    ``frequency`` is the share of its value among the records. Nothing is written to disk: beyond
    ``memory_gib`` DuckDB's OutOfMemoryException is raised.
    """
    if not rows.num_rows or not records.num_rows:
        return {}
    with without_disk(memory_gib) as connection:
        _scored(connection, rows, records, model).select(
            f"id_l, id_r, pow(2, match_weight) AS odds, {', '.join(reached(model))}"
        ).create_view("found")
        nobody = 1 - model.doubles
        best = connection.sql(
            "SELECT *, odds / (sum(odds) OVER (PARTITION BY id_l) + $nobody) AS share FROM found"
            " QUALIFY share >= $at_least AND row_number() OVER"
            " (PARTITION BY id_l ORDER BY odds DESC, id_r) <= $most ORDER BY id_l, odds DESC, id_r",
            params={"nobody": nobody, "at_least": at_least, "most": most},
        )
        return _by_row(best, model)


def _scored(
    connection: duckdb.DuckDBPyConnection, rows: pa.Table, records: pa.Table, model: Model
) -> duckdb.DuckDBPyRelation:
    api = DuckDBAPI(connection)
    # The library takes the table whose name comes first in the alphabet for the left one.
    both = [api.register(rows, table_name="listed"), api.register(records, table_name="registered")]
    # A row with a record makes one true pair of rows * records.
    prior = model.doubles / max(records.num_rows, model.among)
    linker = Linker(
        both,
        settings("link_only", model, prior=prior),
        log_level=None,
        validate_settings=False,
    )
    for column in _weighed(model):
        shares = connection.sql(
            f"SELECT {column}, count(*) / $among AS tf_{column} FROM registered"
            f" WHERE {column} IS NOT NULL GROUP BY {column}",
            params={"among": records.num_rows + model.among},
        ).to_arrow_table()
        linker.table_management.register_term_frequency_lookup(api.register(shares), column)
    predicted = linker.inference.predict(
        threshold_match_probability=_NEGLIGIBLE,
        num_chunks_left=math.ceil(rows.num_rows / ROWS_AT_ONCE),
        warning_mode="never",
    )
    return predicted.as_duckdbpyrelation()


def _weighed(model: Model) -> list[str]:
    """Columns whose rarer values count for more."""
    levels = (level for one in model.comparisons for level in one.levels)
    return sorted({level.frequency for level in levels if level.frequency})


def _by_row(best: duckdb.DuckDBPyRelation, model: Model) -> dict[int, list[Link]]:
    found: dict[int, list[Link]] = defaultdict(list)
    columns = best.columns
    while values := best.fetchmany(10_000):
        for one in values:
            pair: dict[str, Any] = dict(zip(columns, one, strict=True))
            link = Link(pair["id_l"], pair["id_r"], pair["share"], levels_of(pair, model))
            found[link.row].append(link)
    return dict(found)
