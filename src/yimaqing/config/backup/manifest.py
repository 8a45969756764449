"""What a backup says about itself, and whether that is true of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder

DUMP = "database.dump"
FILES = "files"
MANIFEST = "manifest.json"

_TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
ORDER BY relname
"""


class BadBackup(Exception):
    """The backup is incomplete, changed, or does not fit here; the message says which."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; ``sha256`` by path relative to the backup, ``counts`` rows by table.

    ``counts`` is empty in backups of versions before they were counted.
    """

    made_at: str
    version: str
    migrations: list[str]
    key_fingerprints: list[str]
    sha256: dict[str, str]
    counts: dict[str, int] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Put it into the backup last, whole or not at all."""
        unfinished = folder / f"{MANIFEST}.new"
        unfinished.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")
        unfinished.rename(folder / MANIFEST)


def check(folder: Path) -> Manifest:
    """The manifest of a backup that is whole and can be read here; else BadBackup."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BadBackup(f"{folder}: 没有 {MANIFEST}，备份未完成 unfinished") from error
    except (TypeError, ValueError) as error:
        raise BadBackup(f"{folder / MANIFEST}: 无法读取 unreadable") from error
    found = {str(path.relative_to(folder)): path for path in contents(folder)}
    for name, digest in manifest.sha256.items():
        if name not in found or digest_of(found[name]) != digest:
            raise BadBackup(f"{folder / name}: 缺失或已改变 missing or changed")
    missing = set(manifest.key_fingerprints) - set(key_fingerprints(settings.DATA_KEYS))
    if missing:
        raise BadBackup(
            "YIMAQING_DATA_KEY 缺少备份所用的密钥 lacks a key that this backup was sealed with: "
            + ", ".join(sorted(missing))
        )
    return manifest


def applied_migrations() -> list[str]:
    """Migrations of the database that the owner is connected to, as ``app.name``."""
    applied = MigrationRecorder(connections["owner"]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def tables_of(cursor: CursorWrapper) -> list[str]:
    """Every table of the schema, by name."""
    cursor.execute(_TABLES)
    return [name for (name,) in cursor.fetchall()]


def counted(cursor: CursorWrapper) -> dict[str, int]:
    """Rows of every table, one by one."""
    return {name: _count(cursor, name) for name in tables_of(cursor)}


def contents(folder: Path) -> Iterator[Path]:
    """Every file of a backup but its manifest."""
    skipped = {folder / MANIFEST, folder / f"{MANIFEST}.new"}
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path not in skipped)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_fingerprints(keys: str) -> list[str]:
    """Tell keys apart without telling them: a hash of each ``id:base64``."""
    parts = (part.strip() for part in keys.split(",") if part.strip())
    return [hashlib.sha256(f"yimaqing key {part}".encode()).hexdigest()[:12] for part in parts]


def _count(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f'SELECT count(*) FROM public."{table}"')
    (count,) = cursor.fetchone()
    return int(count)
