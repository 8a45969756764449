"""Real servers of Spark on loopback: a master with two workers, or one that speaks Connect.

Ports are free ones, memory is bounded, and everything ends with the block, by process id.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

WORKERS = 2
DAEMON_MEMORY = "256m"
START_SECONDS = 180
LOOPBACK = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")


#: A process and where it writes its log.
Daemon = tuple[subprocess.Popen[bytes], Path]


class ClusterNotStarted(RuntimeError):
    """The master or a worker did not come up in time; the text is the end of its log."""


@contextmanager
def standalone(folder: Path, *, memory: str = "1g") -> Iterator[tuple[str, dict[str, str]]]:
    """The master's address, and the environment that a program needs to work on the cluster.

    ``memory`` is what each worker gives to its one executor, and what the driver takes.
    """
    environment = environment_of(folder, memory)
    with _ended_at_last() as started:
        master = ("deploy.master.Master", *LOOPBACK)
        daemon = _start(started, folder, environment, "master", *master)
        address = _said(daemon, r"Starting Spark master at (spark://\S+)")
        for number in range(WORKERS):
            limits = ("--cores", "1", "--memory", memory, "--work-dir", str(folder / "work"))
            worker = ("deploy.worker.Worker", *LOOPBACK, *limits, address)
            daemon = _start(started, folder, environment, f"worker{number}", *worker)
            _said(daemon, r"(Successfully registered with master)")
        yield address, environment


@contextmanager
def connect_server(folder: Path, *, memory: str = "1g") -> Iterator[str]:
    """The address of a Spark Connect server of one thread."""
    # A server counts as a daemon there: the driver's own setting is not read.
    environment = environment_of(folder, memory) | {"SPARK_DAEMON_MEMORY": memory}
    server = (
        *("deploy.SparkSubmit", "--master", "local[1]"),
        *("--class", "org.apache.spark.sql.connect.service.SparkConnectServer"),
        *("--conf", "spark.connect.grpc.binding.address=127.0.0.1"),
        *("--conf", "spark.connect.grpc.binding.port=0", "--conf", "spark.ui.enabled=false"),
        "spark-internal",
    )
    with _ended_at_last() as started:
        daemon = _start(started, folder, environment, "connect", *server)
        port = _said(daemon, r"Spark Connect server started at: \S+:(\d+)")
        yield f"sc://127.0.0.1:{port}"


@contextmanager
def _ended_at_last() -> Iterator[list[subprocess.Popen[bytes]]]:
    """A list of processes; those in it are ended with the block, the last one first."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield started
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(30)


def environment_of(folder: Path, memory: str) -> dict[str, str]:
    """Spark's own settings, as an administrator would write them, and loopback only."""
    conf = folder / "conf"
    conf.mkdir(parents=True)
    lines = (
        *(f"spark.driver.memory {memory}", f"spark.executor.memory {memory}"),
        *(f"spark.local.dir {folder / 'scratch'}", "spark.sql.shuffle.partitions 16"),
    )
    (conf / "spark-defaults.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    own = {
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": DAEMON_MEMORY,
    }
    return os.environ | own


def _start(
    started: list[subprocess.Popen[bytes]],
    folder: Path,
    environment: dict[str, str],
    name: str,
    *what: str,
) -> Daemon:
    """Start a daemon of Spark's and note it in ``started``."""
    [home] = find_spec("pyspark").submodule_search_locations or []
    command = [f"{home}/bin/spark-class", f"org.apache.spark.{what[0]}", *what[1:]]
    log = folder / f"{name}.log"
    with log.open("wb") as out:
        started.append(subprocess.Popen(command, stdout=out, stderr=out, env=environment))
    return started[-1], log


def _said(daemon: Daemon, pattern: str) -> str:
    """What a daemon's log says once it has come up."""
    process, log = daemon
    until = time.monotonic() + START_SECONDS
    while True:
        ended = process.poll() is not None
        text = log.read_text(encoding="utf-8", errors="replace")
        if found := re.search(pattern, text):
            return found[1]
        if ended or time.monotonic() > until:
            told = [line for line in text.splitlines() if not line.lstrip().startswith("at ")]
            raise ClusterNotStarted("\n".join(told[-40:]))
        time.sleep(0.2)
