"""Memory of an import: the program's process tree and what its server holds for itself."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from yimaqing.config.cluster import Cluster
from yimaqing.config.cluster.processes import server_processes

SAMPLE_SECONDS = 0.1
KIB_PER_MIB = 1024


class ImportMemory:
    """Peak of: resident size of this process's children, plus the server's private pages.

    The server's shared buffers are a setting of the machine, the same with and without an
    import, and are left out; its backends' own memory (sorts, hashes) is not.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.peak_mib = 0.0
        self._data = cluster.data
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
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

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            children = psutil.Process(os.getpid()).children(recursive=True)
            mine = sum(_kib(child.pid, "VmRSS") for child in children)
            held = sum(_kib(pid, "RssAnon") for pid in server_processes(self._data))
            self.peak_mib = max(self.peak_mib, (mine + held) / KIB_PER_MIB)


def _kib(pid: int, key: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1])
    return 0
