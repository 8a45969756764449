"""Tables as a person writes them, and engines that judge them.

    id | place        | members
    1  | 141124104201 | 2

A blank cell is a value that was not given. Columns that a table leaves out take the
ordinary value (DEFAULTS), so that a spec shows only what it is about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import psycopg
import pyarrow as pa

from yimaqing.domains.monitoring import rules
from yimaqing.domains.monitoring.rules import Clock, Ruleset
from yimaqing.domains.registry import tables as published

BAIWEN = "141124104201"
Row = dict[str, Any]

DEFAULTS: dict[str, Row] = {
    "household": {
        "place_code": BAIWEN,
        "register_class": "archived",
        "group": "",
        "poverty_status": "lifted",
        "attribute": "poor",
        "main_cause": "illness",
        "return_cause": "",
        "member_count": 1,
        "recognised_year": 2014,
        "exit_year": 2018,
        "valid": True,
    },
    "person": {
        "household_id": 1,
        "place_code": BAIWEN,
        "sex": "female",
        "born_on": dt.date(1975, 2, 14),
        "relation": "head",
        "ethnicity": "han",
        "student_status": "",
        "health": "healthy",
        "labour_skill": "ordinary",
        "resident_medical": True,
        "employee_medical": False,
        "major_illness_insurance": True,
        "minimum_living": False,
        "military": False,
        "work_area": "",
        "work_months": None,
        "valid": True,
    },
    "reading": {
        "place_code": BAIWEN,
        "household_id": 1,
        "person_id": None,
        "value_text": "",
        "value_number": None,
        "source": "visit",
        "batch_id": None,
    },
}
_SHORT = {
    "place": "place_code",
    "household": "household_id",
    "person": "person_id",
    "members": "member_count",
    "born": "born_on",
    "status": "student_status",
    "labour": "labour_skill",
    "poverty": "poverty_status",
    "observed": "observed_at",
}
_DUCKDB = {"string": "VARCHAR", "boolean": "BOOLEAN", "date": "DATE", "timestamp": "TIMESTAMP"}
_NUMBERS = {"int16": "SMALLINT", "int32": "INTEGER", "int64": "BIGINT", "float64": "DOUBLE"}


@dataclass(frozen=True)
class Register:
    """What the three published tables hold, in whole rows."""

    household: tuple[Row, ...]
    person: tuple[Row, ...]
    reading: tuple[Row, ...]


@dataclass(frozen=True)
class Judged:
    """Standings by household, findings by (household, rule)."""

    standing: dict[int, Row]
    findings: dict[tuple[int, str], Row]

    def states(self, household: int = 1) -> dict[str, str]:
        """The seven states of a household."""
        row = self.standing[household]
        return {k.removesuffix("_state"): v for k, v in row.items() if k.endswith("_state")}

    def rules(self, household: int = 1) -> set[str]:
        """The rules that fired for a household."""
        return {rule for held, rule in self.findings if held == household}


Engine = Callable[[Register, Ruleset, dt.date], Judged]


def register(household: str = "id\n1", person: str = "", reading: str = "") -> Register:
    """The register that a spec describes in three tables."""
    return Register(
        tuple(_rows("household", household)),
        tuple(_rows("person", person)),
        tuple(_rows("reading", reading)),
    )


def _rows(table: str, text: str) -> Iterable[Row]:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if not lines:
        return
    names = [_SHORT.get(name.strip(), name.strip()) for name in lines[0].split("|")]
    for number, line in enumerate(lines[1:], 1):
        cells = dict(zip(names, (cell.strip() for cell in line.split("|")), strict=True))
        row = {"id": number, **DEFAULTS[table]}
        for name, cell in cells.items():
            if name == "value":
                row["value_text" if not _is_number(cell) else "value_number"] = (
                    float(cell) if _is_number(cell) else cell
                )
            else:
                row[name] = _cell(name, cell, row.get(name))
        yield row


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("-", "", 1).isdigit()


def _cell(name: str, cell: str, ordinary: Any) -> Any:
    if name == "observed_at":
        return china(cell)
    if name.endswith("_on"):
        return dt.date.fromisoformat(cell) if cell else None
    if isinstance(ordinary, bool):
        return {"yes": True, "no": False, "": None}[cell]
    if name.endswith(("_id", "_count")) or name == "id":
        return int(cell) if cell else None
    return cell


def china(text: str) -> dt.datetime:
    """``2020-08-01`` or ``2020-08-01 14:05:06`` by China's clock, as UTC without a zone."""
    moment = dt.datetime.fromisoformat(text) - dt.timedelta(hours=8)
    return moment.replace(tzinfo=None)


@cache
def compiled(dialect: str, ruleset: Ruleset, day: dt.date) -> tuple[str, str]:
    """SQL of (standing, findings) over the published tables."""
    clock = Clock(day)
    of_members = rules.members(published.person, published.reading, ruleset, clock)
    judged = rules.assessed(published.household, published.reading, of_members, ruleset, clock)
    asked = (
        rules.standing(judged, published.household, ruleset, clock),
        rules.findings(rules.alerts(judged), published.household, of_members, ruleset, clock),
    )
    standing, findings = (str(ibis.to_sql(e, dialect=dialect, pretty=False)) for e in asked)
    return standing, findings


def on_duckdb(connection: duckdb.DuckDBPyConnection) -> Engine:
    """The engine of a whole prefecture."""

    def judge(held: Register, ruleset: Ruleset, day: dt.date) -> Judged:
        for name, table in _published().items():
            rows = pa.Table.from_pylist(list(getattr(held, name)), schema=arrow(table))
            connection.register(str(table.get_name()), rows)
        asked = [
            connection.sql(sql).to_arrow_table().to_pylist()
            for sql in compiled("duckdb", ruleset, day)
        ]
        return judged(*asked)

    return judge


def on_postgres(connection: psycopg.Connection[Any]) -> Engine:
    """The engine of one household at once; here it judges all of them."""
    for table in _published().values():
        columns = ", ".join(f'"{n}" {postgres_type(str(t))}' for n, t in table.schema().items())
        connection.execute(f"CREATE TEMP TABLE {table.get_name()} ({columns})")

    def judge(held: Register, ruleset: Ruleset, day: dt.date) -> Judged:
        for name, table in _published().items():
            fill(connection, table, getattr(held, name))
        asked = []
        for sql in compiled("postgres", ruleset, day):
            cursor = connection.execute(sql.encode())
            names = [column.name for column in cursor.description or ()]
            asked.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
        return judged(*asked)

    return judge


def _published() -> dict[str, ir.Table]:
    return {name: getattr(published, name) for name in ("household", "person", "reading")}


def fill(connection: psycopg.Connection[Any], table: ir.Table, rows: Sequence[Row]) -> None:
    """Put rows in place of those that the table held."""
    columns = list(table.columns)
    connection.execute(f"TRUNCATE {table.get_name()}")
    quoted = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor().copy(f"COPY {table.get_name()} ({quoted}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row[name] for name in columns])


def postgres_type(kind: str) -> str:
    """The type of a published column in PostgreSQL."""
    if kind == "string":
        return 'text COLLATE "C"'
    if kind == "float64":
        return "double precision"
    return _NUMBERS.get(kind) or _DUCKDB[kind.split("(", maxsplit=1)[0]].lower()


def arrow(table: ir.Table) -> pa.Schema:
    """The published columns as Arrow's."""
    return table.schema().to_pyarrow()


def judged(standing: Sequence[Row], findings: Sequence[Row]) -> Judged:
    """What an engine wrote, by household and rule."""
    return Judged(
        {row["household_id"]: row for row in map(_plain, standing)},
        {(row["household_id"], row["rule_code"]): row for row in map(_plain, findings)},
    )


def _plain(row: Mapping[str, Any]) -> Row:
    return {name: list(v) if isinstance(v, tuple) else v for name, v in row.items()}
