"""The server's configuration, sized to the machine and written at every start.

An operator's own settings go to ``local.conf`` in the data directory, which comes last.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True)
class Machine:
    """What the server may use: memory in MiB and processor cores."""

    memory_mib: int
    cores: int

    @staticmethod
    def here() -> Machine:
        """This machine, or the container's share of it."""
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        with contextlib.suppress(OSError, ValueError):  # no cgroup v2, or "max"
            memory = min(memory, int(CGROUP_LIMIT.read_text()))
        return Machine(memory // MIB, len(os.sched_getaffinity(0)))


def sized(machine: Machine) -> dict[str, str]:
    """Memory settings: the web services and DuckDB (8 GiB at its bar) share the machine."""
    shared = _between(machine.memory_mib // 6, 128, 8192)
    log = _between(machine.memory_mib // 3, 1024, 16384)
    return {
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{machine.memory_mib // 2}MB",
        "work_mem": f"{_between(machine.memory_mib // 384, 4, 128)}MB",
        "maintenance_work_mem": f"{_between(machine.memory_mib // 24, 64, 2048)}MB",
        "max_wal_size": f"{log}MB",
        "min_wal_size": f"{log // 4}MB",
        "max_worker_processes": str(max(8, machine.cores)),
        "max_parallel_workers": str(machine.cores),
        "max_parallel_workers_per_gather": str(_between(machine.cores // 2, 1, 4)),
        "max_parallel_maintenance_workers": str(_between(machine.cores, 1, 4)),
    }


FIXED = {
    "listen_addresses": "",  # nobody reaches the server over a network
    "unix_socket_permissions": "0777",  # every role but the superuser proves a password
    "max_connections": "100",
    "superuser_reserved_connections": "3",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "wal_buffers": "16MB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "jit": "off",  # compiling costs more than these short queries take
    "random_page_cost": "1.1",  # solid-state disks
    "effective_io_concurrency": "64",
    "track_io_timing": "on",
    "timezone": "UTC",
    "log_timezone": "Asia/Shanghai",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # seven files, each overwritten a week later
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_checkpoints": "on",
    "log_lock_waits": "on",
    # Statements and error details hold names and ID numbers; a log file must not.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

ACCESS = """\
# Written by `yimaqing db start`. The superuser is only the server's own system account;
# everybody else proves a password. Nothing is trusted.
local all         postgres peer map=server
local replication postgres peer map=server
local all         all      scram-sha-256
"""


def files(socket: Path, port: int, account: str, extra: Mapping[str, str]) -> dict[str, str]:
    """The configuration files by name, for a server that the account runs."""
    values = FIXED | sized(Machine.here()) | dict(extra)
    values |= {"port": str(port), "unix_socket_directories": str(socket)}
    note = "# Written by `yimaqing db start`; your own settings belong in local.conf.\n"
    return {
        "yimaqing.conf": note + "".join(f"{key} = {_quoted(values[key])}\n" for key in values),
        "postgresql.conf": "include 'yimaqing.conf'\ninclude_if_exists 'local.conf'\n",
        "pg_hba.conf": ACCESS,
        "pg_ident.conf": f"server {account} postgres\n",
    }


def _between(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
