"""A backup can be restored elsewhere, and says so when it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connections
from django.utils import timezone

from yimaqing.analytics import lake as lakes
from yimaqing.config import backup as backups
from yimaqing.config.backup import BadBackup
from yimaqing.config.backup.manifest import digest_of
from yimaqing.config.commands.backup import restore
from yimaqing.config.doctor import database as databases
from yimaqing.config.doctor.findings import State
from yimaqing.domains.audit.actions import record
from yimaqing.domains.audit.commands import seal_command
from yimaqing.domains.audit.sealing import seal
from yimaqing.domains.audit.verification import verify
from yimaqing.domains.places.models import Place


@pytest.fixture
def backup(database, tmp_path):
    """A backup of a database with one place and one file."""
    Place.objects.using("owner").create(
        code="141100000000", name="吕梁市", level=2, kind="prefecture", unit_type="市"
    )
    Path(settings.FILES).mkdir(parents=True)
    (Path(settings.FILES) / "sheet.csv").write_text("户编号\n")
    return backups.make(tmp_path)


def waiting_runs():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs"
            " WHERE task_name = 'monitoring.run' AND status = 'todo'"
        )
        return cursor.fetchone()[0]


def a_snapshot():
    """What the cockpit would show: a judgement of the data that is there now."""
    taken_at = timezone.now()
    return lakes.finish(lakes.Snapshot(lakes.new_directory(settings.LAKE, taken_at), taken_at, {}))


def run(command, *arguments):
    """What a command prints that ends well."""
    done = CliRunner().invoke(command, arguments)
    assert done.exit_code == 0, done.output
    return done.output


def forget_everything() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    (Path(settings.FILES) / "sheet.csv").unlink()


def test_what_was_saved_comes_back(backup):
    forget_everything()
    backups.restore(backup, replace=False)
    assert [place.name for place in Place.objects.all()] == ["吕梁市"]  # as the application role
    assert (Path(settings.FILES) / "sheet.csv").read_text() == "户编号\n"
    for check in (databases.owner_role, databases.application_role, databases.migrations):
        assert check().state == State.OK
    assert databases.row_level_security().state == State.OK


def test_the_cockpit_forgets_what_was_judged_before_the_restore(backup):
    a_snapshot()
    backups.restore(backup, replace=True)
    assert lakes.latest_snapshot(settings.LAKE) is None
    assert waiting_runs() == 1
    backups.restore(backup, replace=True)
    assert waiting_runs() == 1


def test_a_restore_that_fails_keeps_what_was_judged(backup):
    kept = a_snapshot()
    with pytest.raises(BadBackup, match="--replace"):
        backups.restore(backup, replace=False)
    assert lakes.latest_snapshot(settings.LAKE) == kept
    with lakes.writing(settings.LAKE), pytest.raises(BadBackup, match="a run is going on"):
        backups.restore(backup, replace=True)


def test_a_full_database_is_not_overwritten_by_accident(backup):
    Place.objects.using("owner").update(name="新名")
    with pytest.raises(BadBackup, match="--replace"):
        backups.restore(backup, replace=False)
    assert Place.objects.get().name == "新名"
    backups.restore(backup, replace=True)
    assert Place.objects.get().name == "吕梁市"


def test_a_backup_holds_no_key(backup):
    key = settings.DATA_KEYS.partition(":")[2].encode()
    for path in backup.rglob("*"):
        if path.is_file():
            assert key not in path.read_bytes()
    assert backup.stat().st_mode & 0o077 == 0


def test_a_changed_file_is_named(backup):
    (backup / "files/sheet.csv").write_text("别的\n")
    with pytest.raises(BadBackup, match=r"sheet\.csv"):
        backups.check(backup)


def test_an_unfinished_backup_is_refused(backup):
    (backup / "manifest.json").unlink()
    with pytest.raises(BadBackup, match="unfinished"):
        backups.restore(backup, replace=True)


def test_a_missing_key_is_said_before_anything_is_touched(backup, settings):
    settings.DATA_KEYS = "2:" + "A" * 43 + "="
    with pytest.raises(BadBackup, match="YIMAQING_DATA_KEY"):
        backups.restore(backup, replace=True)
    assert Place.objects.count() == 1


def test_a_rotated_key_still_fits(backup, settings):
    settings.DATA_KEYS = f"2:{'A' * 43}=,{settings.DATA_KEYS}"
    assert backups.check(backup).version


def test_a_dump_that_does_not_load_leaves_nothing_half_applied(backup):
    forget_everything()
    dump = backup / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-2000])
    manifest = json.loads((backup / "manifest.json").read_text())
    manifest["sha256"]["database.dump"] = digest_of(dump)
    (backup / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadBackup, match="pg_restore"):
        backups.restore(backup, replace=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)


def test_who_restores_an_older_trail_is_told_how_to_accept_its_end(backup, tmp_path):
    earlier = str(tmp_path / backup.name)

    def act():
        record(action="test.act", by=None, actor="system:test", using="owner")
        seal()

    assert "accept-head" not in run(restore, earlier, "--replace")
    act()
    said = run(restore, earlier, "--replace")
    assert "yimaqing audit seal --accept-head" in said
    assert not verify().intact
    run(seal_command, "--accept-head", "演练")
    assert verify().intact
    assert "accept-head" not in run(restore, earlier, "--check")
