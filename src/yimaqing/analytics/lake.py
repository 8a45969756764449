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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from yimaqing.kit.files import make_private

MANIFEST = "manifest.json"
#: Days begin and end by China's clock.
ZONE = ZoneInfo("Asia/Shanghai")
#: What is kept: the newest whatever happens, and the last of each of so many months.
NEWEST, MONTHS = 3, 24
_NAME = "%Y%m%dT%H%M%S%f"


class LakeBusy(RuntimeError):
    """Another run is writing into the lake."""


@dataclass(frozen=True)
class Snapshot:
    """A finished snapshot: where, when taken, rows by table and county, facts about results.

    ``signs`` tell for each table and county whether its rows are still the same.
    """

    path: Path
    taken_at: dt.datetime
    rows: dict[str, dict[str, int]]
    facts: dict[str, Any] = field(default_factory=dict)
    signs: dict[str, dict[str, str]] = field(default_factory=dict)

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

    def only(self, counties: Sequence[str]) -> Snapshot:
        """The same snapshot as far as some counties."""
        kept = set(counties)
        rows = {t: {c: n for c, n in held.items() if c in kept} for t, held in self.rows.items()}
        return replace(self, rows=rows)

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
        path,
        dt.datetime.fromisoformat(content["taken_at"]),
        content["rows"],
        content["facts"],
        content.get("signs", {}),
    )


def finish(snapshot: Snapshot) -> Snapshot:
    """Write the manifest, which makes the snapshot count, in one step and on disk."""
    content = {
        "version": 1,
        "taken_at": snapshot.taken_at.isoformat(),
        "rows": snapshot.rows,
        "facts": snapshot.facts,
        "signs": snapshot.signs,
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


def latest_until(lake: Path, moment: dt.datetime, holding: str) -> Snapshot | None:
    """The newest finished snapshot that was taken before a moment and holds a table."""
    return next(
        (
            one
            for one in snapshots(lake)
            if one.taken_at < moment and holding in one.tables and not one.facts.get("past")
        ),
        None,
    )


def prune(lake: Path, days: int, months: int = MONTHS) -> list[str]:
    """Remove all snapshots but the last of each of ``days`` days and ``months`` months; names.

    Days and months without a snapshot do not count. The newest few stay in any case, and so
    does the newest that was judged: somebody reads them. Other snapshots that share files with
    a removed one keep them.
    """
    found = snapshots(lake)
    last_of_day: dict[str, str] = {}
    last_of_month: dict[str, str] = {}
    for one in found:
        day = one.taken_at.astimezone(ZONE).date().isoformat()
        last_of_day.setdefault(day, one.name)
        last_of_month.setdefault(day[:7], one.name)
    kept = {one.name for one in found[:NEWEST]}
    kept |= {one.name for one in [one for one in found if one.facts][:1]}
    kept |= {*list(last_of_day.values())[:days], *list(last_of_month.values())[:months]}
    removed = [one for one in found if one.name not in kept]
    for one in removed:
        remove(one.path)
    return [one.name for one in removed]
