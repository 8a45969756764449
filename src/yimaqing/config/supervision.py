"""Keeping several processes alive as one service.

A child that dies is started again with growing pauses; one that cannot stay up ends the
whole service with a failure, because a half-running installation looks like a working one.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Protocol

log = logging.getLogger("yimaqing.serve")

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 30.0  # a child that lived so long had started properly
MOST_EARLY_DEATHS = 8
STOP_SECONDS = 30.0
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
LIBC = ctypes.CDLL(None)


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    early_deaths: int = 0

    def start(self) -> None:
        """Start it in a process group of its own, so that its workers can be ended too."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - our own services, no shell
            self.command,
            start_new_session=True,
            preexec_fn=partial(_die_with, os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
        )
        log.info("%s: started, pid %s", self.name, self.process.pid)

    def tend(self) -> None:
        """Notice a death; start again when its pause is over."""
        now = time.monotonic()
        if self.process is not None and (status := self.process.poll()) is not None:
            self._bury(status, now)
        if self.process is None and now >= self.start_again_at and not self.hopeless:
            self.start()

    @property
    def hopeless(self) -> bool:
        """Whether it died too often right after its start."""
        return self.early_deaths >= MOST_EARLY_DEATHS

    def _bury(self, status: int, now: float) -> None:
        assert self.process is not None  # noqa: S101 - the caller looked
        end_group(self.process.pid, signal.SIGKILL)  # workers whose parent was killed
        self.process = None
        self.early_deaths = 0 if now - self.started_at > STEADY_SECONDS else self.early_deaths + 1
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (self.early_deaths - 1), LONGEST_PAUSE_SECONDS)
        self.start_again_at = now + pause
        log.warning("%s: ended with status %s; again in %.1f s", self.name, status, pause)


class Tended(Protocol):
    """Something else that wants to be looked after in between, such as the database."""

    def tend(self) -> None:
        """Do what is due, without waiting."""


@dataclass
class Supervisor:
    """Runs children until a signal or until one cannot stay up."""

    children: list[Child]
    beside: Sequence[Tended] = ()
    stopping: bool = field(default=False)

    def run(self) -> int:
        """Block until stopped; 0 after SIGTERM or SIGINT, 1 when a child could not stay up."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._stop)
        try:
            while not self.stopping:
                for tended in (*self.children, *self.beside):
                    tended.tend()
                if any(child.hopeless for child in self.children):
                    log.error("%s", self._obituary())
                    return 1
                time.sleep(POLL_SECONDS)
        finally:
            self.end_all()
        return 0

    def end_all(self) -> None:
        """SIGTERM to every child, and SIGKILL to the groups of those that do not go."""
        living = [child.process for child in self.children if child.process is not None]
        for process in living:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in living:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            end_group(process.pid, signal.SIGKILL)
            process.wait()

    def _stop(self, _signum: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _obituary(self) -> str:
        names = ", ".join(child.name for child in self.children if child.hopeless)
        return f"{names}: died {MOST_EARLY_DEATHS} times right after the start; see the lines above"


def end_group(leader: int, signum: signal.Signals) -> None:
    """Signal a process group that may be gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signum)


def _die_with(parent: int) -> None:
    """In the child: be told when the supervisor is killed, so that no port stays taken."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it was killed before we asked
        os._exit(1)
