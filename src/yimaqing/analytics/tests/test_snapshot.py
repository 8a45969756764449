"""A snapshot is of one moment, whatever is written meanwhile."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE zoo_parent SET seen_at = now() WHERE id = 2",
        "UPDATE zoo_parent SET seen_at = seen_at WHERE id = 6",
        "DELETE FROM zoo_parent WHERE id = 4",
        "INSERT INTO zoo_parent VALUES (8, '141124104201', now(), '')",
        "DELETE FROM zoo_parent WHERE id = 4; INSERT INTO zoo_parent VALUES (4, '141124104201', now(), '')",
    ],
)
def test_only_the_county_of_which_a_row_changed_is_written_again(database, owner, change):
    first = lakes.finish(_take(database))
    owner.execute(change)
    second = _take(database)
    table, changed, same = "zoo.parent", ["141124"], ["141102"]
    assert _inodes(second, table, same) == _inodes(first, table, same)
    assert _inodes(second, table, changed).isdisjoint(_inodes(first, table, changed))
    assert _inodes(second, "zoo.child") == _inodes(first, "zoo.child")
    assert _rows(second, table) == owner.execute("SELECT id FROM zoo_parent ORDER BY 1").fetchall()
    assert second.count(table) == len(_rows(second, table))


def test_a_family_that_moves_is_written_where_it_left_and_where_it_came(database, owner):
    lakes.finish(_take(database))
    owner.execute(
        "UPDATE zoo_parent SET place_code = '141182001001' WHERE place_code LIKE '141102%'"
    )
    taken = _take(database)
    assert taken.counties("zoo.parent") == ["141124", "141182"]
    assert not list((taken.path / "zoo.parent").glob("county=141102"))


def test_a_snapshot_goes_without_the_one_that_shares_its_files(database, owner):
    first = lakes.finish(_take(database))
    second = lakes.finish(_take(database))
    lakes.remove(first.path)
    assert len(_rows(second, "zoo.parent")) == 6


def test_where_files_cannot_have_two_names_they_are_copied(database, owner, monkeypatch):
    lakes.finish(_take(database))

    def refuse(*_names):
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert len(_rows(_take(database), "zoo.parent")) == 6


def test_what_is_written_while_a_snapshot_is_taken_is_in_the_next(database, owner, monkeypatch):
    """The sign and the rows are of one moment, or the next snapshot would miss the family."""
    signs = snapshots._signs

    def sign_then_add(connection, table, *rest):
        found = signs(connection, table, *rest)
        if table.get_name() == "zoo_parent":
            _family(owner, 8)
        return found

    monkeypatch.setattr(snapshots, "_signs", sign_then_add)
    first = lakes.finish(_take(database))
    monkeypatch.undo()
    assert (first.count("zoo.parent"), first.count("zoo.child")) == (6, 6)
    second = _take(database)
    assert (second.count("zoo.parent"), second.count("zoo.child")) == (7, 7)


def test_a_change_of_what_is_published_is_a_change(database, owner):
    first = lakes.finish(_take(database))
    wider = ibis.table({**PARENT.schema(), "name": "string"}, name="zoo_parent")
    second = _take(database, [wider, CHILD])
    assert _inodes(second, "zoo.parent").isdisjoint(_inodes(first, "zoo.parent"))
    assert _inodes(second, "zoo.child") == _inodes(first, "zoo.child")


KILLED = """
import os, sys
from pathlib import Path
from yimaqing.analytics import snapshot
from yimaqing.analytics.tests.test_snapshot import CHILD, PARENT
copy = snapshot._copy
def copy_then_die(connection, table, *rest):
    copy(connection, table, *rest)
    if table.get_name() == "zoo_child":
        os.kill(os.getpid(), 9)
snapshot._copy = copy_then_die
snapshot.take(url=sys.argv[1], lake=Path(sys.argv[2]), tables=[PARENT, CHILD], order={})
"""


def test_killed_in_the_middle_the_last_whole_snapshot_stays_in_use(database, owner):
    lake = database.home / "lake"
    whole = lakes.finish(_take(database))
    _family(owner, 8)
    line = [sys.executable, "-c", KILLED, database.url(OWNER), str(lake)]
    assert subprocess.run(line, check=False).returncode == -9
    assert len(list((lake / "snapshots").iterdir())) == 2  # half of one lies there
    assert lakes.latest_snapshot(lake).name == whole.name
    assert len(_rows(whole, "zoo.parent")) == 6
    with lakes.writing(lake):
        again = lakes.finish(_take(database))
    assert {one.name for one in lakes.snapshots(lake)} == {whole.name, again.name}
    assert len(list((lake / "snapshots").iterdir())) == 2
    assert len(_rows(again, "zoo.parent")) == 7


def _inodes(taken, table, counties=None):
    return {Path(file).stat().st_ino for file in taken.files(table, counties)}


def _rows(taken, table):
    with connect() as connection:
        return connection.execute(
            "SELECT id FROM read_parquet(?) ORDER BY 1", [taken.files(table)]
        ).fetchall()


def _take(database, tables=(PARENT, CHILD)):
    return take(
        url=database.url(OWNER),
        lake=database.home / "lake",
        tables=tables,
        order={"zoo_parent": ("id",)},
    )
