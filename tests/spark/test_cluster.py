"""The same answer, value for value, on DuckDB, on Spark here and on a cluster of its own."""

from __future__ import annotations

import os

import pytest

from bench.spark_cluster import WORKERS, connect_server, standalone
from bench.spark_runs import RunFailed, one
from tests.spec.on_spark import need_spark

pytestmark = pytest.mark.spark
HOUSEHOLDS = 37_000  # of two counties


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    need_spark()
    return tmp_path_factory.mktemp("lake")


@pytest.fixture(scope="module")
def expected(lake):
    found = totals(lake, "duckdb")
    assert all(len(counties) == 2 for counties in found.values())
    return found


def totals(lake, setting, environment=os.environ):
    return one(lake, HOUSEHOLDS, setting, environment)["totals"]


def test_a_cluster_of_two_workers_writes_what_duckdb_writes(lake, expected, tmp_path):
    with standalone(tmp_path) as (master, environment):
        assert totals(lake, master, environment) == expected
    worked = list((tmp_path / "work").glob("app-*/*/stderr"))
    assert len(worked) == WORKERS, "each worker ran an executor"


def test_a_server_that_speaks_connect_writes_what_duckdb_writes(lake, expected, tmp_path):
    """Nothing of the product's own process is Java then."""
    with connect_server(tmp_path) as address:
        without_java = os.environ | {"JAVA_HOME": "/nowhere", "PATH": "/nowhere"}
        assert totals(lake, address, without_java) == expected


@pytest.mark.parametrize("address", ["sc://127.0.0.1:1", "spark://127.0.0.1:1"])
def test_an_address_at_which_nobody_answers_is_said_at_once(lake, address):
    with pytest.raises(RunFailed, match=f"连不上 Spark {address}"):
        totals(lake, address)
