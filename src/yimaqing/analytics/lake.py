"""The lake: consistent snapshots as Parquet by county, with results beside them.

snapshots/20200819T101500123456/
registry.household/county=141124/….parquet
monitoring.standing/county=141124/….parquet
manifest.json        written last: a directory without it is unfinished
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yimaqing.kit.files import make_private

MANIFEST = "manifest.json"
_NAME = "%Y%m%dT%H%M%S%f"


class LakeBusy(RuntimeError):
    """Another run is writing into the lake."""


@dataclass(frozen=True)
class Snapshot:
    """A finished snapshot: where, when taken, rows by table and county, facts about results."""

    path: Path
    taken_at: dt.datetime
    rows: dict[str, dict[str, int]]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The directory's name; later snapshots sort behind earlier ones."""
        return self.path.name

    @property
    def tables(self) -> frozenset[str]:
        """Names of the tables that it holds, for instance ``monitoring.standing``."""
        return frozenset(self.rows)

    def counties(self, table: str) -> list[str]:
        """The counties (six digits) for which the table has rows."""
        return sorted(self.rows.get(table, {}))

    def count(self, table: str) -> int:
        """Rows of a table."""
        return sum(self.rows.get(table, {}).values())

    def files(self, table: str, counties: Sequence[str] | None = None) -> list[str]:
        """Parquet files of a table, of all counties or of some."""
        chosen = self.counties(table) if counties is None else counties
        return [
            str(file)
            for county in chosen
            for file in sorted((self.path / table / f"county={county}").glob("*.parquet"))
        ]


def snapshots(lake: Path) -> list[Snapshot]:
    """Finished snapshots, the newest first."""
    found = sorted((lake / "snapshots").glob(f"*/{MANIFEST}"), reverse=True)
    return [read_manifest(path.parent) for path in found]


def latest_snapshot(lake: Path, holding: str = "") -> Snapshot | None:
    """The newest finished snapshot that holds a table (``monitoring.standing``), or any.

    Results as of a past day, kept aside for a moment to be counted, are passed over.
    """
    for path in sorted((lake / "snapshots").glob(f"*/{MANIFEST}"), reverse=True):
        snapshot = read_manifest(path.parent)
        if (not holding or holding in snapshot.tables) and not snapshot.facts.get("past"):
            return snapshot
    return None


def remove(path: Path) -> None:
    """Remove a snapshot; the manifest goes first, so that nobody meets half of one."""
    (path / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(path)


def read_manifest(path: Path) -> Snapshot:
    """The snapshot in a directory. Raises FileNotFoundError when it is unfinished."""
    content = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    return Snapshot(
        path, dt.datetime.fromisoformat(content["taken_at"]), content["rows"], content["facts"]
    )


def finish(snapshot: Snapshot) -> Snapshot:
    """Write the manifest, which makes the snapshot count, in one step and on disk."""
    content = {
        "version": 1,
        "taken_at": snapshot.taken_at.isoformat(),
        "rows": snapshot.rows,
        "facts": snapshot.facts,
    }
    unfinished = snapshot.path / f".{MANIFEST}"
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(snapshot.path / MANIFEST)
    return snapshot


def new_directory(lake: Path, taken_at: dt.datetime) -> Path:
    """An empty directory named after the moment."""
    path = lake / "snapshots" / taken_at.strftime(_NAME)
    make_private(path.parent)
    path.mkdir(mode=0o700)
    return path


@contextmanager
def writing(lake: Path) -> Iterator[None]:
    """Hold the lake for writing and clear away what broken runs left. Raises LakeBusy.

    The lock goes with the process, so a killed run never blocks the next one.
    """
    make_private(lake / "snapshots")
    with (lake / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LakeBusy(f"another run is writing into {lake}") from error
        remove_unfinished(lake)
        yield


def remove_unfinished(lake: Path) -> list[str]:
    """Remove snapshots that were never finished; their names."""
    broken = [
        path
        for path in (lake / "snapshots").iterdir()
        if path.is_dir() and not (path / MANIFEST).exists()
    ]
    for path in broken:
        shutil.rmtree(path)
    return [path.name for path in broken]


def prune(lake: Path, keep: int = 14) -> list[str]:
    """Remove snapshots beyond the newest ``keep``, except the last of each month; their names.

    The manifest goes first: a reader never meets half a snapshot that still counts.
    """
    removed, months = [], set()
    for number, snapshot in enumerate(snapshots(lake)):
        month = snapshot.name[:6]
        if number >= keep and month in months:
            remove(snapshot.path)
            removed.append(snapshot.name)
        months.add(month)
    return removed
