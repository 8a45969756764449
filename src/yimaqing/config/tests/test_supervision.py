"""Services are kept alive, stopped together, and never left half-running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from yimaqing.config import supervision
from yimaqing.config.cli import program
from yimaqing.config.serve import Shape, children

SUPERVISE = """
import sys
from yimaqing.config.supervision import Child, Supervisor
children = [Child(f"service {n}", command.split()) for n, command in enumerate(sys.argv[1:])]
sys.exit(Supervisor(children).run())
"""


def supervise(*commands: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SUPERVISE, *commands])


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def until(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def service():
    running = supervise("/bin/sleep 600", "/bin/sleep 601")
    until(lambda: len(children_of(running.pid)) == 2)
    yield running
    running.kill()
    running.wait()


def test_a_service_that_dies_is_started_again(service):
    first, second = children_of(service.pid)
    os.kill(first, signal.SIGKILL)
    until(lambda: len(children_of(service.pid)) == 2 and first not in children_of(service.pid))
    assert second in children_of(service.pid)


def test_sigterm_ends_all_and_is_a_success(service):
    both = children_of(service.pid)
    service.terminate()
    assert service.wait(timeout=20) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in both)


def test_killing_the_supervisor_leaves_no_service_behind(service):
    both = children_of(service.pid)
    service.kill()
    service.wait()
    until(lambda: not any(is_alive(pid) for pid in both))


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_service_that_cannot_stay_up_fails_the_whole(monkeypatch):
    monkeypatch.setattr(supervision, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(supervision, "MOST_EARLY_DEATHS", 3)
    steady = supervision.Child("steady", ["/bin/sleep", "600"])
    broken = supervision.Child("broken", ["/bin/false"])
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert supervision.Supervisor([steady, broken]).run() == 1
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert broken.early_deaths == 3
    assert steady.process.poll() == -signal.SIGTERM


def test_pauses_grow(monkeypatch):
    child = supervision.Child("broken", ["/bin/false"])
    pauses = []
    for _ in range(4):
        child.start()
        child.process.wait()
        before = time.monotonic()
        child.tend()
        pauses.append(round(child.start_again_at - before, 1))
    assert pauses == [0.5, 1.0, 2.0, 4.0]


def test_the_three_services_have_the_shapes_of_the_trials():
    web, scan, jobs = children(Shape(port=9000, scan_port=9001))
    assert " ".join(web.command).endswith("yimaqing.config.wsgi:application")
    assert "--port 9000 --workers 3 --blocking-threads 6" in " ".join(web.command)
    assert "--port 9001 --workers 2 --blocking-threads 2" in " ".join(scan.command)
    assert jobs.command[1:] == ["jobs", "--threads", "2"]
    assert [child.name for child in children(Shape(), ["jobs"])] == ["jobs"]


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as ended:
        program(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for name in ("backup", "bench", "db", "demo", "doctor", "jobs", "restore", "serve", "setup"):
        assert f"\n  {name} " in shown
    assert "\n  audit " in shown  # a domain's own
