"""A snapshot leaves the building with what the rules need and nothing that names a person."""

from __future__ import annotations

import pyarrow.parquet as pq
from click.testing import CliRunner
from django.conf import settings

from yimaqing.analytics import lake
from yimaqing.domains.monitoring.commands import snapshot as snapshot_command
from yimaqing.domains.registry.factories import make_household


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
