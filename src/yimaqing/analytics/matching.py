"""Record linkage: pairs of records that may be of the same thing, with what speaks for it.

Knows no domain: the caller names columns, comparisons and blocks. Fellegi and Sunter's model
as Splink carries it out on DuckDB. ``m`` is the share of true pairs at a level, ``u`` that of
other pairs; both are given, not trained, so that a pair's score does not depend on what else
happens to be in the table.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator
from splink.blocking_rule_library import CustomRule
from splink.comparison_level_library import CustomLevel
from splink.comparison_library import CustomComparison
from splink.internals.comparison_level_creator import ComparisonLevelCreator
from splink.internals.exceptions import SplinkException

from yimaqing.analytics.connection import connect

#: The linkage library logs each of its statements, with names in them.
logging.getLogger("splink").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Level:
    """One degree of likeness: an SQL condition over ``x_l`` and ``x_r``.

    ``frequency`` names a column whose value counts the more, the rarer it is.
    """

    code: str
    sql: str
    m: float
    u: float
    frequency: str = ""


@dataclass(frozen=True)
class Comparison:
    """Levels in the order in which they are tried; ``unknown``: nothing is said for or against.

    ``otherwise`` is the (m, u) of a pair that reaches none of them; its code is "".
    """

    name: str
    unknown: str
    levels: tuple[Level, ...]
    otherwise: tuple[float, float]

    def code(self, reached: int) -> str:
        """The code of a level by Splink's number: the first is the highest, 0 none of them."""
        return self.levels[len(self.levels) - reached].code if reached > 0 else ""


@dataclass(frozen=True)
class Model:
    """What is compared, among which pairs, and which share of the records has a double
    (in the same table, or in the other one).

    ``u`` is that of at least ``among`` records: a smaller table is scored as a part of them.

    ``blocks`` are SQL conditions over ``l.x`` and ``r.x`` with at least one equality each:
    only pairs that satisfy one are compared. ``excluded`` pairs are left out of all of them.
    """

    comparisons: tuple[Comparison, ...]
    blocks: tuple[str, ...]
    doubles: float
    among: int = 0
    excluded: str = "false"


@dataclass(frozen=True)
class Pair:
    """Two records by number, how probably they are the same, and the level of each comparison."""

    left: int
    right: int
    probability: float
    levels: dict[str, str]


def pairs(
    records: pa.Table,
    model: Model,
    *,
    threshold: float,
    frequencies: dict[str, dict[str, float]] | None = None,
    memory_gib: float = 2.0,
) -> list[Pair]:
    """Pairs of ``records`` (column ``id``, unique integers) of at least ``threshold``, likeliest
    first; ``left`` < ``right``.

    ``frequencies``: for a level's ``frequency`` column the share of each value, where the
    table itself is too small to tell. Nothing is written to disk: beyond ``memory_gib``
    DuckDB's OutOfMemoryException is raised.
    """
    if records.num_rows < 2:
        return []
    with without_disk(memory_gib) as connection:
        return _scored(connection, records, model, threshold, frequencies or {})


@contextmanager
def without_disk(memory_gib: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that keeps everything in memory, and of ``memory_gib`` at most.

    What is compared are names and numbers of people: they must not lie in a spill file, least
    of all after a kill.
    """
    connection = connect(memory_gib=memory_gib)
    try:
        connection.execute("SET temp_directory = ''")
        yield connection
    except SplinkException as error:
        # The library wraps what the database says into its own words and the whole statement.
        if isinstance(error.__cause__, duckdb.Error):
            raise error.__cause__ from None
        raise
    finally:
        connection.close()


def _scored(
    connection: Any,
    records: pa.Table,
    model: Model,
    threshold: float,
    frequencies: dict[str, dict[str, float]],
) -> list[Pair]:
    api = DuckDBAPI(connection)
    # Each record with a double makes one true pair of records * (records - 1) / 2.
    prior = model.doubles / max(records.num_rows - 1, model.among)
    linker = Linker(
        api.register(records, table_name="records"),
        settings("dedupe_only", model, prior=prior),
        log_level=None,
        validate_settings=False,
    )
    for column, shares in frequencies.items():
        known = pa.table({column: list(shares), f"tf_{column}": list(shares.values())})
        linker.table_management.register_term_frequency_lookup(api.register(known), column)
    found = linker.inference.predict(threshold_match_probability=threshold, warning_mode="never")
    shown = ["id_l", "id_r", "match_probability", *reached(model)]
    rows = found.as_duckdbpyrelation().select(*shown).fetchall()
    scored = [_pair(dict(zip(shown, row, strict=True)), model) for row in rows]
    return sorted(scored, key=lambda pair: (-pair.probability, pair.left, pair.right))


def _pair(row: Mapping[str, Any], model: Model) -> Pair:
    left, right = sorted((row["id_l"], row["id_r"]))
    return Pair(left, right, row["match_probability"], levels_of(row, model))


def reached(model: Model) -> list[str]:
    """The library's columns that say which level a pair reached."""
    return [f"gamma_{one.name}" for one in model.comparisons]


def levels_of(row: Mapping[str, Any], model: Model) -> dict[str, str]:
    """Code of the level by comparison; what is not known is left out."""
    return {
        one.name: one.code(level)
        for one in model.comparisons
        if (level := row[f"gamma_{one.name}"]) >= 0
    }


def settings(
    kind: Literal["dedupe_only", "link_only"], model: Model, *, prior: float
) -> SettingsCreator:
    """The model in the library's words; ``prior``: how probably any two records are one."""
    return SettingsCreator(
        link_type=kind,
        unique_id_column_name="id",
        probability_two_random_records_match=prior,
        comparisons=[_comparison(one) for one in model.comparisons],
        blocking_rules_to_generate_predictions=[
            CustomRule(f"({block}) AND NOT coalesce({model.excluded}, false)", sql_dialect="duckdb")
            for block in model.blocks
        ],
        retain_matching_columns=True,  # the levels reached come with them only
    )


def _comparison(one: Comparison) -> CustomComparison:
    m, u = one.otherwise
    levels: list[ComparisonLevelCreator | dict[str, Any]] = [
        CustomLevel(one.unknown).configure(is_null_level=True),
        *(_level(level) for level in one.levels),
        CustomLevel("ELSE").configure(m_probability=m, u_probability=u),
    ]
    return CustomComparison(levels, output_column_name=one.name)


def _level(level: Level) -> CustomLevel:
    made = CustomLevel(level.sql, level.code)
    made.configure(m_probability=level.m, u_probability=level.u)
    if level.frequency:
        made.configure(
            tf_adjustment_column=level.frequency,
            tf_adjustment_weight=1.0,
            disable_tf_exact_match_detection=True,
        )
    return made
