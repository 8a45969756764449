"""Broken runs leave nothing that counts; old snapshots go, a month's last one stays."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest

from yimaqing.analytics import lake as lakes
from yimaqing.analytics.lake import LakeBusy, Snapshot

NOON = dt.datetime(2020, 8, 19, 12, tzinfo=dt.UTC)


def finished(lake, taken_at):
    return lakes.finish(Snapshot(lakes.new_directory(lake, taken_at), taken_at, {}))


def test_the_next_run_clears_away_what_a_broken_one_left(tmp_path):
    broken = lakes.new_directory(tmp_path, NOON)
    (broken / "registry.household").mkdir()
    good = finished(tmp_path, NOON + dt.timedelta(days=1))
    with lakes.writing(tmp_path):
        pass
    assert [one.name for one in lakes.snapshots(tmp_path)] == [good.name]
    assert not broken.exists()


def test_two_runs_do_not_write_at_once(tmp_path):
    with lakes.writing(tmp_path), pytest.raises(LakeBusy), lakes.writing(tmp_path):
        pass


def test_a_killed_run_does_not_block_the_next(tmp_path):
    script = (
        "import os, sys; from pathlib import Path; from yimaqing.analytics.lake import writing\n"
        "with writing(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert killed.returncode == -9
    with lakes.writing(tmp_path):
        pass


def test_old_snapshots_go_but_the_last_of_each_month_stays(tmp_path):
    days = [dt.datetime(2020, month, day, tzinfo=dt.UTC) for month in (6, 7) for day in (1, 9, 28)]
    for day in days:
        finished(tmp_path, day)
    lakes.prune(tmp_path, keep=2)
    kept = [one.taken_at.strftime("%m-%d") for one in lakes.snapshots(tmp_path)]
    assert kept == ["07-28", "07-09", "06-28"]


def test_nobody_else_can_look_into_the_lake(tmp_path):
    lake = tmp_path / "home/lake"
    with lakes.writing(lake):
        made = lakes.new_directory(lake, NOON)
    assert {path.stat().st_mode & 0o777 for path in (made, made.parent, lake, lake.parent)} == {
        0o700
    }
