"""Which live processes belong to a data directory.

``postmaster.pid`` cannot answer that: after a power cut or in a restarted container its
number belongs to another program. Every process of a server has the data directory as
its working directory, and no other program does by accident, so we ask the kernel.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

POLL_SECONDS = 0.05


def server_processes(data: Path) -> list[int]:
    """Pids of live ``postgres`` processes working in this data directory."""
    wanted = str(data.resolve())
    return [pid for pid in _pids() if _works_in(pid, wanted)]


def postmaster(data: Path) -> int | None:
    """Pid of the live postmaster: the pid in its lock file if that is one of its processes."""
    pid = written_pid(data)
    return pid if pid is not None and pid in server_processes(data) else None


def lost(data: Path) -> bool:
    """Whether the server was killed: its lock file is there, the process it names is not.

    Cheap enough to be asked every second. False where the data directory cannot be read.
    """
    pid = written_pid(data)
    return pid is not None and not _works_in(pid, str(data.resolve()))


def written_pid(data: Path) -> int | None:
    """The pid in ``postmaster.pid``, whoever has it now."""
    try:
        first = (data / "postmaster.pid").read_text().split("\n", 1)[0]
        return abs(int(first))
    except (OSError, ValueError):
        return None


def clear_remains(data: Path, socket: Path, patience_seconds: float) -> None:
    """Make way for a start after a crash: no orphaned backend, no stale lock file.

    The lock files beside data and socket name the dead postmaster; a program that has its
    number now, or a zombie that nobody reaps (containers), would block the start for ever.

    Backends whose postmaster was killed go on until they notice. They hold the shared
    memory, so a new server must not start beside them: wait, then end them. Call this
    only when no postmaster lives and while holding the cluster's own lock.
    """
    for signum in (signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL):
        if _wait_gone(data, patience_seconds / 4):
            break
        for pid in server_processes(data):
            send(pid, signum)
    _wait_gone(data, patience_seconds)
    if not server_processes(data):
        for remains in (data / "postmaster.pid", *socket.glob(".s.PGSQL.*")):
            remains.unlink(missing_ok=True)


def send(pid: int, signum: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


def _wait_gone(data: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while server_processes(data):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _works_in(pid: int, folder: str) -> bool:
    try:
        if str(Path(f"/proc/{pid}/cwd").readlink()) != folder:
            return False
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:  # gone, a zombie, or somebody else's
        return False
