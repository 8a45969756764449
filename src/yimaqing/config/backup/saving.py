"""Writing a backup: one consistent moment, while work goes on."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from yimaqing.config.backup.manifest import (
    DUMP,
    FILES,
    BadBackup,
    Manifest,
    applied_migrations,
    contents,
    counted,
    digest_of,
    key_fingerprints,
)
from yimaqing.config.cluster.binaries import own_programs


def make(parent: Path) -> Path:
    """Write a backup into a new folder under ``parent``; return the folder."""
    now = dt.datetime.now(dt.UTC)
    folder = parent / f"yimaqing-{now:%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True, mode=0o700)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        # The dump and the counts are of the same moment, whatever is written meanwhile.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _dump(folder / DUMP, snapshot)
        migrations, counts = applied_migrations(), counted(cursor)
    if settings.FILES.exists():
        shutil.copytree(
            settings.FILES, folder / FILES, ignore=shutil.ignore_patterns(".unfinished-*")
        )
    Manifest(
        made_at=now.isoformat(),
        version=version("yimaqing"),
        migrations=migrations,
        key_fingerprints=key_fingerprints(settings.DATA_KEYS),
        sha256={str(path.relative_to(folder)): digest_of(path) for path in contents(folder)},
        counts=counts,
    ).write(folder)
    return folder


def _dump(target: Path, snapshot: str) -> None:
    alias = connections["owner"].settings_dict
    environment = os.environ | {
        "PGHOST": str(alias["HOST"]),
        "PGPORT": str(alias["PORT"] or 5432),
        "PGUSER": alias["USER"],
        "PGPASSWORD": alias["PASSWORD"],
        "PGDATABASE": alias["NAME"],
    }
    command = [str(own_programs() / "pg_dump"), "--format=custom", "--compress=gzip:1"]
    command += ["--no-owner", f"--snapshot={snapshot}", "--file", str(target)]
    done = subprocess.run(  # noqa: S603 - the wheel's own program, no shell
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BadBackup(f"pg_dump: {done.stderr.strip()[-2000:]}")
