"""A prefecture's snapshot for the checks bench: the monitoring bench's people, with the income,
the living conditions and the help measures that the checks read beside them.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb

from bench.monitoring_data import prepare as prepare_people
from yimaqing.analytics import lake as lakes
from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.snapshot import ROW_GROUP, count_rows

#: The people of the monitoring bench have one relation and one labour for all ages: with these
#: there is about one doubt a household, more than a register that is looked after has.
PERSONS = """
    SELECT * REPLACE (
      CASE WHEN relation = 'head' THEN 'head' WHEN hash(id) % 500 = 0 THEN 'daughter'
           WHEN sex = 'male' THEN 'son' ELSE 'daughter' END AS relation,
      CASE WHEN hash(id + 1) % 300 = 0 THEN 'ordinary'
           WHEN born_on > DATE '2004-08-19' THEN 'none'
           WHEN born_on < DATE '1960-08-20' THEN 'weak'
           WHEN health = 'healthy' THEN 'ordinary' ELSE 'lost' END AS labour_skill,
      CASE WHEN labour_skill = 'ordinary' AND hash(id) % 2 = 0 THEN 'county' ELSE '' END
        AS work_area,
      CASE WHEN relation = 'head' OR minimum_living THEN minimum_living ELSE NULL END
        AS minimum_living)
    FROM p"""
TABLES = {
    "registry.person": PERSONS,
    "registry.yearlyincome": """
        SELECT county, id AS household_id, place_code, y::SMALLINT AS year,
          (hash(id * 8 + y) % 3000000)::BIGINT AS wage_fen, 0::BIGINT AS operating_fen,
          0::BIGINT AS property_fen, 0::BIGINT AS transfer_fen, 0::BIGINT AS operating_cost_fen,
          wage_fen AS net_fen, wage_fen // member_count AS per_capita_fen,
          member_count AS divisor, 'registered' AS divisor_basis
        FROM h, range(2018, 2020) t(y)""",
    "registry.livingcondition": """
        SELECT county, id AS household_id, place_code, y::SMALLINT AS year,
          (hash(id * 8 + y) % 10100) / 100.0 AS arable_mu, 0.0::DOUBLE AS forest_mu,
          hash(id + y) % 200 = 0 AS water_difficult, hash(id + y) % 150 <> 0 AS water_safe,
          hash(id - y) % 100 = 0 AS dangerous_house,
          CASE hash(id - y) % 100 WHEN 0 THEN 'D' WHEN 1 THEN 'B' ELSE 'A' END AS house_grade
        FROM h, range(2018, 2020) t(y)""",
    "registry.measure": """
        SELECT county, id AS household_id, place_code, (2016 + k)::SMALLINT AS year,
          CASE hash(id * 8 + k) % 4 WHEN 0 THEN 'industry' WHEN 1 THEN 'employment'
               WHEN 2 THEN 'social_security' ELSE 'other_education' END AS measure_group
        FROM h, range(0, 5) t(k) WHERE hash(id * 8 + k) % 3 > 0""",
}


def prepare(lake: Path, households: int) -> Snapshot:
    """The snapshot of ``households`` in ``lake``, made when it is not there yet."""
    people = prepare_people(lake, households)
    if set(TABLES) <= set(people.rows) and people.facts.get("made_for") == "checks":
        return people
    with connect(memory_gib=2, spill=lake / "spill") as connection:
        for table, query in TABLES.items():
            _write(connection, people, table, query)
        rows = {table: count_rows(connection, people.path, table) for table in TABLES}
    made = replace(people, rows={**people.rows, **rows}, facts={"made_for": "checks"})
    return lakes.finish(made)


def _write(connection: duckdb.DuckDBPyConnection, people: Snapshot, table: str, query: str) -> None:
    """Write a table beside, and put it in the place of one of that name."""
    for name, source in (("h", "registry.household"), ("p", "registry.person")):
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT *, left(place_code, 6) AS county"
            f" FROM read_parquet({people.files(source)}, hive_partitioning = false)"
        )
    beside = people.path / f".{table}"
    shutil.rmtree(beside, ignore_errors=True)
    connection.execute(
        f"COPY (SELECT * FROM ({query}) ORDER BY county, household_id)"
        f" TO '{beside}' (FORMAT parquet, PARTITION_BY (county), COMPRESSION zstd,"
        f" ROW_GROUP_SIZE {ROW_GROUP})"
    )
    shutil.rmtree(people.path / table, ignore_errors=True)
    beside.rename(people.path / table)
