"""Memory of an import: the program's process tree and what its server holds for itself."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import psutil

from bench.memory import Peak
from yimaqing.config.cluster import Cluster
from yimaqing.config.cluster.processes import server_processes

BYTES_PER_KIB = 1024


class ImportMemory(Peak):
    """Peak of: resident size of this process's children, plus the server's private pages.

    The server's shared buffers are a setting of the machine, the same with and without an
    import, and are left out; its backends' own memory (sorts, hashes) is not.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._data = cluster.data
        super().__init__()

    def sample(self) -> int:
        """The children and the server's own pages."""
        children = psutil.Process(os.getpid()).children(recursive=True)
        mine = sum(_kib(child.pid, "VmRSS") for child in children)
        held = sum(_kib(pid, "RssAnon") for pid in server_processes(self._data))
        return (mine + held) * BYTES_PER_KIB


def _kib(pid: int, key: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(key):
                return int(line.split()[1])
    return 0
