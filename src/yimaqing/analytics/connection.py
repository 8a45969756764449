"""DuckDB as analytics uses it: bounded, offline, in UTC, able to read PostgreSQL."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import duckdb

MEMORY_GIB = 2.0
_SCANNER = "duckdb_extension_postgres_scanner"


class ScannerMissing(RuntimeError):
    """The wheel that carries DuckDB's PostgreSQL reader is not installed."""


def connect(
    *,
    memory_gib: float = MEMORY_GIB,
    threads: int | None = None,
    spill: Path | None = None,
) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that never uses more than ``memory_gib`` and spills into ``spill``.

    The zone is UTC because zones cost ten times the arithmetic and engines disagree on them;
    nothing is fetched: extensions come from wheels only.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{int(memory_gib * 1024)}MiB",
        "threads": threads or os.cpu_count() or 1,
        "autoinstall_known_extensions": False,
        "preserve_insertion_order": False,
        "allow_unsigned_extensions": False,
    }
    if spill is not None:
        config["temp_directory"] = str(spill)
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return connection


def attach_postgres(connection: duckdb.DuckDBPyConnection, url: str, name: str = "pg") -> None:
    """Attach the PostgreSQL behind ``url`` read-only as ``name``.

    Within one DuckDB transaction all its tables are read in one snapshot (repeatable read).
    Raises ScannerMissing when the wheel is not there.
    """
    connection.execute(f"LOAD '{_quoted(str(scanner_path()))}'")
    connection.execute(f"ATTACH '{_quoted(libpq_words(url))}' AS {name} (TYPE postgres, READ_ONLY)")


def scanner_path() -> Path:
    """The extension's file in its wheel, to be loaded by path: closed networks cannot fetch it."""
    spec = find_spec(_SCANNER)
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        found = sorted(Path(folder).rglob("postgres_scanner.duckdb_extension"))
        if found:
            return found[0]
    raise ScannerMissing(f"install the wheel {_SCANNER} of the same version as duckdb")


def libpq_words(url: str) -> str:
    """``postgresql://user:secret@host:port/name?host=/socket`` as libpq keywords."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    words = {
        "dbname": unquote(parts.path.lstrip("/")),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "host": unquote(parts.hostname or ""),
        "port": str(parts.port or ""),
        **query,
    }
    return " ".join(f"{key}='{_escaped(value)}'" for key, value in words.items() if value)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _quoted(text: str) -> str:
    return text.replace("'", "''")
