"""Peak memory of a process and all its children, sampled."""

from __future__ import annotations

import contextlib
import os
import threading
from types import TracebackType
from typing import Self

import psutil

SAMPLE_SECONDS = 0.05
MIB = 1 << 20


class PeakMemory:
    """``with PeakMemory() as memory: …; memory.peak_mib``: resident MiB of a process tree.

    Shared pages are counted once (proportional set size) when ``shared_once`` is true,
    which is dearer; plain resident size counts PostgreSQL's shared buffers per backend.
    """

    def __init__(self, pid: int | None = None, *, shared_once: bool = False) -> None:
        self.peak_mib = 0.0
        self._root = psutil.Process(pid or os.getpid())
        self._shared_once = shared_once
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._sample()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
        self._sample()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            tree = [self._root, *self._root.children(recursive=True)]
            total = sum(self._size(process) for process in tree)
            self.peak_mib = max(self.peak_mib, round(total / MIB, 1))

    def _size(self, process: psutil.Process) -> int:
        try:
            if self._shared_once:
                return int(process.memory_full_info().pss)
            return int(process.memory_info().rss)
        except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            return 0
