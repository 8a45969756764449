"""The chain: order, tampering of every kind, and writers that wait for nobody."""

import json

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connections, transaction
from django.db.utils import ProgrammingError
from psycopg import connect

from yimaqing.domains.audit.commands import audit
from yimaqing.domains.audit.factories import make_entry
from yimaqing.domains.audit.models import Entry, RetiredKey, Seal
from yimaqing.domains.audit.retired import NumberTaken, keep_retired
from yimaqing.domains.audit.sealing import accept_head, seal
from yimaqing.domains.audit.verification import verify
from yimaqing.kit.crypto import CannotOpen, derived_keys


def _owner(sql, *params):
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, params)


def _tamper(sql, *params):
    """What somebody with the owner's rights would do: take the guard off, change, put it back."""
    with transaction.atomic(using="owner"):
        for table in ("audit_entry", "audit_seal"):
            _owner(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        _owner(sql, *params)
        for table in ("audit_entry", "audit_seal"):
            _owner(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def _second_connection():
    held = connections["owner"].settings_dict
    return connect(
        host=held["HOST"],
        port=held["PORT"] or None,
        user=held["USER"],
        password=held["PASSWORD"] or None,
        dbname=held["NAME"],
    )


@pytest.fixture
def trail(database):
    """Twelve sealed entries; their numbers in the chain's order."""
    for _ in range(12):
        make_entry()
    assert seal(batch=5) == 12
    return list(Seal.objects.using("owner").order_by("seq").values_list("entry_id", flat=True))


def test_a_whole_trail_verifies_and_tells_its_tail(trail):
    make_entry()
    report = verify()
    assert report.intact
    assert (report.sealed, report.tail) == (12, 1)
    assert report.tail_oldest_seconds >= 0


def test_sealing_twice_adds_nothing(trail):
    assert seal() == 0
    assert verify().sealed == 12


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "user:9"),
        ("purpose", "别的理由"),
        ("place_code", "141124104202"),
        ("household_id", 7),
        ("at", "2020-01-01T00:00:00Z"),
        ("after", json.dumps({"number": 99})),
    ],
)
def test_a_changed_entry_is_named(trail, column, value):
    _tamper(f"UPDATE audit_entry SET {column} = %s WHERE id = %s", value, trail[4])
    report = verify()
    assert report.changed == [trail[4]]
    assert not report.intact


def test_a_deleted_entry_is_named(trail):
    _tamper("DELETE FROM audit_entry WHERE id = %s", trail[7])
    assert verify().missing == [trail[7]]


def test_an_entry_deleted_together_with_its_seal_leaves_a_gap(trail):
    _tamper("DELETE FROM audit_entry WHERE id = %s", trail[7])
    _tamper("DELETE FROM audit_seal WHERE entry_id = %s", trail[7])
    report = verify()
    assert report.lost_seals == [8]
    assert not report.intact


def test_closing_the_gap_by_renumbering_is_seen(trail):
    _tamper("DELETE FROM audit_entry WHERE id = %s", trail[7])
    _tamper("DELETE FROM audit_seal WHERE entry_id = %s", trail[7])
    _tamper("UPDATE audit_seal SET seq = seq - 1 WHERE seq > 8")
    assert verify().changed == trail[8:]


def test_an_entry_slipped_in_between_is_named(trail):
    xact = Entry.objects.using("owner").get(pk=trail[3]).xact
    _owner(
        "INSERT INTO audit_entry (xact, actor, action, place_code, subject_kind, subject_id,"
        " purpose) VALUES (%s, 'user:1', 'registry.file_opened', '0', '', '', '')",
        xact,
    )
    slipped = Entry.objects.using("owner").order_by("-id").values_list("id", flat=True)[0]
    assert seal() == 0
    report = verify()
    assert report.inserted == [slipped]
    assert report.tail == 0


def test_exchanged_seals_are_seen(trail):
    _tamper(
        "UPDATE audit_seal SET link = (SELECT link FROM audit_seal WHERE seq = 3) WHERE seq = 5"
    )
    assert trail[4] in verify().changed


def test_cutting_the_end_off_is_seen(trail):
    _tamper("DELETE FROM audit_entry WHERE id = ANY(%s)", trail[10:])
    _tamper("DELETE FROM audit_seal WHERE seq > 10")
    report = verify()
    assert report.end_cut_off
    make_entry()
    seal()
    assert verify().end_cut_off, "sealing on must not cover it up"


def test_an_older_end_can_be_accepted_with_a_reason(trail):
    _tamper("DELETE FROM audit_entry WHERE id = ANY(%s)", trail[10:])
    _tamper("DELETE FROM audit_seal WHERE seq > 10")
    accept_head(reason="恢复 11 月 1 日备份")
    seal()
    assert verify().intact
    kept = Entry.objects.using("owner").get(action="audit.head_accepted")
    assert (kept.before, kept.after) == ({"seq": 12}, {"seq": 10})


def test_another_key_does_not_verify(trail, settings):
    settings.DATA_KEYS = "1:" + "B" * 43 + "="
    assert verify().changed == trail


def test_an_older_key_goes_on_verifying_after_rotation(trail, settings):
    settings.DATA_KEYS = "2:" + "B" * 43 + "=," + settings.DATA_KEYS
    make_entry()
    assert seal() == 1
    assert verify().intact
    settings.DATA_KEYS = settings.DATA_KEYS.split(",")[0]
    assert verify().unknown_keys == [1]


def test_a_retired_key_goes_on_verifying_and_nothing_else(trail, settings):
    first = settings.DATA_KEYS
    for number, letter in ((2, "B"), (3, "C")):
        settings.DATA_KEYS = f"{number}:{letter * 43}=," + settings.DATA_KEYS
        keep_retired(settings.DATA_KEYS)
        keep_retired(settings.DATA_KEYS)  # again, as after an interruption
        settings.DATA_KEYS = settings.DATA_KEYS.split(",")[0]
        make_entry()
        assert seal() == 1
        assert verify().intact
    kept = dict(RetiredKey.objects.using("owner").values_list("key_id", "sealed"))
    assert sorted(kept) == [1, 2]
    derived = derived_keys(first, b"audit chain")[1]
    assert derived not in bytes(kept[1])
    assert derived.hex().encode() not in bytes(kept[1])
    _owner("UPDATE audit_retiredkey SET sealed = %s WHERE key_id = 2", kept[1])
    assert verify().unknown_keys == [2], "a kept key serves its own number only"


def test_the_number_of_a_retired_key_is_not_used_again(trail, settings):
    settings.DATA_KEYS = f"2:{'B' * 43}=," + settings.DATA_KEYS
    keep_retired(settings.DATA_KEYS)
    settings.DATA_KEYS = f"1:{'C' * 43}=," + settings.DATA_KEYS.split(",")[0]
    with pytest.raises(NumberTaken):
        keep_retired(settings.DATA_KEYS)


def test_a_key_whose_seal_nobody_opens_is_not_silently_lost(trail, settings):
    settings.DATA_KEYS = f"2:{'B' * 43}=," + settings.DATA_KEYS
    keep_retired(settings.DATA_KEYS)
    settings.DATA_KEYS = f"4:{'D' * 43}=,3:{'C' * 43}="
    assert verify().unknown_keys == [1]
    with pytest.raises(CannotOpen):
        keep_retired(settings.DATA_KEYS)


def test_a_long_transaction_blocks_nobody_and_is_sealed_in_its_order(database):
    with _second_connection() as import_:
        import_.execute(
            "INSERT INTO audit_entry (actor, action, place_code, subject_kind, subject_id, purpose)"
            " VALUES ('system:import', 'intake.applied', '0', '', '', '')"
        )
        make_entry()  # a writer is not held up
        assert seal() == 0, "nothing may be sealed in front of the running import"
        assert verify().tail == 1
        import_.commit()
    assert seal() == 2
    order = Seal.objects.using("owner").order_by("seq")
    first = Entry.objects.using("owner").get(pk=order[0].entry_id)
    assert first.action == "intake.applied"
    assert verify().intact


def test_a_rolled_back_entry_leaves_no_gap(database):
    make_entry()
    with pytest.raises(ZeroDivisionError), transaction.atomic(using="owner"):
        make_entry()
        raise ZeroDivisionError
    make_entry()
    assert seal() == 2
    assert verify().intact


def test_a_second_sealer_leaves_the_work_to_the_first(trail):
    make_entry()
    with _second_connection() as first:
        first.execute("SELECT pg_advisory_xact_lock(%s)", [0x59494D41])
        assert seal() == 0
    assert seal() == 1


def test_transaction_numbers_that_start_again_begin_a_new_era(database):
    """A restore into another server: numbers given out there are smaller than those sealed."""
    _owner(
        "INSERT INTO audit_entry (xact, actor, action, place_code, subject_kind, subject_id,"
        " purpose) SELECT 900000000 + n, 'user:1', 'a.done', '0', '', '', ''"
        " FROM generate_series(1, 3) n"
    )
    _owner(
        "INSERT INTO audit_seal (seq, entry_id, xact, era, key_id, link)"
        " SELECT 1, min(id), min(xact), 1, 1, '\\x00' FROM audit_entry"
    )
    make_entry()
    assert seal() == 2, "first the rest of the old server's entries"
    assert seal() == 1, "then the new server's"
    make_entry()
    assert seal() == 1
    eras = list(Seal.objects.using("owner").order_by("seq").values_list("era", flat=True))
    assert eras == [1, 1, 1, 2, 2]
    assert verify().inserted == []


def test_the_command_exits_with_1_on_tampering(trail):
    run = CliRunner()
    good = run.invoke(audit, ["verify", "--json"])
    assert (good.exit_code, json.loads(good.stdout)["intact"]) == (0, True)
    _tamper("UPDATE audit_entry SET actor = 'user:2' WHERE id = %s", trail[0])
    bad = run.invoke(audit, ["verify"])
    assert bad.exit_code == 1
    assert str(trail[0]) in bad.stdout


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET actor = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_seal SET seq = seq",
        (
            "INSERT INTO audit_seal (seq, entry_id, xact, era, key_id, link)"
            " VALUES (99, 99, 1, 1, 1, '')"
        ),
        (
            "INSERT INTO audit_entry (xact, actor, action, place_code, subject_kind, subject_id,"
            " purpose) VALUES (1, 'a', 'b', '0', '', '', '')"
        ),
        (
            "INSERT INTO audit_entry (at, actor, action, place_code, subject_kind, subject_id,"
            " purpose) VALUES (now(), 'a', 'b', '0', '', '', '')"
        ),
        "ALTER TABLE audit_entry DISABLE TRIGGER append_only",
    ],
)
def test_the_application_only_adds(trail, sql):
    with pytest.raises(ProgrammingError), connections["default"].cursor() as cursor:
        cursor.execute(sql)


def test_the_owner_does_not_change_entries_by_accident(trail):
    with pytest.raises(ProgrammingError, match="append-only"):
        _owner("UPDATE audit_entry SET actor = 'x'")


def test_the_end_is_kept_beside_the_database(trail):
    kept = json.loads((settings.HOME / "audit-head.json").read_text())
    assert kept["seq"] == 12
