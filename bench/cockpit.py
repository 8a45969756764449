"""The cockpit with 210,000 households: first paint in a real browser, drill-down over HTTP.

The product's own server command, log-in and row-level security; every page load starts
with an empty browser cache. The baseline is a bare DuckDB group-by over the same Parquet.
"""

from __future__ import annotations

import contextlib
import http.client
import math
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import cockpit_data
from bench.home import point_django_at
from bench.machine import describe
from bench.memory import PeakMemory

NAME = "cockpit"
REPOSITORY = Path(__file__).resolve().parents[1]
HOME = REPOSITORY / "var" / "bench" / "cockpit"
FIRST_PAINT_MS, DRILL_DOWN_MS = 1_000, 300
LOADS, CLIENTS, REQUESTS = 11, 2, 400
WARM_UP = 4  # loads that reach both workers, each of which opens the snapshot once
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PAINT = """() => new Promise(done => new PerformanceObserver(list => {
  const first = list.getEntriesByName('first-contentful-paint')[0];
  if (first) done(first.startTime);
}).observe({ type: 'paint', buffered: true }))"""
FIGURES = "() => [...document.querySelectorAll('a.figure-value')].map(one => one.textContent)"


def run() -> dict[str, Any]:
    """Measure and return the result in the shape of `yimaqing bench`."""
    with _free_port() as port:
        point_django_at(HOME, f"http://127.0.0.1:{port}")
    cluster = cockpit_data.prepare(HOME)
    try:
        cookie = _log_in()
        with _served(port) as pid, PeakMemory(pid, shared_once=True) as memory:
            after_start, paints = _paints(port, cookie, WARM_UP), _paints(port, cookie, LOADS)
            drill = _drill_down(port, cookie)
        bare = _bare_group_by()
    finally:
        cluster.stop()
    paint, p95 = statistics.median(paints), _percentile(drill, 95)
    return {
        "name": NAME,
        "value": round(paint),
        "unit": "ms to first paint with data",
        "baseline": {
            "what": "bare DuckDB group-by of the same Parquet, ms",
            "value": round(bare, 1),
        },
        "ratio": round(p95 / bare, 1),
        "bar": f"first paint < {FIRST_PAINT_MS} ms, drill-down p95 < {DRILL_DOWN_MS} ms",
        "met": max(paints) < FIRST_PAINT_MS and p95 < DRILL_DOWN_MS,
        "peak_mib": memory.peak_mib,
        "rows": cockpit_data.HOUSEHOLDS,
        "machine": describe(),
        "first_paint_ms": {"median": round(paint), "slowest": round(max(paints))},
        "first_paint_after_start_ms": round(max(after_start)),
        "drill_down_ms": {"p50": round(_percentile(drill, 50)), "p95": round(p95)},
        "drill_down_clients": CLIENTS,
    }


def _log_in() -> tuple[str, str]:
    """The leader's session cookie, as a log-in leaves it."""
    from django.conf import settings  # noqa: PLC0415 - set up by now
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from yimaqing.config.catalogues import build_translations  # noqa: PLC0415
    from yimaqing.config.installation import collect_static  # noqa: PLC0415

    build_translations()
    collect_static()
    client = Client()
    client.force_login(get_user_model().objects.get(username=cockpit_data.LEADER))
    name = settings.SESSION_COOKIE_NAME
    return name, client.cookies[name].value


@contextlib.contextmanager
def _free_port() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


@contextlib.contextmanager
def _served(port: int) -> Iterator[int]:
    """The web service of `yimaqing serve`; yields its process id."""
    from yimaqing.config.serve import Shape, children  # noqa: PLC0415 - settings first

    (child,) = children(Shape(port=port), ("web",))
    path = os.pathsep.join([str(REPOSITORY), *sys.path])
    process = subprocess.Popen(child.command, env=os.environ | {"PYTHONPATH": path})
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def _paints(port: int, cookie: tuple[str, str], loads: int) -> list[float]:
    """Milliseconds to the first contentful paint, which already shows the figures.

    The first load that a worker answers after its start makes the cube; it is reported
    apart, as what a leader meets once after a restart.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed only here

    address = f"http://127.0.0.1:{port}"
    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=_chromium(), args=list(FLAGS))
        for _ in range(loads):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": address}])
            page = context.new_page()
            page.goto(f"{address}/cockpit/141100000000/", wait_until="load")
            figures = page.evaluate(FIGURES)
            assert len(figures) == 6, figures
            found.append(float(page.evaluate(PAINT)))
            context.close()
        browser.close()
    return found


def _chromium() -> str:
    for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"):
        if Path(path).exists():
            return path
    raise FileNotFoundError("chromium is missing: apt-get install chromium")


def _drill_down(port: int, cookie: tuple[str, str]) -> list[float]:
    """Milliseconds of each step down: county, township, village, list of households."""
    from yimaqing.domains.places.queries import valid_places  # noqa: PLC0415 - set up by now

    levels = [
        list(valid_places().filter(level=n).order_by("code").values_list("code", flat=True))
        for n in (3, 4, 5)
    ]
    steps = []
    for i in range(REQUESTS // 4):
        county, township, village = (codes[i * 37 % len(codes)] for codes in levels)
        steps += [f"/cockpit/{code}/?measure=fail.water" for code in (county, township, village)]
        steps.append(f"/cockpit/{county}/households/?measure=fail.water")
    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = pool.map(lambda n: _timed(port, cookie, steps[n::CLIENTS]), range(CLIENTS))
        return [each for part in parts for each in part]


def _timed(port: int, cookie: tuple[str, str], addresses: list[str]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Cookie": "=".join(cookie), "HX-Request": "true", "Host": f"127.0.0.1:{port}"}
    found = []
    for address in addresses:
        began = time.perf_counter()
        connection.request("GET", address, headers=headers)
        answer = connection.getresponse()
        answer.read()
        found.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, (answer.status, address)
    connection.close()
    return found


def _bare_group_by() -> float:
    """Milliseconds (median) of counting one indicator by county over the same files."""
    from yimaqing.analytics.connection import connect  # noqa: PLC0415

    files = next((HOME / "lake" / "snapshots").iterdir()) / "monitoring.standing/*/*.parquet"
    query = (
        "SELECT county_code, count(*), count(*) FILTER (water_state = 'fail')"
        f" FROM read_parquet('{files}') GROUP BY county_code"
    )
    found = []
    with connect() as connection:
        for _ in range(15):
            began = time.perf_counter()
            connection.execute(query).fetchall()
            found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


def _percentile(values: list[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * share / 100) - 1]
