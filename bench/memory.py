"""Peak memory of processes, sampled while something runs."""

from __future__ import annotations

import contextlib
import os
import threading
from types import TracebackType
from typing import Self

import psutil

SAMPLE_SECONDS = 0.05
#: Counting shared pages once takes 4 ms and more of a core for each sample: twenty a second would
#: slow the service that is measured.
SHARED_SAMPLE_SECONDS = 0.5
MIB = 1 << 20


class Peak:
    """``with Peak(…) as memory: …; memory.peak_mib``: the largest of the samples, in MiB."""

    def __init__(self, every_seconds: float = SAMPLE_SECONDS) -> None:
        self.peak_mib = 0.0
        self._every_seconds = every_seconds
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._take()
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
        self._take()

    def sample(self) -> int:
        """Bytes held now."""
        raise NotImplementedError

    def _watch(self) -> None:
        while not self._done.wait(self._every_seconds):
            self._take()

    def _take(self) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            self.peak_mib = max(self.peak_mib, round(self.sample() / MIB, 1))


class PeakMemory(Peak):
    """Resident memory of a process tree.

    Shared pages are counted once (proportional set size) when ``shared_once`` is true,
    which is dearer and so done less often; plain resident size counts PostgreSQL's shared
    buffers per backend.
    """

    def __init__(self, pid: int | None = None, *, shared_once: bool = False) -> None:
        self._root = psutil.Process(pid or os.getpid())
        self._shared_once = shared_once
        super().__init__(SHARED_SAMPLE_SECONDS if shared_once else SAMPLE_SECONDS)

    def sample(self) -> int:
        """The process and all its children."""
        return sum(self._size(one) for one in [self._root, *self._root.children(recursive=True)])

    def _size(self, process: psutil.Process) -> int:
        try:
            if self._shared_once:
                return int(process.memory_full_info().pss)
            return int(process.memory_info().rss)
        except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
            return 0
