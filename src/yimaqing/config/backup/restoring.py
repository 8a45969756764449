"""Restoring: the old data stays until the new is loaded and found good.

Everything happens in one transaction of the owner, who may not create databases: the schema
is set aside under another name, the dump is loaded and examined, the old schema is dropped,
and only the commit makes both true. Whatever kills it before that leaves what was there.

The lake shows what was judged before, so its snapshots go after the commit; a run makes a new one.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader
from procrastinate.exceptions import ConnectorException

from yimaqing.analytics import lake as lakes
from yimaqing.config.backup.loading import load
from yimaqing.config.backup.manifest import (
    DUMP,
    FILES,
    BadBackup,
    Manifest,
    applied_migrations,
    check,
    counted,
    digest_of,
    tables_of,
)
from yimaqing.domains.audit import head
from yimaqing.domains.audit.verification import examine
from yimaqing.kit.files import make_private
from yimaqing.kit.rowscope import APP_ROLE

log = logging.getLogger("yimaqing.restore")

SET_ASIDE = "before_restore"
LOCK_WAIT = "30s"


def restore(folder: Path, *, replace: bool, accept_trail: bool = False) -> Manifest:
    """Load a checked backup into the empty database (or instead of what is there).

    ``accept_trail`` loads it although its audit trail was changed before the backup was made.
    Raise BadBackup, with everything as it was, when it does not fit or does not load.
    """
    manifest = check(folder)
    _refuse_newer(manifest)
    try:
        # No run may end meanwhile: its snapshot would be of the old data.
        with lakes.writing(settings.LAKE):
            _replace_database(folder, manifest, replace=replace, accept_trail=accept_trail)
            _renew_files(folder / FILES)
            _clear_lake(settings.LAKE)
    except lakes.LakeBusy as error:
        raise BadBackup(
            "监测运算正在进行，请先停 yimaqing serve a run is going on, stop it first"
        ) from error
    _ask_for_a_run()
    return manifest


def trail_ends_earlier() -> bool:
    """Whether the audit trail lacks the end that was kept outside it: it is of an older day.

    Until somebody accepts that, `yimaqing audit verify` must call it cut off.
    """
    with connections["owner"].cursor() as cursor:
        return not head.is_in_chain(cursor)


def _replace_database(
    folder: Path, manifest: Manifest, *, replace: bool, accept_trail: bool
) -> None:
    owner = connections["owner"]
    try:
        with transaction.atomic(using="owner"), owner.cursor() as cursor:
            if not replace and not _is_empty(cursor):
                raise BadBackup(
                    "数据库不是空的 the database is not empty: --replace 会替换 replaces it"
                )
            _set_aside(cursor)
            load(folder / DUMP, owner.connection)
            cursor.execute("RESET search_path")
            _examine(cursor, manifest, accept_trail=accept_trail)
            cursor.execute(f"DROP SCHEMA {SET_ASIDE} CASCADE")
            _add_files(folder / FILES)
    except (DatabaseError, psycopg.Error) as error:
        raise BadBackup(
            f"恢复未进行，原有数据未动 not restored, all is as it was: {str(error).strip()} "
            "（若被占用，请先停 yimaqing serve; if in use, stop it first）"
        ) from error
    finally:
        owner.close()  # the dump's own session settings end with it


def _refuse_newer(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    strange = sorted(set(manifest.migrations) - known)
    if strange:
        raise BadBackup(
            f"备份来自更新的版本 made by a newer version ({manifest.version}), "
            f"upgrade first: {', '.join(strange)}"
        )


def _is_empty(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    return bool(cursor.fetchone() == (0,))


def _set_aside(cursor: CursorWrapper) -> None:
    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
    cursor.execute("CREATE SCHEMA IF NOT EXISTS public")
    # Nothing may be written any more that would be told to be kept and then be dropped.
    if tables := [f'public."{name}"' for name in tables_of(cursor)]:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
    cursor.execute(f"ALTER SCHEMA public RENAME TO {SET_ASIDE}")
    cursor.execute("CREATE SCHEMA public")
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")


def _examine(cursor: CursorWrapper, manifest: Manifest, *, accept_trail: bool) -> None:
    if applied_migrations() != manifest.migrations:
        raise BadBackup("载入的结构与清单不符 the loaded schema is not the manifest's")
    found = counted(cursor)
    wrong = [
        f"{table} {found.get(table, 0)} ≠ {count}"
        for table, count in manifest.counts.items()
        if found.get(table) != count
    ]
    if wrong:
        raise BadBackup(f"载入的行数与清单不符 rows are missing: {', '.join(wrong)}")
    report = examine(cursor)
    if not report.chain_holds and not accept_trail:
        raise BadBackup(
            "备份前审计记录已被改动 the audit trail was changed before this backup was made "
            f"(changed {report.changed[:5]}, missing {report.missing[:5]}, inserted "
            f"{report.inserted[:5]}, lost seals {report.lost_seals[:5]}): --accept-trail"
        )


def _add_files(source: Path) -> None:
    """Files that are not here yet; more than the database knows does no harm if this fails."""
    for path, target in _pairs(source):
        if not target.exists():
            _put(path, target)


def _renew_files(source: Path) -> None:
    """Files of the same name and another content: damaged here, or of another installation."""
    for path, target in _pairs(source):
        if digest_of(path) != digest_of(target):
            _put(path, target)


def _clear_lake(lake: Path) -> None:
    for path in (lake / "snapshots").iterdir():
        lakes.remove(path)


def _ask_for_a_run() -> None:
    """Queue what the next start of `yimaqing serve` judges the restored data by."""
    if "monitoring" not in settings.DOMAINS:
        return
    # Imported here: a domain that is switched off cannot be imported.
    from yimaqing.domains.monitoring.tasks import ask_for_a_run  # noqa: PLC0415 - its models need Django

    connections["default"].close()  # it may know tables of the schema that is gone
    try:
        ask_for_a_run()
    except (DatabaseError, ConnectorException) as error:
        # A backup of an older version, whose queue `yimaqing setup` first brings up to date.
        log.warning("run `yimaqing monitoring run` after `yimaqing setup`: %s", error)


def _pairs(source: Path) -> Iterator[tuple[Path, Path]]:
    for path in sorted(source.rglob("*")):
        if path.is_file() and not path.name.startswith(".unfinished-"):
            yield path, settings.FILES / path.relative_to(source)


def _put(path: Path, target: Path) -> None:
    make_private(target.parent)
    unfinished = target.with_name(f".unfinished-{target.name}")
    shutil.copy2(path, unfinished)
    unfinished.replace(target)
