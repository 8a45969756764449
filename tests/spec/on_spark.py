"""Specs on Apache Spark, the way the product runs it: a snapshot in, outputs by county out.

pyspark and Java are optional and these specs are asked for by `make test-spark` alone; then,
without them, they fail and say what is missing.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.spec.tables import Engine, Judged, Register, Row, arrow, judged
from yimaqing.analytics.engines import has_java
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.run import Programme
from yimaqing.analytics.snapshot import lake_name
from yimaqing.domains.monitoring.rules import FINDING, STANDING, Clock, Ruleset, programme
from yimaqing.domains.registry import tables as published

#: Tables of ten rows: what Spark does for large ones only costs time here.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
}


def need_spark() -> None:
    """Fail, and say what is missing: who asks for Spark is not told that all is well."""
    if find_spec("pyspark") is None:
        pytest.fail("pyspark is not installed: make setup-spark")
    if not has_java():
        pytest.fail("Java is not installed: apt-get install openjdk-17-jre-headless")


@contextmanager
def session_for_specs(spill: Path) -> Iterator[Any]:
    """Spark with one thread, of the product's own making."""
    need_spark()
    session = import_module("yimaqing.analytics.spark").connect("local[1]", spill=spill)
    for name, value in SMALL.items():
        session.conf.set(name, value)
    try:
        yield session
    finally:
        session.stop()


def on_spark(session: Any, lake: Path) -> Engine:
    """The engine of a nation."""

    def judge(held: Register, ruleset: Ruleset, day: dt.date) -> Judged:
        rows = {
            published.household: held.household,
            published.person: held.person,
            published.reading: held.reading,
        }
        found = ask(session, lake, rows, programme(ruleset, Clock(day)))
        return judged(found[STANDING], found[FINDING])

    return judge


def ask(
    session: Any, lake: Path, held: Mapping[ir.Table, Sequence[Row]], whole: Programme
) -> dict[str, list[Row]]:
    """The rows of each output of a programme."""
    root = Path(mkdtemp(dir=lake))
    counts = {}
    for table, rows in held.items():
        name = lake_name(table)
        counts[name] = _write(root / name, table, rows)
    snapshot = Snapshot(root, dt.datetime.now(dt.UTC), counts)
    import_module("yimaqing.analytics.spark").evaluate(session, snapshot, whole, root)
    found = {output.name: list(_rows(root / output.name)) for output in whole.outputs}
    shutil.rmtree(root)
    return found


def _write(folder: Path, table: ir.Table, rows: Sequence[Row]) -> dict[str, int]:
    counties = sorted({row["place_code"][:6] for row in rows})
    for county in counties:
        of_county = [row for row in rows if row["place_code"][:6] == county]
        (folder / f"county={county}").mkdir(parents=True)
        content = pa.Table.from_pylist(of_county, schema=arrow(table))
        pq.write_table(content, folder / f"county={county}" / "part.parquet")
    return {county: sum(r["place_code"][:6] == county for r in rows) for county in counties}


def _rows(folder: Path) -> Iterator[Row]:
    for file in sorted(folder.glob("county=*/*.parquet")):
        county = file.parent.name.removeprefix("county=")
        for row in pq.read_table(file, partitioning=None).to_pylist():
            assert row["county_code"] == county, "each row lies with its county"
            yield row
