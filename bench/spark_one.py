"""The shipped rules and checks over made-up households on one engine, told as one line of JSON.

    python -m bench.spark_one LAKE HOUSEHOLDS SETTING

SETTING is what YIMAQING_ANALYTICS would be. The totals are digests of all that was written,
row by row, so that two engines agree only when every value does.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.monitoring_data import AS_OF, prepare
from yimaqing.analytics import engines
from yimaqing.analytics.connection import connect
from yimaqing.analytics.run import Programme
from yimaqing.domains.monitoring.rules import Clock, programme, shipped


def run_one(lake: Path, households: int, setting: str) -> dict[str, Any]:
    """Seconds and totals of the rules on one engine; the session's start is told apart."""
    snapshot = prepare(lake, households)
    whole = programme(shipped(AS_OF), Clock(AS_OF))
    with tempfile.TemporaryDirectory(dir=lake) as folder:
        begun = time.perf_counter()
        with engines.opened(setting, spill=lake / "spill") as engine:
            opened = time.perf_counter()
            engine(snapshot, whole, Path(folder))
            done = time.perf_counter()
        return {
            "setting": setting,
            "start_seconds": round(opened - begun, 1),
            "seconds": round(done - opened, 1),
            "totals": _totals(Path(folder), whole),
        }


def _totals(folder: Path, whole: Programme) -> dict[str, dict[str, Any]]:
    """Rows and digest of each output by county."""
    with connect(memory_gib=1) as connection:
        return {
            output.name: {
                str(county): [int(rows), str(digest)]
                for county, rows, digest in connection.execute(
                    _digest(output.expression.columns),
                    [str(folder / output.name / "county=*" / "*.parquet")],
                ).fetchall()
            }
            for output in whole.outputs
        }


def _digest(columns: Sequence[str]) -> str:
    values = ", ".join(f"coalesce(\"{name}\"::VARCHAR, '-')" for name in columns)
    return (
        f"SELECT county_code, count(*), sum(hash(concat_ws('|', {values})))"
        " FROM read_parquet(?, hive_partitioning = false) GROUP BY 1 ORDER BY 1"
    )


if __name__ == "__main__":
    print(json.dumps(run_one(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
