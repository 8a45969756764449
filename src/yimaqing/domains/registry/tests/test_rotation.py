"""Keys are rotated without losing a value, and the old key can be retired."""

import signal
import subprocess
import sys

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import override_settings

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.sealing import seal
from yimaqing.domains.audit.verification import verify
from yimaqing.domains.codes.labels.printing import part_path
from yimaqing.domains.intake.actions import apply_checked, seal_files_anew
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.running import LOCK_BATCH, run
from yimaqing.domains.lists.actions import ask_export, save_view
from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.catalogue import listing
from yimaqing.domains.lists.queries import question_of_view
from yimaqing.domains.lists.running import may_take, run_export
from yimaqing.domains.registry.actions import rotate_keys
from yimaqing.domains.registry.commands import keys
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.domains.registry.models import Household, Person
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    NUMBER,
    PERSON,
    counts,
    make_places,
    send,
)
from yimaqing.kit.crypto import CannotOpen, keyring, new_key
from yimaqing.kit.files import CHUNK_BYTES, key_of, open_stored, store

PHONE = b"registry_person.phone"


def test_values_are_sealed_with_the_new_key_and_found_by_the_same_index(database):
    add_person(make_household(), name="王建国", phone="13800005678")
    rotated = f"2:{new_key()},{settings.DATA_KEYS}"
    with override_settings(DATA_KEYS=rotated):
        counts = {r.column: r.values for r in rotate_keys()}
        assert counts["registry_person.phone"] == 1
        assert counts["registry_person.id_number"] == 2
        assert {r.values for r in rotate_keys()} == {0}
        ring = keyring(rotated)
        held = Person.objects.using("owner").get(name="王建国")
        assert bytes(held.phone_sealed)[0] == 2
        assert ring.open(held.phone_sealed, purpose=PHONE) == "13800005678"
        assert bytes(held.phone_index) == ring.index("13800005678", purpose=PHONE)


def test_the_old_key_can_be_thrown_away_after_retiring_it(database):
    add_person(make_household(), name="王建国", phone="13800005678")
    newest = f"2:{new_key()}"
    with override_settings(DATA_KEYS=f"{newest},{settings.DATA_KEYS}"):
        list(rotate_keys(retire_old=True))
    ring = keyring(newest)
    held = Person.objects.using("owner").get(name="王建国")
    assert ring.open(held.phone_sealed, purpose=PHONE) == "13800005678"
    assert bytes(held.phone_index) == ring.index("13800005678", purpose=PHONE)


@pytest.fixture
def rotated(database):
    """A second key in front of the first; ``settings.DATA_KEYS`` holds both."""
    make_places()
    newest = f"2:{new_key()}"
    both = f"{newest},{settings.DATA_KEYS}"
    return newest, both


def kept_files(database):
    return sorted((database.home / "files").rglob("*.sealed"))


def read(path, ring):
    with open_stored(path, ring) as file:
        return file.read()


def test_the_originals_of_imports_are_readable_after_the_old_key_is_gone(database, rotated):
    newest, both = rotated
    send("households", HOUSEHOLD)
    [path] = kept_files(database)
    before = read(path, keyring(settings.DATA_KEYS))
    send("persons", PERSON, BOY)
    assert seal() > 0
    with override_settings(DATA_KEYS=both):
        assert {r.column: r.values for r in rotate_keys(retire_old=True)}["files"] == 2
    with override_settings(DATA_KEYS=newest):
        assert read(path, keyring(newest)) == before
        assert len(kept_files(database)) == 2
        again = send("households", HOUSEHOLD)
        assert counts(again) == (0, 0, 1, 0), "the bank account is known by its new index"
        seal()
        assert verify().intact, "what the old key chained can still be verified"


def test_exports_views_and_labels_outlive_the_old_key(database, rotated):
    newest, both = rotated
    make_household()
    li, households = make_user("county_officer", "141124000000"), listing("households")
    question = Question("households", filters={"head_name": ("王",)})
    view = save_view(listing=households, question=question, name="王家", shared=False, by=li)
    export = ask_export(
        listing=households, question=question, file_format="csv", purpose="核对", clear=False, by=li
    )
    run_export(export.pk)
    store([b"%PDF"], part_path(7, 1), keyring(settings.DATA_KEYS), limit=9)
    with override_settings(DATA_KEYS=both):
        done = {r.column: r.values for r in rotate_keys(retire_old=True)}
        assert (done["lists_asked.question"], done["files"]) == (2, 2)
        assert {r.values for r in rotate_keys()} == {0}
    with override_settings(DATA_KEYS=newest):
        export.refresh_from_db()
        view.refresh_from_db()
        assert "王**" in read(settings.FILES / export.stored_as, keyring(newest)).decode()
        assert may_take(export, li)
        assert question_of_view(households, view) == question
        assert read(part_path(7, 1), keyring(newest)) == b"%PDF"


def test_what_was_read_but_not_applied_is_read_again_under_the_new_key(database, rotated):
    newest, both = rotated
    batch = send("households", HOUSEHOLD, dry_run=True)
    with override_settings(DATA_KEYS=both):
        list(rotate_keys(retire_old=True))
    with override_settings(DATA_KEYS=newest):
        apply_checked(batch=batch, by=None, using="owner")
        assert run(batch.pk).state == "applied"
        held = Household.objects.using("owner").get(household_number=NUMBER)
        ring, purpose = keyring(newest), b"registry_household.phone"
        assert ring.open(held.phone_sealed, purpose=purpose) == HOUSEHOLD["联系电话"]
        assert bytes(held.phone_index) == ring.index(HOUSEHOLD["联系电话"], purpose=purpose)


KILLED_BEFORE_IT_IS_ON_DISK = """
import os, signal
from yimaqing.config.cli import set_up_django
set_up_django()
from yimaqing.domains.intake.actions import seal_files_anew
os.fsync = lambda _file: os.kill(os.getpid(), signal.SIGKILL)
seal_files_anew()
"""


def test_killed_while_sealing_files_it_goes_on_where_it_stopped(database, rotated):
    _newest, both = rotated
    for data in (b"x" * (2 * CHUNK_BYTES + 7), b"second"):
        path = settings.FILES / "intake" / f"{len(data)}.sealed"
        store([data], path, keyring(settings.DATA_KEYS), limit=10 * CHUNK_BYTES)
    environment = database.environment | {"YIMAQING_DATA_KEY": both}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_BEFORE_IT_IS_ON_DISK], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert [key_of(path) for path in kept_files(database)] == [1, 1]
    with override_settings(DATA_KEYS=both):
        assert seal_files_anew() == 2
        assert seal_files_anew() == 0
    lengths = [len(read(path, keyring(both))) for path in kept_files(database)]
    assert lengths == [2 * CHUNK_BYTES + 7, 6]
    assert [key_of(path) for path in kept_files(database)] == [2, 2]


def test_with_a_damaged_file_nothing_is_retired_and_the_file_is_named(database, rotated):
    _newest, both = rotated
    send("households", HOUSEHOLD)
    send("households", HOUSEHOLD)
    bad, good = kept_files(database)
    raw = bytearray(bad.read_bytes())
    raw[60] ^= 1
    bad.write_bytes(raw)
    index = Household.objects.using("owner").get().phone_index
    with override_settings(DATA_KEYS=both):
        with pytest.raises(CannotOpen, match=bad.name):
            list(rotate_keys(retire_old=True))
        said = CliRunner().invoke(keys, ["rotate", "--retire-old"])
    assert said.exit_code == 1
    assert bad.name in said.output
    assert (key_of(bad), key_of(good)) == (1, 2)
    assert Household.objects.using("owner").get().phone_index == index


def test_a_running_import_stops_the_retiring(database, rotated):
    _newest, both = rotated
    batch = send("households", HOUSEHOLD, dry_run=True)
    with psycopg.connect(database.url("yimaqing_owner")) as importing:
        importing.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_BATCH, batch.pk])
        with override_settings(DATA_KEYS=both):
            said = CliRunner().invoke(keys, ["rotate", "--retire-old"])
    assert said.exit_code == 1
    assert f"批次 {batch.pk} 正在导入" in said.output
    assert Batch.objects.using("owner").get().state == "checked"


def test_a_number_that_was_retired_is_refused(database, rotated):
    newest, both = rotated
    with override_settings(DATA_KEYS=both):
        list(rotate_keys(retire_old=True))
    with override_settings(DATA_KEYS=f"1:{new_key()},{newest}"):
        said = CliRunner().invoke(keys, ["rotate", "--retire-old"])
    assert said.exit_code == 1
    assert "密钥号 1 用过" in said.output


def test_the_heads_number_of_a_household_is_still_known(database, rotated):
    _newest, both = rotated
    purpose = b"registry_person.id_number"
    ring = keyring(settings.DATA_KEYS)
    agreed, differing, unknown = (make_household() for _ in range(3))
    spouse = add_person(differing, name="王建国", relation="spouse")
    homes = Household.objects.using("owner")
    head = Person.objects.using("owner").get(household_id=agreed.pk)
    for home, index in (
        (agreed, head.id_number_index),
        (differing, spouse.id_number_index),
        (unknown, ring.index("nobody", purpose=purpose)),
    ):
        homes.filter(pk=home.pk).update(head_id_index=index)
    with override_settings(DATA_KEYS=both):
        said = CliRunner().invoke(keys, ["rotate", "--retire-old"])
    assert "registry_household.head_id_index\t2" in said.output
    assert "1 户的户主证件号不在人员名单中" in said.output
    renewed = {p.pk: p.id_number_index for p in Person.objects.using("owner").all()}
    assert homes.get(pk=agreed.pk).head_id_index == renewed[head.pk] != head.id_number_index
    assert homes.get(pk=differing.pk).head_id_index == renewed[spouse.pk]
    assert homes.get(pk=unknown.pk).head_id_index is not None
