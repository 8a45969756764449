"""From a stored reading to the warning on a worker's page, with 210,000 households loaded.

Workers send the product's own form for a reading that fails, then open the household's file
until the warning stands there: form, rules, warning, page, all through the web service as
`yimaqing serve` runs it. The baseline is opening the same files without a new reading.
"""

from __future__ import annotations

import datetime as dt
import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from bench import scan_data
from bench.home import point_django_at
from bench.machine import describe
from bench.memory import PeakMemory

NAME = "monitoring-live"
REPOSITORY = Path(__file__).resolve().parents[1]
HOME = REPOSITORY / "var" / "bench" / "live"
P95_SECONDS = 2.0
CLIENTS = 4
READINGS = int(os.environ.get("BENCH_READINGS", "200"))
PATIENCE_SECONDS = 30
COUNTY = "141121"
_TOKEN = "b" * 32
#: A warning about water as the file shows it, in either language.
_WARNED = re.compile("饮水不安全|Drinking water is not safe")


@dataclass(frozen=True)
class Worker:
    """A logged-in browser of a county officer."""

    port: int
    cookies: str

    def get(self, path: str) -> str:
        """The page at a path. Raises RuntimeError unless it answers 200."""
        return self._ask("GET", path, "", 200)

    def send(self, path: str, fields: dict[str, str]) -> None:
        """Send a form; it must be accepted (a redirect)."""
        self._ask("POST", path, urlencode(fields), 302)

    def _ask(self, method: str, path: str, body: str, expected: int) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Cookie": self.cookies, "X-CSRFToken": _TOKEN}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        if answer.status != expected:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return page


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    port = _free_port()
    cluster = _prepare(port)
    try:
        owner_url = cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]
        households = _households(owner_url, READINGS + 2 * CLIENTS)
        with _served(port) as pid, PeakMemory(pid, shared_once=True) as memory:
            worker = Worker(port, _session_cookies())
            _in_parallel(households[: 2 * CLIENTS], lambda h: _until_warned(worker, h))
            measured = households[2 * CLIENTS :]
            opened = _in_parallel(measured, lambda h: _opened(worker, h))
            warned = _in_parallel(measured, lambda h: _until_warned(worker, h))
    finally:
        _forget(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"])
        cluster.stop()
    value, base = _p95(warned), _p95(opened)
    return {
        "name": NAME,
        "value": round(value, 3),
        "unit": "s, p95 from sending the reading to seeing its warning",
        "baseline": {"what": "opening the same files, p95", "value": round(base, 3)},
        "ratio": round(value / base, 2),
        "bar": f"p95 under {P95_SECONDS:g} s",
        "met": value < P95_SECONDS,
        "peak_mib": memory.peak_mib,
        "rows": scan_data.HOUSEHOLDS,
        "median": round(sorted(warned)[len(warned) // 2], 3),
        "readings": len(warned),
        "clients": CLIENTS,
        "machine": describe(),
    }


def _until_warned(worker: Worker, household: int) -> float:
    begun = time.perf_counter()
    today = dt.date.today().isoformat()
    worker.send(
        f"/households/{household}/readings/new/?indicator=water",
        {"value": "fail", "observed_on": today},
    )
    while not _WARNED.search(worker.get(f"/households/{household}/?from=list")):
        if time.perf_counter() - begun > PATIENCE_SECONDS:
            raise TimeoutError(f"no warning for household {household}")
    return time.perf_counter() - begun


def _opened(worker: Worker, household: int) -> float:
    begun = time.perf_counter()
    if _WARNED.search(worker.get(f"/households/{household}/?from=list")):
        raise RuntimeError(f"household {household} was warned about before its reading")
    return time.perf_counter() - begun


def _in_parallel(households: Sequence[int], work: Callable[[int], float]) -> list[float]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(work, households))


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]


def _prepare(port: int) -> Any:
    """A filled server; settings are read once, so the addresses come before Django."""
    point_django_at(HOME, f"http://127.0.0.1:{port}")
    cluster = scan_data.prepare(HOME)
    from django.core.management import call_command  # noqa: PLC0415 - set up by now

    call_command("collectstatic", interactive=False, verbosity=0)
    return cluster


def _households(url: str, count: int) -> list[int]:
    """Households of one county, spread over its villages."""
    with psycopg.connect(url) as connection:
        _forget_in(connection)
        found = connection.execute(
            "SELECT id FROM registry_household WHERE place_code >= %s AND place_code < %s"
            " ORDER BY md5(household_number) LIMIT %s",
            [COUNTY, COUNTY + ":", count],
        ).fetchall()
    return [number for (number,) in found]


def _forget(url: str) -> None:
    """Take the bench's readings and warnings away again."""
    with psycopg.connect(url) as connection:
        _forget_in(connection)


def _forget_in(connection: psycopg.Connection[Any]) -> None:
    connection.execute("DELETE FROM monitoring_warning")
    connection.execute("DELETE FROM registry_reading WHERE source = '入户查看'")


def _session_cookies() -> str:
    """A real session of the county's officer, as a log-in leaves it."""
    from django.conf import settings  # noqa: PLC0415 - set up by now
    from django.contrib.auth import (  # noqa: PLC0415
        BACKEND_SESSION_KEY,
        HASH_SESSION_KEY,
        SESSION_KEY,
        get_user_model,
    )

    from yimaqing.domains.accounts.sessions import SessionStore  # noqa: PLC0415

    user = get_user_model().objects.get(username=f"bench{COUNTY}")
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "yimaqing.domains.accounts.login.LockingBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}; csrftoken={_TOKEN}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(port: int) -> Iterator[int]:
    """The web service as `yimaqing serve` starts it; its process id."""
    from yimaqing.config.serve import Shape, children  # noqa: PLC0415 - settings first

    (child,) = children(Shape(port=port), ("web",))
    path = os.pathsep.join([str(REPOSITORY), *sys.path])
    process = subprocess.Popen(child.command, env=os.environ | {"PYTHONPATH": path})
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            threading.Event().wait(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    print(run())
