"""A snapshot leaves the building with what the rules need and nothing that names a person."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pyarrow.parquet as pq
from click.testing import CliRunner
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from yimaqing.analytics import lake
from yimaqing.domains.monitoring.actions import run
from yimaqing.domains.monitoring.commands import monitoring
from yimaqing.domains.monitoring.commands import snapshot as snapshot_command
from yimaqing.domains.registry.factories import add_reading, make_household


def test_a_snapshot_holds_no_name_no_number_and_nothing_sealed(database):
    make_household(
        head_name="王秀英",
        members=[{"name": "王建国", "phone": "13800005678"}],
        readings={"housing": "D"},
    )
    done = CliRunner().invoke(snapshot_command, ["take"])
    assert done.exit_code == 0, done.output
    taken = lake.latest_snapshot(settings.LAKE)
    assert taken.count("registry.person") == 2
    for table in taken.tables:
        for file in taken.files(table):
            held = pq.read_table(file, partitioning=None)
            assert not {
                c for c in held.column_names if "name" in c or "sealed" in c or "phone" in c
            }
            assert not any("王" in str(row) or "1380000" in str(row) for row in held.to_pylist())


def test_a_snapshot_that_was_not_judged_does_not_hide_one_that_was(database):
    make_household()
    CliRunner().invoke(snapshot_command, ["take"])
    assert lake.latest_snapshot(settings.LAKE) is not None
    assert lake.latest_snapshot(settings.LAKE, holding="monitoring.standing") is None


def test_two_snapshots_at_once_are_refused_in_words(database):
    with lake.writing(settings.LAKE):
        refused = CliRunner().invoke(snapshot_command, ["take"])
    assert refused.exit_code == 1
    assert "另一次评判正在进行" in refused.output


def test_a_mistyped_engine_ends_the_command_before_a_snapshot_is_taken(tmp_path):
    lake_not_yet = tmp_path / "lake"
    with override_settings(ANALYTICS="sparc://host:7077", LAKE=lake_not_yet):
        done = CliRunner().invoke(monitoring, ["run"])
    assert done.exit_code == 1
    assert "sparc://host:7077 不认识；可用 duckdb、local[*]" in done.output
    assert not lake_not_yet.exists()


def test_a_past_day_is_judged_again_from_what_was_known_then(database, tmp_path):
    """王秀英's house was found dangerous and rebuilt since: the day before still says so."""
    days_ago = timezone.now() - dt.timedelta(days=3)
    wang = make_household(readings={"housing": "D"}, observed_at=days_ago)
    assert run().raised == 1
    add_reading(wang, "housing", "rebuilt", days_ago + dt.timedelta(hours=1))
    assert run().closed == 1
    _, before = lake.snapshots(settings.LAKE)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    _moved_to(before, yesterday)

    command = ["judge", f"{yesterday}", "--to", str(tmp_path / "again")]
    done = CliRunner().invoke(snapshot_command, command)
    assert done.exit_code == 0, done.output
    assert before.name in done.output
    assert "red\thousing_unsafe\t1" in done.output
    assert "与当时的结果一致" in done.output
    assert (tmp_path / "again/monitoring.standing").is_dir()

    refused = CliRunner().invoke(snapshot_command, command)
    assert "换一个空目录" in refused.output
    long_ago = ["judge", "2020-08-19", "--to", str(tmp_path / "never")]
    refused = CliRunner().invoke(snapshot_command, long_ago)
    assert f"最早的快照是 {yesterday}" in refused.output
    assert len(lake.snapshots(settings.LAKE)) == 2


def _moved_to(taken, day):
    """As if it had been taken on another day."""
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=lake.ZONE)
    lake.finish(replace(taken, taken_at=noon, facts=taken.facts | {"as_of": day.isoformat()}))
