"""Synthetic snapshots of any size for the monitoring bench, made by DuckDB.

Same layout and sort order as `yimaqing snapshot take` writes. Values come from hashes of
the household's number, so the same size gives the same data. About 2.8 members and 8.8
readings a household: every indicator, some repeated, some with the parts of drinking
water, some with the income of the year before. Rates of failure and of risk are those of
a prefecture in 2020, not a worst case for the rules; see RATES.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb

from yimaqing.analytics import lake as lakes
from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.snapshot import ROW_GROUP, count_rows

AS_OF = dt.date(2020, 8, 19)
COUNTY_HOUSEHOLDS = 36_000  # archived households of a national poverty county
_CHUNK_COUNTIES = 20
TABLES = ("registry.household", "registry.person", "registry.reading")

#: Per thousand; near what surveys of 2019 and 2020 found in archived households.
RATES = {
    "word_fails": 4,
    "repeated": 30,
    "stale": 6,
    "uninsured": 5,
    "out_of_school": 4,
    "serious": 30,
    "disabled": 70,
    "unable": 300,
    "no_reading": 5,
    "water_low": 20,
    "income_fell": 20,
}


def prepare(lake: Path, households: int) -> Snapshot:
    """The snapshot of ``households`` in ``lake``, made when it is not there yet."""
    path = lake / f"households-{households}"
    if (path / lakes.MANIFEST).exists():
        return lakes.read_manifest(path)
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    with connect(memory_gib=4, spill=lake / "spill") as connection:
        for first in range(0, households, COUNTY_HOUSEHOLDS * _CHUNK_COUNTIES):
            last = min(first + COUNTY_HOUSEHOLDS * _CHUNK_COUNTIES, households)
            _chunk(connection, path, first, last)
            print(f"  {last:>12,} households", flush=True)
        rows = {table: count_rows(connection, path, table) for table in TABLES}
    taken_at = dt.datetime.combine(AS_OF, dt.time(12), tzinfo=dt.UTC)
    return lakes.finish(Snapshot(path, taken_at, rows))


def _chunk(connection: duckdb.DuckDBPyConnection, path: Path, first: int, last: int) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE h AS {_households(first, last)}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE p AS {_PERSONS}")
    _write(connection, path, "registry.household", f"SELECT * FROM ({_HOUSEHOLD_COLUMNS})", "id")
    _write(connection, path, "registry.person", _PERSON_COLUMNS, "household_id, id")
    readings = (
        f"SELECT county, {first * 16} + row_number() OVER (ORDER BY county, indicator,"
        f" household_id) AS id, * EXCLUDE (county) FROM ({_readings()})"
    )
    _write(connection, path, "registry.reading", readings, "indicator, household_id")


def _write(
    connection: duckdb.DuckDBPyConnection, path: Path, table: str, query: str, order: str
) -> None:
    connection.execute(
        f"COPY (SELECT * FROM ({query}) ORDER BY county, {order}) TO '{path / table}'"
        " (FORMAT parquet, PARTITION_BY (county), COMPRESSION zstd, OVERWRITE_OR_IGNORE,"
        f" ROW_GROUP_SIZE {ROW_GROUP})"
    )


def _draw(key: str, salt: int) -> str:
    """A number from 0 to 999 that depends on ``key`` and ``salt`` only."""
    return f"(hash({key} * 128 + {salt}) % 1000)"


def _households(first: int, last: int) -> str:
    return f"""
    SELECT i AS household_id, lpad((110000 + i // {COUNTY_HOUSEHOLDS})::VARCHAR, 6, '0') AS county,
      county || lpad((100 + (i // 1200) % 30)::VARCHAR, 3, '0')
             || lpad((200 + (i // 60) % 20)::VARCHAR, 3, '0') AS place_code,
      (1 + ({_draw("i", 1)} >= 250)::INT + ({_draw("i", 2)} >= 450)::INT
         + ({_draw("i", 3)} >= 700)::INT + ({_draw("i", 4)} >= 800)::INT)::SMALLINT AS members
    FROM range({first}, {last}) t(i)"""


_HOUSEHOLD_COLUMNS = f"""
    SELECT county, household_id AS id, place_code, 'archived' AS register_class,
      CASE WHEN {_draw("household_id", 5)} < 26 THEN 'lifted_monitored' ELSE '' END AS "group",
      CASE WHEN {_draw("household_id", 6)} < 2 THEN 'returned'
           WHEN {_draw("household_id", 6)} < 10 THEN 'unlifted' ELSE 'lifted' END AS poverty_status,
      'poor' AS attribute,
      CASE WHEN {_draw("household_id", 7)} < 400 THEN 'illness'
           WHEN {_draw("household_id", 7)} < 540 THEN 'disability'
           WHEN {_draw("household_id", 7)} < 700 THEN 'skill' ELSE 'labour' END AS main_cause,
      '' AS return_cause,
      (members + ({_draw("household_id", 8)} < 5)::INT)::SMALLINT AS member_count,
      2014::SMALLINT AS recognised_year, 2018::SMALLINT AS exit_year,
      {_draw("household_id", 9)} >= 3 AS valid
    FROM h"""

_PERSONS = f"""
    SELECT household_id * 16 + k AS id, household_id, county, place_code, k,
      DATE '2020-07-01' - (CASE WHEN k = 0 THEN 9000 + hash(household_id * 128 + 20) % 18000
                           ELSE hash(household_id * 128 + 20 + k) % 27000 END)::INT AS born_on,
      {_draw("(household_id * 16 + k)", 30)} AS r, {_draw("(household_id * 16 + k)", 31)} AS s
    FROM h, range(0, 5) t(k) WHERE k < members"""

_PERSON_COLUMNS = f"""
    SELECT county, id, household_id, place_code, CASE WHEN s % 2 = 0 THEN 'male' ELSE 'female'
      END AS sex, born_on, CASE WHEN k = 0 THEN 'head' ELSE 'son' END AS relation,
      'han' AS ethnicity,
      CASE WHEN born_on > DATE '2014-08-01' THEN 'preschool'
           WHEN born_on > DATE '2004-08-01' THEN 'primary' ELSE 'non_student' END AS student_status,
      CASE WHEN r < {RATES["serious"]} THEN 'serious'
           WHEN r < {RATES["serious"] + RATES["disabled"]} THEN 'disabled'
           ELSE 'healthy' END AS health,
      CASE WHEN s < {RATES["unable"]} THEN 'none' ELSE 'ordinary' END AS labour_skill,
      {_draw("id", 100)} >= {RATES["uninsured"]} AS resident_medical,
      false AS employee_medical, s > 20 AS major_illness_insurance, s < 150 AS minimum_living,
      r = 500 AS military, '' AS work_area, NULL::SMALLINT AS work_months, r <> 999 AS valid
    FROM p"""


def _readings() -> str:
    """Every reading: per household by word, per member, water in parts, income of two years."""
    parts = []
    for salt, indicator in enumerate(("food", "clothing", "housing", "water")):
        fails, passes = ("'C'", "'A'") if indicator == "housing" else ("'fail'", "'pass'")
        value = f"CASE WHEN {_draw('household_id', 40 + salt)} < {RATES['word_fails']}"
        value = f"{value} THEN {fails} ELSE {passes} END"
        given = f"{_draw('household_id', 50 + salt)} >= {RATES['no_reading']}"
        again = f"{_draw('household_id', 60 + salt)} < {RATES['repeated']}"
        parts += [
            _reading("h", indicator, value, _day("household_id", 70 + salt), given),
            _reading("h", indicator, passes, "TIMESTAMP '2019-09-01'", again),
        ]
    for salt, item in enumerate(("quantity", "convenience", "guarantee")):
        number = _water_number(item, salt)
        when = f"{_draw('household_id', 84)} < 50"
        day = _day("household_id", 85)
        parts.append(_reading("h", f"water.{item}", "''", day, when, number=number))
    income = "(3700 + hash(household_id * 128 + 90) % 12000)::DOUBLE"
    before = f"({income} * CASE WHEN {_draw('household_id', 93)} < {RATES['income_fell']}"
    before = f"{before} THEN 2 ELSE 0.9 END)"
    some = f"{_draw('household_id', 92)} < 300"
    parts += [
        _reading("h", "income", "''", "TIMESTAMP '2020-06-30'", number=income),
        _reading("h", "income", "''", "TIMESTAMP '2019-06-30'", some, number=before),
        _reading(
            "p",
            "medical",
            f"CASE WHEN {_draw('id', 100)} < {RATES['uninsured']} THEN 'uninsured'"
            " ELSE 'insured' END",
            _day("id", 101),
            f"{_draw('id', 102)} >= {RATES['no_reading']}",
        ),
        _reading(
            "p",
            "education",
            f"CASE WHEN {_draw('id', 103)} < {RATES['out_of_school']} THEN 'out'"
            " ELSE 'enrolled' END",
            _day("id", 104),
            "born_on BETWEEN DATE '2004-08-01' AND DATE '2014-08-01'",
        ),
    ]
    return " UNION ALL ".join(parts)


def _water_number(item: str, salt: int) -> str:
    """Litres, minutes or days, failing the national threshold now and then."""
    good, bad = {"quantity": (60, 10), "convenience": (5, 45), "guarantee": (10, 90)}[item]
    low = f"{_draw('household_id', 80 + salt)} < {RATES['water_low']}"
    return f"(CASE WHEN {low} THEN {bad} ELSE {good} END)::DOUBLE"


def _reading(
    table: str,
    indicator: str,
    value: str,
    observed_at: str,
    where: str = "true",
    number: str = "NULL::DOUBLE",
) -> str:
    person = "id" if table == "p" else "NULL::BIGINT"
    return f"""SELECT county, place_code, household_id, {person} AS person_id,
      '{indicator}' AS indicator, {value} AS value_text, {number} AS value_number,
      {observed_at} AS observed_at, 'bench' AS source, 1::BIGINT AS batch_id
      FROM {table} WHERE {where}"""


def _day(key: str, salt: int) -> str:
    """Some day from May to August 2020; one in many is two years older, hence stale."""
    draw = f"hash({key} * 128 + {salt})"
    age = f"({draw} % 100)::INT + CASE WHEN {draw} % 1000 < {RATES['stale']} THEN 730 ELSE 0 END"
    return f"(TIMESTAMP '2020-08-10 09:00:00' - to_days({age}))"
