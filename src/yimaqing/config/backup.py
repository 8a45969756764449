"""Backup and restore: the database as the owner sees it, and the files beside it.

A backup is a folder that is complete when it has a manifest. It holds no keys: without
YIMAQING_DATA_KEY, kept elsewhere, sealed columns in it cannot be read, by a thief or by you.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from yimaqing.config.cluster.binaries import own_programs
from yimaqing.kit.rowscope import APP_ROLE

DUMP = "database.dump"
FILES = "files"
MANIFEST = "manifest.json"


class BadBackup(Exception):
    """The backup is incomplete, changed, or does not fit here; the message says which."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; ``sha256`` by path relative to the backup."""

    made_at: str
    version: str
    migrations: list[str]
    key_fingerprints: list[str]
    sha256: dict[str, str]


def make(parent: Path) -> Path:
    """Write a backup into a new folder under ``parent``; return the folder."""
    now = dt.datetime.now(dt.UTC)
    folder = parent / f"yimaqing-{now:%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True, mode=0o700)
    dump = ["--format=custom", "--compress=gzip:1", "--no-owner", "--file", str(folder / DUMP)]
    _postgres("pg_dump", dump)
    if settings.FILES.exists():
        shutil.copytree(
            settings.FILES, folder / FILES, ignore=shutil.ignore_patterns(".unfinished-*")
        )
    manifest = Manifest(
        made_at=now.isoformat(),
        version=version("yimaqing"),
        migrations=_migrations(),
        key_fingerprints=key_fingerprints(settings.DATA_KEYS),
        sha256={str(path.relative_to(folder)): _digest(path) for path in _contents(folder)},
    )
    unfinished = folder / f"{MANIFEST}.new"
    unfinished.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    unfinished.rename(folder / MANIFEST)
    return folder


def check(folder: Path) -> Manifest:
    """The manifest of a backup that is whole and can be read here; else BadBackup."""
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise BadBackup(f"{folder}: 没有 {MANIFEST}，备份未完成 unfinished") from error
    found = {str(path.relative_to(folder)): path for path in _contents(folder)}
    for name, digest in manifest.sha256.items():
        if name not in found or _digest(found[name]) != digest:
            raise BadBackup(f"{folder / name}: 缺失或已改变 missing or changed")
    missing = set(manifest.key_fingerprints) - set(key_fingerprints(settings.DATA_KEYS))
    if missing:
        raise BadBackup(
            "YIMAQING_DATA_KEY 缺少备份所用的密钥 lacks a key that this backup was sealed with: "
            + ", ".join(sorted(missing))
        )
    return manifest


def restore(folder: Path, *, replace: bool) -> Manifest:
    """Load a checked backup into the empty database (or instead of what is there)."""
    manifest = check(folder)
    if not _is_empty():
        if not replace:
            raise BadBackup("数据库不是空的 the database is not empty: --replace 会清空 empties it")
        _empty()
    load = ["--single-transaction", "--exit-on-error", "--no-owner", str(folder / DUMP)]
    _postgres("pg_restore", ["--dbname", connections["owner"].settings_dict["NAME"], *load])
    if (folder / FILES).exists():
        shutil.copytree(
            folder / FILES,
            settings.FILES,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns(".unfinished-*"),
        )
    return manifest


def key_fingerprints(keys: str) -> list[str]:
    """Tell keys apart without telling them: a hash of each ``id:base64``."""
    parts = (part.strip() for part in keys.split(",") if part.strip())
    return [hashlib.sha256(f"yimaqing key {part}".encode()).hexdigest()[:12] for part in parts]


def _postgres(program: str, arguments: list[str]) -> None:
    alias = connections["owner"].settings_dict
    environment = os.environ | {
        "PGHOST": str(alias["HOST"]),
        "PGPORT": str(alias["PORT"] or 5432),
        "PGUSER": alias["USER"],
        "PGPASSWORD": alias["PASSWORD"],
        "PGDATABASE": alias["NAME"],
    }
    command = [str(own_programs() / program), *arguments]
    done = subprocess.run(  # noqa: S603 - the wheel's own program, no shell
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BadBackup(f"{program}: {done.stderr.strip()[-2000:]}")


def _is_empty() -> bool:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        return bool(cursor.fetchone() == (0,))


def _empty() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")


def _migrations() -> list[str]:
    applied = MigrationRecorder(connections["owner"]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _contents(folder: Path) -> Iterator[Path]:
    skipped = {folder / MANIFEST, folder / f"{MANIFEST}.new"}
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and path not in skipped)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
