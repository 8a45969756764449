"""The engines that every spec runs on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.spec.checking import Checker, checking_on_duckdb, checking_on_postgres
from tests.spec.on_spark import on_spark, session_for_specs
from tests.spec.tables import Engine, on_duckdb, on_postgres
from yimaqing.analytics.connection import connect


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[Engine]:
    with connect(memory_gib=0.5, threads=1) as connection:
        yield on_duckdb(connection)


@pytest.fixture(scope="session")
def spark_session(tmp_path_factory) -> Iterator[Any]:
    """The optional engine on this machine, as small as it gets."""
    with session_for_specs(tmp_path_factory.mktemp("spill")) as session:
        yield session


@pytest.fixture(scope="session")
def spark_engine(spark_session, tmp_path_factory) -> Engine:
    """The engine of a nation."""
    return on_spark(spark_session, tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="session")
def spec_database(databases) -> Iterator[Callable[[], psycopg.Connection[Any]]]:
    """Connections to an empty database of the embedded server, for the specs' own tables."""
    name = f"test_{os.getpid()}_spec"
    databases.admin.execute(f"CREATE DATABASE {name}")
    at = databases.admin.info

    def connected() -> psycopg.Connection[Any]:
        return psycopg.connect(at.dsn, password=at.password, dbname=name, autocommit=True)

    try:
        yield connected
    finally:
        databases.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_engine(spec_database) -> Iterator[Engine]:
    """The embedded server: tables of the specs live as long as the connection."""
    with spec_database() as connection:
        yield on_postgres(connection)


@pytest.fixture(params=["duckdb", "postgres", pytest.param("spark", marks=pytest.mark.spark)])
def judge(request) -> Engine:
    """Each spec runs once per engine; what comes out must be the same."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@pytest.fixture(scope="session")
def checkers(spec_database) -> Iterator[dict[str, Checker]]:
    """What asks a register the checks, by engine."""
    with connect(memory_gib=0.5, threads=1) as duck, spec_database() as postgres:
        yield {"duckdb": checking_on_duckdb(duck), "postgres": checking_on_postgres(postgres)}
