"""What `yimaqing setup` does: schema, reference data, static files.

Every step can be killed and run again. Nothing is written outside $YIMAQING_HOME and the
database: the account that the services run as may not write into the program's tree, so
packages, front end and translations come from `make setup`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from yimaqing.config.catalogues import catalogues, stale_catalogues
from yimaqing.kit.files import make_private


def bring_up_to_date() -> Iterator[str]:
    """Do all steps; yields a line for each as it ends."""
    yield f"翻译 translations: {translations()}"
    keep_files_private()
    yield f"数据库结构 schema: {schema()}"
    yield f"静态文件 static files: {collect_static()}"


def translations() -> str:
    """How many are compiled, or that some are not and who mends it."""
    if stale := stale_catalogues():
        return (
            f"{len(stale)} 份未编译 are not compiled: 请以程序目录的所有者运行 make setup"
            " run it as the owner of the program's directory"
        )
    return str(len(catalogues()))


def schema() -> str:
    """Migrate; how many steps that took, or that there was nothing to do."""
    executor = MigrationExecutor(connections["owner"])
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    created = not executor.loader.applied_migrations
    call_command("migrate", database="owner", verbosity=0)
    if not waiting:
        return "最新 up to date"
    return f"{'新建 created' if created else '升级 upgraded'}, {len(waiting)} 步 steps"


def keep_files_private() -> None:
    """Make the folders of kept files and of snapshots; take from others what an older version
    let them have.
    """
    for folder in (Path(settings.FILES), Path(settings.LAKE)):
        make_private(folder)
        if (mode := folder.stat().st_mode) & 0o007:
            with suppress(PermissionError):  # another account's: `yimaqing doctor` says what to do
                folder.chmod(mode & 0o770)


def collect_static() -> int:
    """Copy, hash and compress static files into STATIC_ROOT; how many there are now."""
    call_command("collectstatic", interactive=False, verbosity=0, clear=False)
    return sum(1 for path in Path(settings.STATIC_ROOT).rglob("*") if path.is_file())
