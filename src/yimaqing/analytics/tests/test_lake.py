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


def kept(lake):
    return [one.taken_at.strftime("%m-%d %H") for one in lakes.snapshots(lake)]


def test_the_last_of_each_day_and_of_each_month_stays(tmp_path):
    """Three days in each of four months; on the last day many runs, as lists came in."""
    for month in (4, 5, 6, 7):
        for day in (1, 9, 28):
            finished(tmp_path, dt.datetime(2020, month, day, 1, tzinfo=dt.UTC))
    for hour in range(2, 8):
        finished(tmp_path, dt.datetime(2020, 7, 28, hour, tzinfo=dt.UTC))
    lakes.prune(tmp_path, days=2, months=3)
    newest = ["07-28 07", "07-28 06", "07-28 05"]
    assert kept(tmp_path) == [*newest, "07-09 01", "06-28 01", "05-28 01"]


def test_a_day_ends_by_chinas_clock(tmp_path):
    for hour in (1, 15, 17):  # 17:00 UTC is the next day there
        finished(tmp_path, dt.datetime(2020, 7, 1, hour, tzinfo=dt.UTC))
    for minute in (0, 1, 2):
        finished(tmp_path, dt.datetime(2020, 7, 9, 1, minute, tzinfo=dt.UTC))
    lakes.prune(tmp_path, days=3, months=0)
    assert kept(tmp_path)[3:] == ["07-01 17", "07-01 15"]


def test_what_the_figures_are_read_from_stays_however_many_are_taken_after_it(tmp_path):
    judged = Snapshot(lakes.new_directory(tmp_path, NOON), NOON, {}, {"as_of": "2020-08-19"})
    lakes.finish(judged)
    for minute in range(1, 6):
        finished(tmp_path, NOON + dt.timedelta(minutes=minute))
    lakes.prune(tmp_path, days=1, months=1)
    assert judged.name in {one.name for one in lakes.snapshots(tmp_path)}
    assert len(lakes.snapshots(tmp_path)) == 4


def test_nobody_else_can_look_into_the_lake(tmp_path):
    lake = tmp_path / "home/lake"
    with lakes.writing(lake):
        made = lakes.new_directory(lake, NOON)
    assert {path.stat().st_mode & 0o777 for path in (made, made.parent, lake, lake.parent)} == {
        0o700
    }
