"""The machine that a figure was measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path

from yimaqing.config.cluster.binaries import own_programs


def describe() -> dict[str, str | int]:
    """Processor, cores, memory in GiB, kernel, Python and PostgreSQL."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / (1 << 30)),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "postgresql": _postgresql(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine()


def _postgresql() -> str:
    command = [str(own_programs() / "postgres"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return said.split()[-1]
