"""`yimaqing doctor` names what is wrong, and how to mend it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from click.testing import CliRunner
from django.conf import settings
from django.db import connections
from django.test import override_settings
from django.utils import timezone, translation

from yimaqing.analytics import lake as lakes
from yimaqing.config import catalogues
from yimaqing.config.cluster.roles import OWNER
from yimaqing.config.commands.doctor import doctor
from yimaqing.config.doctor import database as databases
from yimaqing.config.doctor import files, keys, people, work
from yimaqing.config.doctor.findings import State
from yimaqing.domains.accounts.factories import make_assignment, make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.audit.actions import record
from yimaqing.domains.registry.factories import make_household


@pytest.fixture
def owner(database):
    with psycopg.connect(database.url(OWNER), autocommit=True) as connection:
        yield connection


def test_a_sound_database_has_nothing_to_mend(database):
    checks = [databases.reachable, databases.schema, databases.application_role]
    checks += [databases.owner_role, databases.migrations, databases.row_level_security]
    checks += [work.clock, work.audit_tail, work.calendar, work.failed_jobs, work.judging]
    assert [check().state for check in checks] == [State.OK] * 11


def test_an_installation_without_an_administrator_says_how_to_get_one(database):
    assert people.administrator().state == State.WARN  # nobody at all yet
    user = make_user("village_worker", "141124104201")
    found = people.administrator()
    assert found.state == State.FAIL
    assert "yimaqing user assign 登录名 administrator" in found.remedy
    today = timezone.localdate()
    make_assignment(user, "administrator", "141124000000", ends_on=today + timedelta(days=9))
    assert people.administrator().state == State.WARN
    make_assignment(user, "administrator", "141124000000")
    assert people.administrator().state == State.OK
    User.objects.update(is_active=False)
    assert people.administrator().state == State.FAIL


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE registry_person DISABLE ROW LEVEL SECURITY",
        "DROP POLICY scope ON registry_person",
    ],
)
def test_a_table_without_its_wall_is_named(owner, statement):
    owner.execute(statement)
    found = databases.row_level_security()
    assert found.state == State.FAIL
    assert "registry_person" in found.message
    assert found.remedy


def test_the_staged_rows_of_a_dry_run_are_no_fault_until_they_are_granted(owner):
    owner.execute("CREATE TABLE intake_stage_7 (row_no integer, place_code text)")
    assert databases.row_level_security().state == State.OK
    owner.execute("GRANT SELECT (place_code) ON intake_stage_7 TO yimaqing_app")
    found = databases.row_level_security()
    assert found.state == State.FAIL
    assert "intake_stage_7" in found.message


def test_an_application_role_that_owns_tables_is_named(database, settings_override):
    settings = connections["default"].settings_dict
    ours = dict(settings)
    settings.update(USER=OWNER, PASSWORD=connections["owner"].settings_dict["PASSWORD"])
    try:
        found = databases.application_role()
    finally:
        connections["default"].close()
        settings.update(ours)
    assert found.state == State.FAIL
    assert OWNER in found.message


def test_an_application_role_inside_the_owner_is_named(database):
    database.cluster.superuser(f"GRANT {OWNER} TO yimaqing_app")
    try:
        assert databases.application_role().state == State.FAIL
    finally:
        database.cluster.superuser(f"REVOKE {OWNER} FROM yimaqing_app")


def test_an_owner_address_with_the_wrong_role_is_named(database):
    settings = connections["owner"].settings_dict
    ours = dict(settings)
    app = connections["default"].settings_dict
    settings.update(USER=app["USER"], PASSWORD=app["PASSWORD"])
    try:
        assert databases.owner_role().state == State.FAIL
    finally:
        connections["owner"].close()
        settings.update(ours)


def test_a_waiting_migration_is_counted(owner):
    owner.execute(
        "DELETE FROM django_migrations WHERE id ="
        " (SELECT max(id) FROM django_migrations WHERE app = 'registry')"
    )
    found = databases.migrations()
    assert (found.state, "1" in found.message) == (State.FAIL, True)


def test_an_empty_database_asks_for_setup(owner):
    owner.execute("DROP TABLE django_migrations")
    assert databases.schema().state == State.FAIL
    assert "yimaqing setup" in databases.schema().remedy


def test_switched_off_safety_is_named(database):
    # the tests' own server runs without fsync, which no installation may
    assert "fsync" in databases.durability().message


def test_no_database_is_said_and_ends_the_examination(settings):
    shown = CliRunner().invoke(doctor, ["--json"])
    report = json.loads(shown.stdout)
    assert shown.exit_code == 1
    assert report["sound"] is False
    last = report["findings"][-1]
    assert (last["check"], last["state"]) == ("database", "fail")
    assert "yimaqing db start" in last["remedy"]


@pytest.mark.parametrize(
    ("value", "state"),
    [("", State.FAIL), ("short", State.FAIL), ("x" * 50, State.OK)],
)
def test_secret_key(settings, value, state):
    settings.SECRET_KEY = value
    assert keys.secret_key().state == state


@pytest.mark.parametrize("value", ["", "1:c2hvcnQ=", "k1:AAAA", "1:not base64"])
def test_a_data_key_of_the_wrong_shape(settings, value):
    settings.DATA_KEYS = value
    found = keys.data_key()
    assert found.state == State.FAIL
    assert value[3:] not in found.message or not value[3:]


@pytest.mark.parametrize(
    ("url", "demo", "state"),
    [
        ("http://127.0.0.1:8000", False, State.FAIL),
        ("https://10.1.2.3", False, State.FAIL),
        ("http://[::1]:8000", False, State.FAIL),
        ("https://ymq.local", False, State.FAIL),
        ("http://ymq.example.gov.cn", False, State.FAIL),
        ("https://ymq.lvliang.gov.cn", False, State.OK),
        ("https://ymq.lvliang.gov.cn:8443/a", False, State.OK),
        ("http://127.0.0.1:8000", True, State.OK),
    ],
)
def test_public_address(settings, url, demo, state):
    settings.PUBLIC_URL = url
    settings.DEMO = demo
    assert keys.public_url().state == state


def test_keys_that_others_can_read(settings, tmp_path):
    settings.HOME = tmp_path
    (tmp_path / "yimaqing.env").write_text("A=1\n")
    (tmp_path / "yimaqing.env").chmod(0o644)
    assert files.data_directory().state == State.FAIL
    (tmp_path / "yimaqing.env").chmod(0o600)
    assert files.data_directory().state == State.OK


def test_a_home_that_is_not_there(settings, tmp_path):
    settings.HOME = tmp_path / "nothing"
    assert files.data_directory().state == State.FAIL


@pytest.mark.parametrize(("free_gib", "state"), [(1, "fail"), (5, "warn"), (50, "ok")])
def test_disk_space(monkeypatch, free_gib, state):
    class Usage:
        free = free_gib * files.GIB

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    assert files.disk_space().state == state


def test_a_year_without_a_calendar(monkeypatch):
    monkeypatch.setattr("yimaqing.domains.work.queries.announced", lambda _: False)
    assert work.calendar().state == State.FAIL


def test_old_unsealed_entries_are_named(owner):
    record(action="test.done", by=None, actor="system:test", place_code="14")
    assert work.audit_tail().state == State.OK
    owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
    owner.execute("UPDATE audit_entry SET at = now() - interval '1 hour'")
    found = work.audit_tail()
    assert (found.state, "60" in found.message) == (State.FAIL, True)


def test_jobs_of_dead_workers_are_counted(owner):
    assert (work.jobs().state, work.jobs().message) == (State.WARN, "没有在运行的后台进程。")
    owner.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert work.jobs().state == State.OK
    owner.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
        " VALUES ('default', 'x', 'doing')"
    )
    assert work.jobs().state == State.FAIL


def test_what_keeps_jobs_waiting_is_said_alone(owner):
    owner.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)"
        " VALUES ('default', 'x', 'todo', now() - interval '1 hour')"
    )
    assert work.jobs().message == "没有在运行的后台进程，1 个任务等待过久。"
    owner.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert work.jobs().message == "后台进程在运行，但有 1 个任务等待过久。"


def job(owner, task, status, **args):
    owner.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args)"
        " VALUES ('default', %s, %s, %s)",
        [task, status, json.dumps(args)],
    )


def test_work_that_failed_is_named_until_it_is_done(owner):
    job(owner, "intake.run", "failed", batch_id=7)
    job(owner, "monitoring.nightly", "failed", timestamp=1)
    found = work.failed_jobs()
    assert found.state == State.WARN
    assert "intake.run × 1" in found.message
    assert "monitoring.nightly × 1" in found.message
    job(owner, "intake.run", "succeeded", batch_id=8)  # another batch
    job(owner, "monitoring.nightly", "succeeded", timestamp=2)  # the next night
    found = work.failed_jobs()
    assert (found.state, "monitoring" in found.message) == (State.WARN, False)
    job(owner, "intake.run", "succeeded", batch_id=7)
    assert work.failed_jobs().state == State.OK


def a_run(hours_ago):
    taken_at = timezone.now() - timedelta(hours=hours_ago)
    path = lakes.new_directory(settings.LAKE, taken_at)
    lakes.finish(lakes.Snapshot(path, taken_at, {"monitoring.standing": {}}))


def test_a_register_that_nobody_judged_last_night_is_named(database):
    assert work.judging().state == State.OK  # nobody is in it
    make_household()
    assert work.judging().state == State.WARN
    a_run(hours_ago=50)
    found = work.judging()
    assert (found.state, "50" in found.message) == (State.WARN, True)
    assert "yimaqing monitoring run" in found.remedy
    a_run(hours_ago=8)
    assert work.judging().state == State.OK
    with override_settings(ANALYTICS="spork"):
        assert (work.judging().state, "local[*]" in work.judging().remedy) == (State.FAIL, True)


def test_it_speaks_english_too(settings):
    catalogues.build_translations()
    settings.SECRET_KEY = "x"
    with translation.override("en"):
        found = keys.secret_key()
    assert found.message == "YIMAQING_SECRET_KEY is not set or is too short."


def test_every_message_has_its_english():
    source = Path(catalogues.__file__).parent
    found = extract_from_dir(source / "doctor", [("**.py", "python")], keywords={"_": None})
    used = {message for _, _, message, *_ in found}
    with (source / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        translated = {message.id for message in read_po(file) if message.id and message.string}
    assert len(used) > 50
    assert used == translated
