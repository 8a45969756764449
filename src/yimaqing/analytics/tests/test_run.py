"""A programme gives the same answer whatever the ranges, and says so when it cannot."""

from __future__ import annotations

import datetime as dt

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yimaqing.analytics.connection import connect
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.run import Output, Programme, Stage, evaluate, open_sources, ranges, sql
from yimaqing.analytics.snapshot import add_results

SHEEP = ibis.table({"id": "int64", "county_code": "string", "kilos": "float64"}, name="farm_sheep")
COUNTIES = ("141102", "141124", "141182")


@pytest.fixture
def farm(tmp_path):
    rows = {}
    for number, county in enumerate(COUNTIES, 1):
        folder = tmp_path / "farm.sheep" / f"county={county}"
        folder.mkdir(parents=True)
        table = {
            "id": list(range(number * 10)),
            "county_code": [county] * number * 10,
            "kilos": [float(number)] * number * 10,
        }
        pq.write_table(pa.table(table), folder / "part.parquet")
        rows[county] = number * 10
    return Snapshot(tmp_path, dt.datetime.now(dt.UTC), {"farm.sheep": rows})


HEAVY = SHEEP.filter(SHEEP.kilos >= 2)
KEPT = ibis.table(HEAVY.schema(), name="heavy")
COUNTED = Programme(
    (SHEEP,),
    (Stage("heavy", HEAVY),),
    (Output("farm.count", KEPT.group_by("county_code").agg(sheep=KEPT.count())),),
)


@pytest.mark.parametrize("size", [1, 25, 1_000])
@pytest.mark.parametrize("workers", [1, 3])
def test_ranges_and_workers_do_not_change_the_answer(farm, size, workers):
    evaluate(farm, COUNTED, farm.path, size=size, workers=workers)
    done = add_results(farm, ["farm.count"])
    with connect() as connection:
        found = connection.execute(
            "SELECT county_code, sheep FROM read_parquet(?) ORDER BY 1", [done.files("farm.count")]
        ).fetchall()
    assert found == [("141124", 20), ("141182", 30)]
    assert done.counties("farm.count") == ["141124", "141182"]


def test_ranges_hold_whole_counties(farm):
    assert list(ranges(farm, "farm.sheep", 30)) == [["141102", "141124"], ["141182"]]
    assert list(ranges(farm, "farm.sheep", 1)) == [[county] for county in COUNTIES]


def test_an_error_in_one_range_ends_the_run(farm):
    broken = ibis.table({"county_code": "string"}, name="nobody_made_this")
    programme = Programme((SHEEP,), (), (Output("farm.broken", broken),))
    with pytest.raises(duckdb.CatalogException, match="nobody_made_this"):
        evaluate(farm, programme, farm.path, size=1)


def test_argmax_becomes_duckdbs_own_and_keeps_nulls():
    table = ibis.table({"k": "int64", "v": "float64"}, name="t")
    latest = table.agg(v=table.v.argmax(table.k))
    ours, written_by_ibis = sql(latest), ibis.to_sql(latest, dialect="duckdb")
    assert "FIRST" in written_by_ibis
    assert "FIRST" not in ours
    with connect() as connection:
        connection.execute("CREATE TABLE t AS FROM (VALUES (1, 5.0), (2, NULL)) t(k, v)")
        answers = {str(connection.execute(q).fetchall()) for q in (ours, written_by_ibis)}
    assert answers == {"[(None,)]"}


def test_a_source_without_rows_in_a_county_is_an_empty_table_of_its_shape(farm, tmp_path):
    empty = Snapshot(tmp_path / "empty", farm.taken_at, {"farm.sheep": {}})
    with connect() as connection:
        open_sources(connection, empty, (SHEEP,), COUNTIES)
        assert connection.execute("SELECT count(*) FROM farm_sheep").fetchone() == (0,)
        kinds = connection.execute("DESCRIBE farm_sheep").fetchall()
    assert [kind[:2] for kind in kinds] == [
        ("id", "BIGINT"),
        ("county_code", "VARCHAR"),
        ("kilos", "DOUBLE"),
    ]


def test_columns_of_constant_words_are_written_as_plain_text(farm):
    kilos = SHEEP.kilos
    said = SHEEP.select(
        "county_code",
        size=ibis.cases((kilos > 2, "it's big"), (kilos > 1, "middling")),
        sort=ibis.cases((kilos > 2, SHEEP.county_code), else_="other"),
        farm=ibis.literal("farm"),
    )
    evaluate(farm, Programme((SHEEP,), (), (Output("farm.said", said),)), farm.path)
    done = add_results(farm, ["farm.said"])
    written = pq.read_table(done.files("farm.said")[0], partitioning=None).schema
    assert {str(written.field(name).type) for name in ("size", "sort", "farm")} == {"string"}
    with connect() as connection:
        found = connection.execute(
            "SELECT DISTINCT size, sort, farm FROM read_parquet(?) ORDER BY ALL",
            [done.files("farm.said")],
        ).fetchall()
    assert found == [
        ("it's big", "141182", "farm"),
        ("middling", "other", "farm"),
        (None, "other", "farm"),
    ]


def test_a_stage_keeps_names_and_kinds_of_its_columns(farm):
    odd = SHEEP.select(ident=SHEEP.id, group=SHEEP.county_code, none=ibis.null("float64"))
    kept = ibis.table(odd.schema(), name="odd")
    counted = kept.group_by(county_code=kept["group"]).agg(
        sheep=kept.ident.count(), nothing=kept.none.count(), least=kept.ident.min()
    )
    whole = Programme((SHEEP,), (Stage("odd", odd),), (Output("farm.odd", counted),))
    evaluate(farm, whole, farm.path)
    done = add_results(farm, ["farm.odd"])
    with connect() as connection:
        found = connection.execute(
            "SELECT * FROM read_parquet(?, hive_partitioning = false) ORDER BY 1",
            [done.files("farm.odd")],
        ).fetchall()
    assert found == [("141102", 10, 0, 0), ("141124", 20, 0, 0), ("141182", 30, 0, 0)]
