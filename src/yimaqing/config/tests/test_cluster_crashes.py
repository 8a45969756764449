"""The embedded server comes back from whatever state it was left in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from yimaqing.config.cluster import Cluster
from yimaqing.config.cluster.processes import postmaster, server_processes, written_pid
from yimaqing.config.tests.clusters import throw_away


@pytest.fixture(scope="module")
def cluster():
    with throw_away() as made:
        made.start()
        with psycopg.connect(made.urls()["YIMAQING_OWNER_DATABASE_URL"]) as owner:
            owner.execute("CREATE TABLE fact (n int PRIMARY KEY)")
        yield made


@pytest.fixture
def server(cluster):
    cluster.start()
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as owner:
        owner.execute("TRUNCATE fact")
    return cluster


def rows(cluster: Cluster) -> set[int]:
    with psycopg.connect(cluster.urls()["YIMAQING_OWNER_DATABASE_URL"]) as owner:
        return {n for (n,) in owner.execute("SELECT n FROM fact")}


def kill_postmaster(cluster: Cluster) -> int:
    pid = postmaster(cluster.data)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def yimaqing(cluster: Cluster, *arguments: str) -> subprocess.Popen[str]:
    """The command line, in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", "from yimaqing.config.cli import main; main()", *arguments],
        env=os.environ | {"YIMAQING_HOME": str(cluster.home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


class Writer(threading.Thread):
    """Commits one row after another and remembers which commits were acknowledged."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.acknowledged: set[int] = set()

    def run(self) -> None:
        try:
            with psycopg.connect(self.url, autocommit=True) as connection:
                for n in range(1_000_000):
                    connection.execute("INSERT INTO fact VALUES (%s)", [n])
                    self.acknowledged.add(n)
        except psycopg.OperationalError:
            return


def test_kill_9_under_load_loses_no_acknowledged_commit(server):
    writer = Writer(server.urls()["YIMAQING_OWNER_DATABASE_URL"])
    writer.start()
    while len(writer.acknowledged) < 50:
        time.sleep(0.01)
    # The orphaned backend goes on writing; the new server must not start beside it.
    kill_postmaster(server)
    server.start()
    writer.join(timeout=20)
    assert not writer.is_alive()
    assert writer.acknowledged <= rows(server)


def test_a_backend_that_does_not_notice_is_ended_before_the_new_server_starts(server):
    url = server.urls()["YIMAQING_OWNER_DATABASE_URL"]
    busy = "DO $$ BEGIN LOOP PERFORM sqrt(2); END LOOP; END $$"
    with ThreadPoolExecutor(1) as pool, psycopg.connect(url, autocommit=True) as connection:
        pid = connection.info.backend_pid
        pool.submit(connection.execute, busy)
        while pid not in server_processes(server.data):
            time.sleep(0.01)
        time.sleep(0.3)
        kill_postmaster(server)
        server.start()
        assert pid not in server_processes(server.data)
    assert server.status().accepting


def test_a_stale_pid_file_that_names_a_living_program_does_not_block(server):
    assert server.stop()
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=server.account.user, cwd="/")
    try:
        pid_file = server.data / "postmaster.pid"
        port, socket = str(server.port), str(server.socket)
        pid_file.write_text(
            f"{stranger.pid}\n{server.data}\n1\n{port}\n{socket}\n\n  1 2\nready   \n"
        )
        server.start(timeout=30)
        assert server.status().accepting
        assert written_pid(server.data) != stranger.pid
        assert stranger.poll() is None  # nobody signalled it
    finally:
        stranger.kill()
        stranger.wait()


def test_stop_does_not_signal_a_stranger_either(server):
    assert server.stop()
    stranger = subprocess.Popen(["/bin/sleep", "60"], cwd="/")
    try:
        (server.data / "postmaster.pid").write_text(f"{stranger.pid}\n")
        assert server.stop() is False
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_two_starts_at_once_make_one_server(server):
    assert server.stop()
    starts = [yimaqing(server, "db", "start") for _ in range(3)]
    said = [start.communicate(timeout=120)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert len({line.rpartition("pid")[2] for line in said}) == 1


def test_a_server_whose_socket_was_swept_away_is_started_again(server, monkeypatch):
    monkeypatch.setattr("yimaqing.config.cluster.server.LOST_SOCKET_SECONDS", 0.5)
    before = postmaster(server.data)
    for path in server.socket.iterdir():
        path.unlink()
    assert not server.status().accepting
    server.start()
    assert server.status().accepting
    assert postmaster(server.data) != before


def test_an_init_that_was_killed_is_done_again():
    with throw_away() as cluster:
        remains = cluster.home / "pg18.new"
        remains.mkdir()
        (remains / "PG_VERSION").write_text("18\n")
        cluster.start()
        assert cluster.status().accepting
        assert not remains.exists()


def test_start_again_keeps_passwords_and_keys(server):
    before = (server.home / "yimaqing.env").read_text()
    server.start()
    assert (server.home / "yimaqing.env").read_text() == before


def test_a_lost_env_file_gets_new_passwords_for_the_same_data(server):
    with psycopg.connect(server.urls()["YIMAQING_OWNER_DATABASE_URL"]) as owner:
        owner.execute("INSERT INTO fact VALUES (7)")
    (server.home / "yimaqing.env").unlink()
    server.start()
    assert rows(server) == {7}


def test_run_serves_in_the_foreground_until_sigterm(server):
    server.stop()
    service = yimaqing(server, "db", "run")
    deadline = time.monotonic() + 60
    while not server.status().accepting and time.monotonic() < deadline:
        time.sleep(0.1)
    assert server.status().accepting
    time.sleep(1)  # it installs its handlers and checks the roles
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=60)
    assert service.returncode == 0
    assert not server.status().running
