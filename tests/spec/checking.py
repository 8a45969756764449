"""Households as a person writes them, and engines that ask them the checks.

    h: group=marginal recognised_year=2019 | p: born_on=2004-08-20 | measure: year=2019

``?`` is a value that was not given. What is left out takes the ordinary value, which no
check minds; without a ``p:`` there is one ordinary member, the head.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import psycopg
import pyarrow as pa

from tests.spec.tables import BAIWEN, DEFAULTS, Row, arrow, china, fill, postgres_type
from yimaqing.domains.monitoring import checks
from yimaqing.domains.monitoring.rules import Clock, shipped
from yimaqing.domains.registry import tables as published

DAY = dt.date(2020, 8, 19)
PARTS: dict[str, ir.Table] = {
    "h": published.household,
    "p": published.person,
    "reading": published.reading,
    "income": published.yearlyincome,
    "living": published.livingcondition,
    "measure": published.measure,
}
ORDINARY: dict[str, Row] = {
    "h": DEFAULTS["household"] | {"main_cause": "skill"},
    "p": DEFAULTS["person"] | {"student_status": "non_student"},
    "reading": DEFAULTS["reading"] | {"observed_at": china("2020-07-01")},
    "income": {
        "year": 2019,
        "wage_fen": 1_000_000,
        "operating_fen": 0,
        "property_fen": 0,
        "transfer_fen": 0,
        "operating_cost_fen": 0,
        "net_fen": 1_000_000,
        "per_capita_fen": 1_000_000,
        "divisor": 1,
        "divisor_basis": "registered",
    },
    "living": {
        "year": 2019,
        "arable_mu": 8.5,
        "forest_mu": 0.0,
        "water_difficult": False,
        "water_safe": True,
        "dangerous_house": False,
        "house_grade": "A",
    },
    "measure": {"year": 2018, "measure_group": "industry"},
}

#: (household, check) → the evidence.
Found = dict[tuple[int, str], str]
Tables = Mapping[str, Sequence[Row]]
Checker = Callable[[Tables], Found]


def households(told: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of the households that are told, numbered from 1; members from 10 n + 1, and a
    reading's person_id counts them from 1.
    """
    rows: dict[str, list[Row]] = {part: [] for part in PARTS}
    for number, text in enumerate(told, 1):
        given = [piece.strip().partition(":") for piece in text.split("|") if piece.strip()]
        parts = [(part, _row(part, words)) for part, _, words in given]
        if not any(part == "h" for part, _ in parts):
            parts.append(("h", dict(ORDINARY["h"])))
        if not any(part == "p" for part, _ in parts):
            parts.append(("p", dict(ORDINARY["p"])))
        for part, row in parts:
            _place(rows, part, row, number)
    return rows


def _place(rows: dict[str, list[Row]], part: str, row: Row, number: int) -> None:
    row["place_code"] = BAIWEN
    if part == "h":
        row["id"] = number
    else:
        row["household_id"] = number
    if part == "p":
        row["id"] = number * 10 + 1 + sum(p["household_id"] == number for p in rows["p"])
    if part == "reading":
        row["id"] = len(rows["reading"]) + 1
        if row["person_id"] is not None:
            row["person_id"] += number * 10
    rows[part].append(row)


def _row(part: str, words: str) -> Row:
    schema = PARTS[part].schema()
    row = dict(ORDINARY[part])
    for word in words.split():
        name, _, text = word.partition("=")
        row[name] = _value(str(schema[name]), text)
    return row


def _value(kind: str, text: str) -> Any:
    if text == "?":
        return None
    if kind == "boolean":
        return {"yes": True, "no": False}[text]
    if kind.startswith("int"):
        return int(text)
    if kind == "float64":
        return float(text)
    if kind == "date":
        return dt.date.fromisoformat(text)
    return china(text) if kind.startswith("timestamp") else text


@cache
def compiled(dialect: str) -> str:
    """The shipped checks as one statement over the published tables."""
    question = checks.Question(checks.shipped_checks().asked, shipped(DAY), Clock(DAY))
    register = checks.Register(*PARTS.values())
    members = checks.members_of(register, question)
    households_ = checks.households_of(register, members, question)
    found = checks.doubts(members, households_, question)
    return str(ibis.to_sql(found, dialect=dialect, pretty=False))


def checking_on_duckdb(connection: duckdb.DuckDBPyConnection) -> Checker:
    """The engine of a whole prefecture."""

    def ask(tables: Tables) -> Found:
        for part, table in PARTS.items():
            rows = pa.Table.from_pylist(list(tables[part]), schema=arrow(table))
            connection.register(str(table.get_name()), rows)
        return found_of(connection.sql(compiled("duckdb")).to_arrow_table().to_pylist())

    return ask


def checking_on_postgres(connection: psycopg.Connection[Any]) -> Checker:
    """The engine of one household at once; here it is asked of all of them."""
    for table in PARTS.values():
        columns = ", ".join(f'"{n}" {postgres_type(str(t))}' for n, t in table.schema().items())
        connection.execute(f"CREATE TEMP TABLE {table.get_name()} ({columns})")

    def ask(tables: Tables) -> Found:
        for part, table in PARTS.items():
            fill(connection, table, tables[part])
        cursor = connection.execute(compiled("postgres").encode())
        names = [column.name for column in cursor.description or ()]
        return found_of([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])

    return ask


def found_of(rows: Sequence[Row]) -> Found:
    """What an engine wrote, by household and check."""
    found = {(row["household_id"], row["check_code"]): row["facts"] for row in rows}
    assert len(found) == len(rows), "one row a household and check"
    return found
