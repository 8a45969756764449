"""`yimaqing serve` brings back an embedded database that was killed; the services reconnect."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from yimaqing.config.cluster import environment, watch
from yimaqing.config.cluster.processes import lost, postmaster
from yimaqing.config.cluster.watch import Watch, watch_over
from yimaqing.config.tests.clusters import throw_away

PROGRAM = str(Path(sys.executable).with_name("yimaqing"))


@pytest.fixture(scope="module")
def cluster():
    with throw_away() as made:
        made.start()
        yield made


def _environment(cluster):
    ours = {k: v for k, v in os.environ.items() if not k.startswith("YIMAQING_")}
    return ours | {"YIMAQING_HOME": str(cluster.home), "YIMAQING_HOSTS": "127.0.0.1"}


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _answer(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310 - our own http
            return page.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _until(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def service(cluster):
    """web, scan and jobs on free ports; both pages ask the database."""
    cluster.start()
    env = _environment(cluster)
    subprocess.run([PROGRAM, "setup"], env=env, check=True, stdout=subprocess.DEVNULL)
    web, scan = _free_port(), _free_port()
    ports = ["--port", str(web), "--scan-port", str(scan), "--web-workers", "1"]
    running = subprocess.Popen([PROGRAM, "serve", *ports, "--scan-workers", "1"], env=env)
    pages = (f"http://127.0.0.1:{web}/login/", f"http://127.0.0.1:{scan}/c/" + "0" * 16)
    try:
        _until(lambda: [_answer(page) for page in pages] == [200, 404], 60)
        yield running, pages
    finally:
        running.terminate()
        running.wait(timeout=60)


def test_a_killed_database_comes_back_and_pages_are_served_again(cluster, service):
    running, pages = service
    killed = postmaster(cluster.data)
    os.kill(killed, signal.SIGKILL)
    _until(lambda: postmaster(cluster.data) not in (None, killed), 60)
    _until(lambda: [_answer(page) for page in pages] == [200, 404], 60)
    assert running.poll() is None


def test_a_database_that_was_stopped_on_purpose_stays_stopped(cluster, monkeypatch):
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(watch, "PATIENCE_SECONDS", 0.0)
    cluster.start()
    assert not lost(cluster.data)
    cluster.stop()
    assert not lost(cluster.data)
    looking = Watch(cluster)
    for _ in range(3):
        looking.tend()
    assert looking.mending is None


def test_a_start_that_fails_is_tried_again_after_a_while(cluster, monkeypatch, caplog):
    monkeypatch.setattr(watch, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(watch, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(watch, "lost", lambda _data: True)
    looking = Watch(cluster)
    looking.tend()
    monkeypatch.setattr(subprocess, "Popen", lambda *_a, **_k: Failed())
    looking.tend()
    looking.tend()
    assert looking.mending is None
    assert looking.look_again_at > time.monotonic() + watch.AGAIN_SECONDS / 2
    assert "again in 30 s" in caplog.text


class Failed:
    """A start that has ended with a fault."""

    def poll(self):
        return 1


def test_only_an_embedded_server_of_ours_is_watched(cluster, tmp_path):
    url = cluster.urls()["YIMAQING_DATABASE_URL"]
    assert watch_over(cluster.home, url) is not None
    assert watch_over(cluster.home, "postgresql://app@db.county/yimaqing") is None
    environment.write(tmp_path, {"YIMAQING_DATABASE_URL": "postgresql://app@db.county/yimaqing"})
    assert watch_over(tmp_path, "postgresql://app@db.county/yimaqing") is None
