"""Lists and search at prefecture scope: the slowest of twenty pages, eight clients at once.

590,000 people in 210,000 households; the product's web service with real pages, log-in,
row-level security as the application role. The mix holds every list; filters that hit much,
little and nothing; two and three filters at once; orders; pages from anywhere in a list; names
and numbers asked through kept questions; counts; the search box by part of a name, initials,
pinyin, ID number, phone, household number, address, each with hits and with misses. Writes are
measured beside it: a saved view, an unmasked number, a kept question. Load is closed-loop.

The baseline is the bare SQL: the same pages' statements by eight connections of the owner,
without row-level security, service and page.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import lists_data
from bench.home import point_django_at
from bench.lists_load import Asked, Timed, drive, percentile
from bench.machine import describe
from bench.memory import PeakMemory

NAME = "lists"
REPOSITORY = Path(__file__).resolve().parents[1]
HOME = REPOSITORY / "var" / "bench" / "lists"
READ_MS, WRITE_MS = 150, 300
CLIENTS = 8
SECONDS = int(os.environ.get("BENCH_SECONDS", "20"))
WARM_UP_SECONDS = 5


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    point_django_at(HOME, "https://ym.luliang.gov.cn")
    cluster = lists_data.prepare(HOME)
    try:
        from bench.lists_asked import questions, requests  # noqa: PLC0415 - settings first

        asked = requests()
        with _served() as (port, pid), PeakMemory(pid, shared_once=True) as memory:
            drive(port, asked, CLIENTS, WARM_UP_SECONDS)
            timed = drive(port, asked, CLIENTS, SECONDS)
            exact = drive(port, [_exact(asked)], 1, 3)
        bare = _bare(questions())
        return _result(timed, exact, bare, memory.peak_mib)
    finally:
        cluster.stop()


def _exact(asked: list[Asked]) -> Asked:
    """The exact count of everybody, which a page asks for by itself after a while."""
    first = asked[0]
    return Asked("exact count", "GET", "/lists/persons/count/?exact=1", first.headers)


def _result(
    timed: list[Timed], exact: list[Timed], bare: list[float], peak_mib: float
) -> dict[str, Any]:
    reads = [one.ms for one in timed if not one.kind.startswith("write")]
    writes = [one.ms for one in timed if one.kind.startswith("write")]
    failed = sum(one.failed for one in timed)
    kinds = sorted({one.kind for one in timed})
    by_kind = {
        kind: round(percentile([one.ms for one in timed if one.kind == kind], 95), 1)
        for kind in kinds
    }
    value, base = percentile(reads, 95), percentile(bare, 95)
    return {
        "name": NAME,
        "value": round(value, 1),
        "unit": "ms p95 of a page",
        "baseline": {
            "what": "the pages' bare SQL, 8 connections, no row security, no page: p95 ms",
            "value": round(base, 1),
        },
        "ratio": round(value / base, 2),
        "bar": f"pages p95 < {READ_MS} ms, writes p95 < {WRITE_MS} ms, {CLIENTS} clients",
        "met": value < READ_MS and percentile(writes, 95) < WRITE_MS and failed == 0,
        "peak_mib": peak_mib,
        "rows": lists_data.PEOPLE,
        "machine": describe(),
        "write_p95_ms": round(percentile(writes, 95), 1),
        "p50_ms": round(percentile(reads, 50), 1),
        "p99_ms": round(percentile(reads, 99), 1),
        "pages_per_second": round(len(reads) / SECONDS, 1),
        "answers": len(timed),
        "failed": failed,
        "p95_ms_by_kind": by_kind,
        "exact_count_alone_ms": round(percentile([one.ms for one in exact], 50), 1),
    }


@contextlib.contextmanager
def _served() -> Iterator[tuple[int, int]]:
    """The web service of `yimaqing serve`: (port, process id)."""
    from yimaqing.config.serve import Shape, children  # noqa: PLC0415 - settings first

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (child,) = children(Shape(port=port), ("web",))
    path = os.pathsep.join([str(REPOSITORY), *sys.path])
    process = subprocess.Popen(child.command, env=os.environ | {"PYTHONPATH": path})
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _bare(asked: list[Any]) -> list[float]:
    """Milliseconds of the statements of each question, by as many connections as clients."""
    from django.db import connections, transaction  # noqa: PLC0415 - set up by now

    from yimaqing.domains.lists.catalogue import listing  # noqa: PLC0415
    from yimaqing.domains.lists.engine import page_of  # noqa: PLC0415

    times: list[float] = []
    until = time.perf_counter() + SECONDS / 4

    def work(number: int) -> None:
        at = number
        while time.perf_counter() < until:
            question = asked[at % len(asked)]
            one = listing(question.listing)
            shown = [column for column in one.columns if column.shown]
            began = time.perf_counter()
            with transaction.atomic(using="owner"):
                page_of(one, question, shown, None, using="owner")
            times.append((time.perf_counter() - began) * 1000)
            at += CLIENTS
        connections["owner"].close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times
