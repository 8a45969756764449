"""A snapshot is of one moment, whatever is written meanwhile."""

from __future__ import annotations

import datetime as dt

import ibis
import psycopg
import pyarrow.parquet as pq
import pytest

from yimaqing.analytics import lake as lakes
from yimaqing.analytics import snapshot as snapshots
from yimaqing.analytics.connection import connect
from yimaqing.analytics.snapshot import count_rows, greatest, take
from yimaqing.config.cluster.roles import OWNER

PARENT = ibis.table(
    {"id": "int64", "place_code": "string", "seen_at": "timestamp"}, name="zoo_parent"
)
CHILD = ibis.table({"id": "int64", "place_code": "string", "parent_id": "int64"}, name="zoo_child")
VILLAGES = ("141124104201", "141102001001")


@pytest.fixture
def owner(database):
    with psycopg.connect(database.url(OWNER), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE zoo_parent (id bigint, place_code text, seen_at timestamptz, name text);"
            "CREATE TABLE zoo_child (id bigint, place_code text, parent_id bigint)"
        )
        for number in range(1, 7):
            _family(connection, number)
        yield connection


def _family(connection, number):
    place = VILLAGES[number % 2]
    with connection.transaction():
        connection.execute(
            "INSERT INTO zoo_parent VALUES (%s, %s, '2020-08-19 07:30:00+08', 'secret')",
            [number, place],
        )
        connection.execute("INSERT INTO zoo_child VALUES (%s, %s, %s)", [number, place, number])


def test_no_child_arrives_without_its_parent(database, owner, monkeypatch):
    """A family is added between the copying of the two tables: neither sees it."""
    copy = snapshots._copy

    def copy_then_add(connection, table, *rest):
        copy(connection, table, *rest)
        _family(owner, 100 + int(table.get_name() == "zoo_parent"))

    monkeypatch.setattr(snapshots, "_copy", copy_then_add)
    taken = _take(database)
    assert owner.execute("SELECT count(*) FROM zoo_child").fetchone() == (8,)
    assert (taken.count("zoo.parent"), taken.count("zoo.child")) == (6, 6)


def test_files_lie_by_county_and_hold_only_what_is_published(database, owner):
    taken = _take(database)
    assert taken.counties("zoo.parent") == ["141102", "141124"]
    [file] = taken.files("zoo.parent", ["141124"])
    rows = pq.read_table(file, partitioning=None).to_pylist()
    assert [row["id"] for row in rows] == [2, 4, 6]
    assert set(rows[0]) == {"id", "place_code", "seen_at"}  # the name was not published
    assert rows[0]["seen_at"] == dt.datetime.fromisoformat("2020-08-18T23:30")  # UTC without a zone


def test_the_greatest_id_is_known_without_reading_the_rows(database, owner):
    assert greatest(_take(database), "zoo.child", "id") == 6


def test_an_empty_table_is_a_table_without_files(database, owner):
    owner.execute("TRUNCATE zoo_child")
    taken = _take(database)
    assert taken.count("zoo.child") == 0
    assert taken.files("zoo.child") == []
    assert greatest(taken, "zoo.child", "id") == 0


def test_a_snapshot_counts_only_when_it_is_finished(database, owner):
    lake = database.home / "lake"
    taken = _take(database)
    assert lakes.latest_snapshot(lake) is None
    lakes.finish(taken)
    assert lakes.latest_snapshot(lake).name == taken.name
    assert lakes.latest_snapshot(lake, holding="zoo.child").count("zoo.child") == 6
    assert lakes.latest_snapshot(lake, holding="zoo.grandchild") is None


def test_what_the_files_hold_is_what_the_manifest_says(database, owner):
    taken = lakes.finish(_take(database))
    read = lakes.read_manifest(taken.path)
    with connect() as connection:
        assert read.rows["zoo.parent"] == count_rows(connection, read.path, "zoo.parent")


def _take(database):
    return take(
        url=database.url(OWNER),
        lake=database.home / "lake",
        tables=[PARENT, CHILD],
        order={"zoo_parent": ("id",)},
    )
