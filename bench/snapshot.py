"""A snapshot of a prefecture of which nothing changed, beside one that writes everything.

The registry's published tables of 210,000 households in the embedded PostgreSQL (own columns
only, no indexes: what is measured is reading and writing). BENCH_SNAPSHOT_HOUSEHOLDS sets the
size. Also told: the same with a reading added in one county, and what each takes on disk.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.machine import describe
from bench.memory import PeakMemory
from bench.monitoring_data import TABLES, prepare
from yimaqing.analytics import lake as lakes
from yimaqing.analytics.connection import connect, libpq_words, scanner_path
from yimaqing.analytics.lake import Snapshot
from yimaqing.analytics.snapshot import take
from yimaqing.config.cluster import Cluster
from yimaqing.domains.registry import tables

NAME = "snapshot"
VAR = Path(__file__).resolve().parents[1] / "var" / "bench"
HOME = VAR / "snapshot"
HOUSEHOLDS = int(os.environ.get("BENCH_SNAPSHOT_HOUSEHOLDS", "210000"))
MOST = 0.5
PUBLISHED = [tables.household, tables.person, tables.reading]
ONE_MORE = "INSERT INTO registry_reading SELECT * FROM registry_reading LIMIT 1"


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    HOME.chmod(0o711)  # the server's own account passes through
    cluster = Cluster(HOME)
    cluster.init()
    cluster.start()
    try:
        url = cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]
        _fill(url)
        with PeakMemory() as memory:
            first, whole_seconds, whole_mib = _taken(url)
            _, seconds, mib = _taken(url)
            with psycopg.connect(url, autocommit=True) as owner:
                owner.execute(ONE_MORE)
            _, one_seconds, one_mib = _taken(url)
    finally:
        cluster.stop()
    shutil.rmtree(HOME)
    ratio = round(seconds / whole_seconds, 2)
    return {
        "name": NAME,
        "value": round(seconds, 2),
        "unit": "s when nothing changed",
        "baseline": {"what": "a snapshot that writes everything", "value": round(whole_seconds, 2)},
        "ratio": ratio,
        "bar": f"at most {MOST:g} × the baseline",
        "met": ratio <= MOST,
        "peak_mib": memory.peak_mib,
        "rows": sum(map(first.count, first.tables)),
        "one_county_changed_seconds": round(one_seconds, 2),
        "mib_written": {"everything": whole_mib, "nothing changed": mib, "one county": one_mib},
        "machine": describe(),
    }


def _fill(url: str) -> None:
    """The tables that a snapshot reads, with instants as the product keeps them."""
    made = prepare(VAR / "lake", HOUSEHOLDS)
    with connect() as connection:
        connection.execute(f"LOAD '{scanner_path()}'")
        words = libpq_words(url).replace("'", "''")
        connection.execute(f"ATTACH '{words}' AS pg (TYPE postgres)")
        connection.execute("SET TimeZone = 'UTC'")
        for name in TABLES:
            instant = "REPLACE (observed_at::TIMESTAMPTZ AS observed_at)"
            connection.execute(
                f"CREATE TABLE pg.public.{name.replace('.', '_')} AS"
                f" SELECT * {instant if name.endswith('reading') else ''}"
                " FROM read_parquet(?, hive_partitioning = false)",
                [made.files(name)],
            )


def _taken(url: str) -> tuple[Snapshot, float, float]:
    """A snapshot, its seconds, and the MiB that no snapshot before it holds."""
    begun = time.perf_counter()
    done = lakes.finish(take(url=url, lake=HOME / "lake", tables=PUBLISHED, order=tables.order))
    seconds = time.perf_counter() - begun
    own = [Path(file).stat() for name in done.tables for file in done.files(name)]
    return done, seconds, round(sum(s.st_size for s in own if s.st_nlink == 1) / 2**20, 1)


if __name__ == "__main__":
    print(run())
