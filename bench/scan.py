"""The scanned card: requests a second of a stranger and of a worker, with 210,000 households.

Real templates with warnings, row-level security, log; the product's own server command; a
worker's audit row is on disk before the page is sent. Meanwhile a hundred small writes a
second are committed. The baseline is the smallest WSGI application under the same server
and load.

Strangers and workers take turns, three rounds of each; the round in the middle counts and all
are shown, so that neither a lucky round nor one stalled disk decides. What earlier runs logged
is emptied first: the log's length is no part of the question.

Each of 210,000 codes is as likely as any other. What is believed is checked: the server
flushes to disk, and after each run there are as many log or audit rows as pages, so that a
worker who was answered as a stranger, or a scan without a row, fails the bar. Load is
closed-loop, eight connections that ask again at once: the 99th percentile is that of a
server with no rest.
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
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg

from bench import scan_data
from bench.home import point_django_at
from bench.load import Load, drive
from bench.machine import describe
from bench.memory import PeakMemory
from yimaqing.config.cluster import Cluster
from yimaqing.config.cluster.roles import DATABASE

NAME = "scan"
HOME = Path(__file__).resolve().parents[1] / "var" / "bench" / "scan"
STRANGER_PER_SECOND, WORKER_PER_SECOND, P99_MS = 3_000, 1_500, 30
WRITES_PER_SECOND = 100
ROUNDS = 3
SECONDS = int(os.environ.get("BENCH_SECONDS", "15"))
#: Even its owner cannot shorten the trail; the superuser can, by putting the guard aside.
EMPTY = "SET session_replication_role = replica; TRUNCATE codes_scanlog, audit_entry CASCADE"
#: A service runs for weeks; after a start a scan takes up to three times as long until the pages
#: of the register are in memory and mapped by each connection (each scan is of another
#: household): 3.2 ms, then 1.1 ms, measured one at a time. Settled after about half a minute.
WARM_UP_SECONDS = 30


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    point_django_at(HOME, "https://ym.luliang.gov.cn")
    cluster = scan_data.prepare(HOME)
    try:
        with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as owner:
            strangers, workers = _requests(owner)
        cluster.superuser(EMPTY, DATABASE)
        with _served("bench.smallest:application") as (port, _):
            baseline = drive(port, strangers, SECONDS)
        with (
            _served("yimaqing.domains.codes.scan_service:application") as (port, pid),
            _small_writes(cluster.urls()["YIMAQING_DATABASE_URL"]) as writes,
            PeakMemory(pid, shared_once=True) as memory,
        ):
            for warm_up in (strangers, workers):
                drive(port, warm_up, WARM_UP_SECONDS)
            turns = [
                (
                    _with_rows(cluster, port, strangers, "codes_scanlog"),
                    _with_rows(cluster, port, workers, "audit_entry"),
                )
                for _ in range(ROUNDS)
            ]
        rounds = {
            "stranger": [stranger for stranger, _ in turns],
            "worker": [worker for _, worker in turns],
        }
        return _result(baseline, rounds, memory.peak_mib, writes.per_second, _flushes(cluster))
    finally:
        cluster.stop()


def _with_rows(cluster: Cluster, port: int, requests: Path, table: str) -> tuple[Load, int]:
    """A run, and how many rows it left in the log or in the audit trail."""
    action = "codes.scanned" if table == "audit_entry" else ""
    wanted = f"SELECT count(*) FROM {table}" + (f" WHERE action = '{action}'" if action else "")
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"], autocommit=True) as owner:
        before = _count(owner, wanted)
        load = drive(port, requests, SECONDS)
        return load, _count(owner, wanted) - before


def _count(owner: psycopg.Connection[Any], wanted: str) -> int:
    row = owner.execute(wanted).fetchone()
    return int(row[0]) if row else 0


def _flushes(cluster: Cluster) -> bool:
    """Whether what is committed is on disk, as installed: nothing was switched off for speed."""
    with psycopg.connect(cluster.urls()["YIMAQING_DATABASE_URL"]) as connection:
        row = connection.execute(
            "SELECT bool_and(setting = 'on') FROM pg_settings"
            " WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')"
        ).fetchone()
    return bool(row and row[0])


def _result(
    baseline: Load,
    rounds: dict[str, list[tuple[Load, int]]],
    peak_mib: float,
    writes: float,
    flushes: bool,
) -> dict[str, Any]:
    middle = {
        who: sorted(turns, key=lambda turn: turn[0].per_second)[len(turns) // 2]
        for who, turns in rounds.items()
    }
    (stranger, logged), (worker, audited) = middle["stranger"], middle["worker"]
    every = [turn for turns in rounds.values() for turn in turns]
    met = (
        stranger.per_second >= STRANGER_PER_SECOND
        and worker.per_second >= WORKER_PER_SECOND
        and max(stranger.p99_ms, worker.p99_ms) < P99_MS
        and all(load.failed == 0 and rows >= load.answered for load, rows in every)
        and writes >= 0.9 * WRITES_PER_SECOND
        and flushes
    )
    return {
        "name": NAME,
        "value": round(stranger.per_second),
        "unit": "requests/s (stranger)",
        "baseline": {
            "what": "smallest WSGI application, same server and load",
            "value": round(baseline.per_second),
        },
        "ratio": round(stranger.per_second / baseline.per_second, 3),
        "bar": f"stranger ≥ {STRANGER_PER_SECOND}/s, worker ≥ {WORKER_PER_SECOND}/s,"
        f" p99 < {P99_MS} ms",
        "met": met,
        "peak_mib": peak_mib,
        "rows": scan_data.HOUSEHOLDS,
        "machine": describe(),
        "stranger": asdict(stranger),
        "worker": asdict(worker),
        "rows_written": {"stranger": logged, "worker": audited},
        "rounds_per_second": {
            who: [round(load.per_second) for load, _ in turns] for who, turns in rounds.items()
        },
        "rounds_p99_ms": {who: [load.p99_ms for load, _ in turns] for who, turns in rounds.items()},
        "flushes": flushes,
        "small_writes_per_second": round(writes, 1),
    }


def _requests(owner: psycopg.Connection[Any]) -> tuple[Path, Path]:
    """Files of requests: every household's code, alone and with its county officer's session."""
    from django.conf import settings  # noqa: PLC0415 - set up by now

    sessions = _sessions(owner)
    rows = owner.execute(
        "SELECT token, left(place_code, 6) FROM codes_code WHERE kind = 'household'"
        " AND state = 'active'"
    ).fetchall()
    strangers, workers = HOME / "strangers.txt", HOME / "workers.txt"
    strangers.write_text("".join(f"/c/{token}\t\n" for token, _ in rows), encoding="utf-8")
    cookie = settings.SESSION_COOKIE_NAME
    workers.write_text(
        "".join(f"/c/{token}\t{cookie}={sessions[county]}\n" for token, county in rows),
        encoding="utf-8",
    )
    return strangers, workers


def _sessions(owner: psycopg.Connection[Any]) -> dict[str, str]:
    """A real session for each county's officer, as a log-in leaves it."""
    from django.contrib.auth import (  # noqa: PLC0415 - set up by now
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
        get_user_model,
    )

    from yimaqing.domains.accounts.sessions import SessionStore  # noqa: PLC0415

    made = {}
    for user in get_user_model().objects.filter(username__startswith="bench"):
        store = SessionStore()
        store[SESSION_KEY] = str(user.pk)
        store[BACKEND_SESSION_KEY] = "yimaqing.domains.accounts.login.LockingBackend"
        store[HASH_SESSION_KEY] = user.get_session_auth_hash()
        store.create()
        made[user.username.removeprefix("bench")] = str(store.session_key)
    owner.execute("DELETE FROM accounts_session WHERE expire_date < now()")
    return made


@contextlib.contextmanager
def _served(application: str) -> Iterator[tuple[int, int]]:
    """The application under the server command of `yimaqing serve`: (port, process id)."""
    from yimaqing.config.serve import Shape, children  # noqa: PLC0415 - settings first

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (child,) = children(Shape(scan_port=port), ("scan",))
    command = [*child.command[:-1], application]
    path = os.pathsep.join([str(Path(__file__).resolve().parents[1]), *sys.path])
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": path})
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens on {port}")


class _Writes:
    """Small commits beside the scans: readings, as field workers send them."""

    def __init__(self) -> None:
        self.done = 0
        self.began = time.monotonic()
        self.ended = self.began

    @property
    def per_second(self) -> float:
        return self.done / max(self.ended - self.began, 0.001)


@contextlib.contextmanager
def _small_writes(url: str) -> Iterator[_Writes]:
    writes = _Writes()
    stop = threading.Event()
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in {"lo": "1", "hi": "2", "ranges": '{["1","2")}'}.items():
            connection.execute("SELECT set_config(%s, %s, false)", [f"yimaqing.{name}", value])
        ids = connection.execute(
            "SELECT place_code, id FROM registry_household ORDER BY id LIMIT 5000"
        ).fetchall()

        def work() -> None:
            while not stop.is_set():
                place, household = ids[writes.done % len(ids)]
                connection.execute(
                    "INSERT INTO registry_reading (place_code, household_id, indicator,"
                    " value_text, observed_at, source)"
                    " VALUES (%s, %s, 'water', 'pass', clock_timestamp(), 'bench')",
                    [place, household],
                )
                writes.done += 1
                late = writes.began + writes.done / WRITES_PER_SECOND - time.monotonic()
                if late > 0:
                    stop.wait(late)
            writes.ended = time.monotonic()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield writes
        finally:
            stop.set()
            thread.join()
