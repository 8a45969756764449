"""The engines that every spec runs on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest

from tests.spec.tables import Engine, on_duckdb, on_postgres
from yimaqing.analytics.connection import connect


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[Engine]:
    with connect(memory_gib=0.5, threads=1) as connection:
        yield on_duckdb(connection)


@pytest.fixture(scope="session")
def postgres_engine(databases) -> Iterator[Engine]:
    """The embedded server, with an empty database of its own for the specs' tables."""
    name = f"test_{os.getpid()}_spec"
    databases.admin.execute(f"CREATE DATABASE {name}")
    at = databases.admin.info
    try:
        with psycopg.connect(
            at.dsn, password=at.password, dbname=name, autocommit=True
        ) as connection:
            yield on_postgres(connection)
    finally:
        databases.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["duckdb", "postgres"])
def judge(request) -> Engine:
    """Each spec runs once per engine; what comes out must be the same."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine
