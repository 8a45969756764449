"""A restore that is killed, or finds that it must not go on, leaves what was there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from yimaqing.config import backup as backups
from yimaqing.config.backup import BadBackup, restoring
from yimaqing.domains.audit.actions import record
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.audit.sealing import seal
from yimaqing.domains.places.models import Place

MANY = 300_000  # so that the load lasts long enough to be caught at it
COPYING = (
    "SELECT count(*) FROM pg_stat_progress_copy"
    " WHERE datname = %s AND command = 'COPY FROM' AND tuples_processed > 20000"
)


def _place(name: str) -> Place:
    return Place.objects.using("owner").create(
        code="141100000000", name=name, level=2, kind="prefecture", unit_type="市"
    )


def _act() -> None:
    record(action="places.added", by=None, actor="system:test", using="owner")


def _names() -> list[str]:
    return list(Place.objects.order_by("code").values_list("name", flat=True))  # as the pages do


@pytest.fixture
def backup(database, tmp_path):
    """A backup with a place, a file and a sealed trail."""
    _place("吕梁市")
    _act()
    seal()
    Path(settings.FILES).mkdir(parents=True)
    (Path(settings.FILES) / "sheet.csv").write_text("户编号\n")
    return backups.make(tmp_path)


@pytest.fixture
def large_backup(database, tmp_path):
    """One whose trail takes a while to load."""
    _place("吕梁市")
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (actor, action, place_code, subject_kind, subject_id, purpose)"
            " SELECT 'system:test', 'places.added', '0', '', '', '' FROM generate_series(1, %s)",
            [MANY],
        )
    return backups.make(tmp_path)


def test_a_restore_killed_midway_leaves_the_old_data_and_can_be_repeated(
    large_backup, database, databases
):
    Place.objects.using("owner").update(name="今日之名")
    Path(settings.FILES).mkdir(parents=True)
    (Path(settings.FILES) / "today.csv").write_text("今日\n")
    command = [str(Path(sys.executable).with_name("yimaqing")), "restore", "--replace"]
    child = subprocess.Popen(
        [*command, str(large_backup)], env=database.environment, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while databases.admin.execute(COPYING, [database.name]).fetchone() == (0,):
        assert child.poll() is None, "it ended before it was caught loading"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()

    assert _names() == ["今日之名"]
    assert Entry.objects.using("owner").count() == MANY
    assert (Path(settings.FILES) / "today.csv").read_text() == "今日\n"
    backups.restore(large_backup, replace=True)
    assert _names() == ["吕梁市"]


def _with_manifest(backup: Path, **changes: object) -> None:
    path = backup / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_touched(backup):
    held = json.loads((backup / "manifest.json").read_text())["migrations"]
    _with_manifest(backup, migrations=[*held, "places.9999_from_the_future"])
    Place.objects.using("owner").update(name="今日之名")
    with pytest.raises(BadBackup, match="9999_from_the_future"):
        backups.restore(backup, replace=True)
    assert _names() == ["今日之名"]


def test_rows_that_do_not_arrive_are_noticed(backup):
    counts = json.loads((backup / "manifest.json").read_text())["counts"]
    assert counts["places_place"] == 1
    _with_manifest(backup, counts=counts | {"places_place": 2})
    Place.objects.using("owner").update(name="今日之名")
    with pytest.raises(BadBackup, match="places_place"):
        backups.restore(backup, replace=True)
    assert _names() == ["今日之名"]


def test_a_trail_that_was_changed_before_the_backup_is_not_restored_unseen(backup, tmp_path):
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER append_only")
        cursor.execute("UPDATE audit_entry SET actor = 'system:nobody'")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER append_only")
    tampered = backups.make(tmp_path / "tampered")
    Place.objects.using("owner").update(name="今日之名")
    with pytest.raises(BadBackup, match="--accept-trail"):
        backups.restore(tampered, replace=True)
    assert _names() == ["今日之名"]
    backups.restore(tampered, replace=True, accept_trail=True)
    assert _names() == ["吕梁市"]


def test_files_in_use_are_not_replaced_by_a_restore_that_fails(backup):
    (Path(settings.FILES) / "sheet.csv").write_text("今日\n")
    _with_manifest(backup, counts={"places_place": 2})
    with pytest.raises(BadBackup, match="places_place"):
        backups.restore(backup, replace=True)
    assert (Path(settings.FILES) / "sheet.csv").read_text() == "今日\n"


def test_a_restored_database_can_be_backed_up_and_restored_again(backup, tmp_path):
    backups.restore(backup, replace=True)
    again = backups.make(tmp_path / "again")
    backups.restore(again, replace=True)
    assert _names() == ["吕梁市"]


def test_a_restore_waits_for_nobody_who_is_writing(backup, database, monkeypatch):
    monkeypatch.setattr(restoring, "LOCK_WAIT", "200ms")
    with psycopg.connect(database.url()) as service:
        service.execute("UPDATE places_place SET name = '今日之名'")
        with pytest.raises(BadBackup, match="stop it first"):
            backups.restore(backup, replace=True)
    assert _names() == ["今日之名"], "what was acknowledged is still there"
