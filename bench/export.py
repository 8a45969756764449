"""590,000 people exported to CSV and Parquet (and XLSX) as streams, in constant memory.

As the application role under row-level security, with masks, places' names and the words of
code tables, sealed as it is written. Each runs in a process of its own, so that its peak is its
own; the same export of a tenth of the rows shows whether memory grows. The baseline is
PostgreSQL's own COPY TO STDOUT of the same columns as stored, read and thrown away.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench import lists_data
from bench.home import point_django_at
from bench.lists import HOME
from bench.machine import describe

NAME = "export"
REPOSITORY = Path(__file__).resolve().parents[1]
MOST_SECONDS, GROWTH_MIB, MOST_MIB = 120, 64, 512
#: A county and a half of thirteen: about a tenth of the people.
TENTH = "t.id <= 59000"

_ONE = """
import json, sys
from pathlib import Path
from bench.home import point_django_at
point_django_at(Path(sys.argv[1]), "https://ym.luliang.gov.cn")
from bench.export_one import run
print(json.dumps(run(sys.argv[2], sys.argv[3])))
"""


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    point_django_at(HOME, "https://ym.luliang.gov.cn")
    cluster = lists_data.prepare(HOME)
    try:
        from bench.lists_asked import officer  # noqa: PLC0415 - settings first

        officer()
        base = _copied(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"])
        few = {kind: _one(kind, TENTH) for kind in ("csv", "parquet")}
        many = {kind: _one(kind, "") for kind in ("csv", "parquet", "xlsx")}
    finally:
        cluster.stop()
    growth = max(many[kind]["peak_mib"] - few[kind]["peak_mib"] for kind in few)
    value = max(many[kind]["seconds"] for kind in few)
    peak = max(many[kind]["peak_mib"] for kind in few)
    rows = many["csv"]["rows"]
    return {
        "name": NAME,
        "value": round(value, 1),
        "unit": "s (slower of CSV and Parquet)",
        "baseline": {"what": "COPY TO STDOUT of the same columns, s", "value": round(base, 2)},
        "ratio": round(value / base, 1),
        "bar": f"streamed, memory constant: ≤ {GROWTH_MIB} MiB more for ten times the rows,"
        f" < {MOST_MIB} MiB",
        "met": growth <= GROWTH_MIB and peak < MOST_MIB and rows > 0.99 * lists_data.PEOPLE,
        "peak_mib": peak,
        "rows": rows,
        "machine": describe(),
        "of_all": many,
        "of_a_tenth": few,
        "growth_mib": round(growth, 1),
    }


def _one(kind: str, where: str) -> dict[str, Any]:
    path = os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    done = subprocess.run(
        [sys.executable, "-c", _ONE, str(HOME), kind, where],
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def _copied(url: str) -> float:
    """Seconds of PostgreSQL's own export of the same columns."""
    from yimaqing.domains.lists.catalogue import listing  # noqa: PLC0415 - settings first

    one = listing("persons")
    columns = ", ".join(column.sql for column in one.columns if column.shown)
    sql = f"SELECT t.id, {columns} FROM registry_person t {one.joins['h']} WHERE t.valid"
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        began = time.monotonic()
        with cursor.copy(f"COPY ({sql}) TO STDOUT") as copy:
            for _piece in copy:
                pass
        return time.monotonic() - began
