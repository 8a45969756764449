"""Processes that import, and their violent ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from bench.import_scene import AS_OF, DATA
from yimaqing.config.cluster import Cluster
from yimaqing.config.cluster.processes import postmaster

YIMAQING = str(Path(sys.executable).with_name("yimaqing"))
PIECE = 256 * 1024
FINISHED = ("applied", "checked", "unusable")

#: Makes an officer of the prefecture and prints a log-in session's key.
LOG_IN = """
from yimaqing.config.cli import set_up_django
set_up_django()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.sessions import SessionStore
user = User.objects.filter(username="fire").first()
user = user or make_user("county_officer", "141100000000", username="fire")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "yimaqing.domains.accounts.login.LockingBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""


class Fire:
    """Runs an import in one way or another and kills a part of it at a moment."""

    def __init__(self, cluster: Cluster, environment: dict[str, str], data: Path = DATA) -> None:
        self._cluster = cluster
        self._data = data
        self._environment = environment
        self._running: list[subprocess.Popen[bytes]] = []

    def kill(self, victim: str, name: str, after_seconds: float) -> bool:
        """Import ``name`` and kill ``victim`` that many seconds later.

        Return whether the import was under way: one that had ended was not hit.
        """
        if victim == "web":
            self._kill_web(name, after_seconds)
            return True
        runner = self._worker(name) if victim == "worker" else self._terminal(name)
        self._wait(runner, after_seconds)
        hit = self._state(name) not in FINISHED
        if victim == "postmaster":
            self._kill_server()
        else:
            kill_group(runner)
        self._end(runner)
        return hit

    def finish(self, name: str) -> None:
        """Run the same command again until it has come to its end."""
        runner = self._terminal(name)
        if runner.wait() > 1:
            raise RuntimeError(f"import {name}: status {runner.returncode}")

    def stop(self) -> None:
        """End what still runs."""
        for process in self._running:
            kill_group(process)

    def _terminal(self, name: str) -> subprocess.Popen[bytes]:
        batch = self._unfinished(name)
        words = ["--resume", str(batch)] if batch else [name, str(self._data / f"{name}.csv")]
        return self._start([YIMAQING, "import", *words, "--as-of", AS_OF, "--json"])

    def _worker(self, name: str) -> subprocess.Popen[bytes]:
        """A worker with a job for the batch; the batch is made by a terminal killed at once."""
        while not (batch := self._unfinished(name)):
            terminal = self._terminal(name)
            time.sleep(3)
            kill_group(terminal)
            self._end(terminal)
        ask = (
            "from yimaqing.config.cli import set_up_django; set_up_django();"
            f"from yimaqing.domains.intake.tasks import ask_for_a_run; ask_for_a_run({batch})"
        )
        self._leave_dead_jobs()
        subprocess.run([sys.executable, "-c", ask], env=self._environment, cwd="/", check=True)
        return self._start([YIMAQING, "jobs", "--threads", "1"])

    def _kill_web(self, name: str, after_seconds: float) -> None:
        """Kill the web service in the middle of an upload; the upload must leave nothing."""
        before = self._batches()
        port = free_port()
        web = self._start([YIMAQING, "serve", "--only", "web", "--port", str(port)])
        wait_for_port(port)
        done = subprocess.run(
            [sys.executable, "-c", LOG_IN],
            env=self._environment,
            cwd="/",
            check=True,
            capture_output=True,
            text=True,
        )
        size = (self._data / f"{name}.csv").stat().st_size
        cut = int(size * (after_seconds % 10) / 10)
        with contextlib.suppress(OSError, urllib.error.URLError):
            upload_and(
                port, done.stdout.strip(), self._data / f"{name}.csv", cut, lambda: kill_group(web)
            )
        self._end(web)
        if self._batches() != before:
            raise RuntimeError("an upload that was cut off left a batch")

    def _kill_server(self) -> None:
        pid = postmaster(self._cluster.data)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        time.sleep(1)
        self._cluster.start()

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command,
            env=self._environment,
            cwd="/",
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._running.append(process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            kill_group(process)
            process.wait()
        self._running.remove(process)

    def _leave_dead_jobs(self) -> None:
        """What a dead worker was doing is given up at once: the product waits half a minute."""
        with psycopg.connect(self._cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
            connection.execute(
                "UPDATE procrastinate_jobs SET status = 'failed' WHERE status = 'doing'"
            )

    @staticmethod
    def _until(reached: Callable[[], bool], seconds: float) -> None:
        """Until something is so. Raise TimeoutError."""
        until = time.monotonic() + seconds
        while not reached():
            if time.monotonic() > until:
                raise TimeoutError(f"not within {seconds:.0f} s")
            time.sleep(0.1)

    @staticmethod
    def _wait(runner: subprocess.Popen[bytes], seconds: float) -> None:
        """Until the moment, or until the process is through."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and runner.poll() is None:
            time.sleep(0.05)

    def _unfinished(self, name: str) -> int | None:
        found = self._ask(
            "SELECT id FROM intake_batch WHERE dataset = %s AND state <> ALL (%s)"
            " ORDER BY id DESC LIMIT 1",
            [name, list(FINISHED)],
        )
        return int(str(found)) if found else None

    def _state(self, name: str) -> object:
        sql = "SELECT state FROM intake_batch WHERE dataset = %s ORDER BY id DESC LIMIT 1"
        return self._ask(sql, [name])

    def _batches(self) -> object:
        return self._ask("SELECT count(*) FROM intake_batch", [])

    def _ask(self, sql: str, params: list[object]) -> object:
        with psycopg.connect(self._cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as connection:
            row = connection.execute(sql, params).fetchone()
            return row[0] if row else None


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started at once, whatever group they are in."""
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process.pid)
        for one in [parent, *parent.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, seconds: float = 60) -> None:
    """Until somebody listens there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")


def upload_and(port: int, session: str, file: Path, cut: int, strike: object) -> None:
    """Send the file as a browser does, and strike after ``cut`` bytes of it."""
    edge, token = uuid.uuid4().hex, "a" * 32
    fields = {"dataset": file.stem, "as_of": AS_OF, "mode": "apply", "csrfmiddlewaretoken": token}
    head = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
        for k, v in fields.items()
    )
    head += f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"'
    head += "\r\nContent-Type: text/csv\r\n\r\n"
    data = file.read_bytes()
    body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
    lines = [
        "POST /imports/new/ HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Content-Type: multipart/form-data; boundary={edge}",
        f"Content-Length: {len(body)}",
        f"Cookie: yimaqing_session={session}; csrftoken={token}",
        "Connection: close",
    ]
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        sent = 0
        while sent < len(body):
            if sent >= cut and callable(strike):
                strike()
            connection.sendall(body[sent : sent + PIECE])
            sent += PIECE
        connection.recv(1000)
