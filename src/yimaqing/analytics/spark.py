"""The same programmes on Apache Spark: one machine, a cluster, or a Spark Connect server.

Spark reads the snapshot's files and writes the outputs beside them, so its workers must see
the lake under the same path. Everything else about a cluster (memory, cores, secrets) is the
administrator's ``spark-defaults.conf``; here stands only what the answer depends on.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

from yimaqing.analytics.engines import CONNECT, Engine, EngineUnusable
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.run import Programme, empty
from yimaqing.analytics.snapshot import lake_name
from yimaqing.kit.files import make_private

QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
#: Where Spark listens when an address names no port.
PORTS = {"spark": 7077, "sc": 15002}
LOOPBACK = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}


class SparkSQL(PySparkCompiler):  # type: ignore[misc] # Ibis is published without types
    """Ibis's own Spark SQL, with the aggregate of flags that Spark has and Ibis 12 leaves out."""

    __slots__ = ()
    SIMPLE_OPS = {ops.BitOr: "bit_or"}


@contextmanager
def opened(setting: str, *, spill: Path) -> Iterator[Engine]:
    """Spark at ``setting``, open until the block ends."""
    session = connect(setting, spill=spill)
    try:
        yield partial(evaluate, session)
    finally:
        session.stop()


def connect(setting: str, *, spill: Path) -> SparkSession:
    """A session in UTC. Without a cluster Spark listens on this machine only."""
    builder = SparkSession.builder.appName("yimaqing")
    if setting.startswith(CONNECT):
        builder = builder.remote(setting)
    else:
        builder = builder.master(setting).config(map=QUIET)
    if setting.startswith("local"):
        make_private(spill)
        builder = builder.config(map=LOOPBACK).config("spark.local.dir", str(spill))
    _reach(setting)
    try:
        session: SparkSession = builder.getOrCreate()
        ibis.pyspark.connect(session)  # sets the zone to UTC
    except (PySparkException, Py4JError) as error:
        raise EngineUnusable(f"连不上 Spark {setting}；{error}") from error
    return session


def _reach(setting: str) -> None:
    """Raise EngineUnusable when nobody answers there: Spark itself would try for minutes."""
    scheme, found, rest = setting.partition("://")
    if not found or scheme not in PORTS:
        return
    for host in rest.partition("/")[0].split(","):
        at = urlsplit(f"//{host}")
        try:
            socket.create_connection((at.hostname or "", at.port or PORTS[scheme]), 5).close()
        except OSError:
            continue
        return
    raise EngineUnusable(f"连不上 Spark {setting}；看它是否在运行、地址和端口对不对")


def sql(expression: ir.Table) -> str:
    """The expression in Spark's SQL."""
    tree = SparkSQL().to_sqlglot(expression.unbind())
    return str(tree.sql(dialect=SparkSQL.dialect))


def evaluate(session: SparkSession, snapshot: Snapshot, programme: Programme, target: Path) -> None:
    """Run a programme over the whole snapshot and write its outputs under ``target`` by county."""
    for source in programme.sources:
        files = snapshot.files(lake_name(source))
        rows = session.read.parquet(*files) if files else session.sql(sql(empty(source)))
        rows.createOrReplaceTempView(source.get_name())
    kept: list[DataFrame] = []
    try:
        for stage in programme.stages:
            rows = session.sql(sql(stage.expression)).persist()
            kept.append(rows)
            rows.createOrReplaceTempView(stage.name)
        for output in programme.outputs:
            _write(session.sql(sql(output.expression)), target / output.name)
    finally:
        for rows in kept:
            rows.unpersist()


def _write(rows: DataFrame, target: Path) -> None:
    """A few whole files for each county, however many tasks there were."""
    by_county = rows.withColumn("county", rows["county_code"]).hint("rebalance", "county")
    by_county.write.partitionBy("county").mode("append").parquet(
        target.as_uri(), compression="zstd"
    )
