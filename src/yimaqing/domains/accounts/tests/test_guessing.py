"""Guessing passwords: over many names from one address, and to keep somebody out on purpose."""

import datetime as dt
import logging
import re

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from yimaqing.domains.accounts.actions import set_password
from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.guesses import ADDRESS
from yimaqing.domains.accounts.models import Guess, User
from yimaqing.domains.accounts.tasks import forget_guesses
from yimaqing.domains.audit.models import Entry

PASSWORD = "白文镇的春天 2026"
VILLAGE = "141124104201"
OFFICE = "111.53.0.7"
STRANGER = "203.0.113.9"


@pytest.fixture
def worker(database):
    return make_user("village_worker", VILLAGE, username="limei", password=PASSWORD)


def _log_in(client, username="limei", password=PASSWORD, address=OFFICE, **more):
    form = {"username": username, "password": password}
    return client.post("/login/", form, REMOTE_ADDR=address, **more)


def _spray(times, address=STRANGER):
    for number in range(times):
        _log_in(Client(), f"name{number}", "Spring-2026", address)


def _later(minutes):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_guess SET since = since - d, until = until - d"
            " FROM make_interval(mins => %s) AS d",
            [minutes],
        )


def _words(answer):
    return answer.context["form"].non_field_errors()[0]


def test_one_password_tried_on_many_names_is_stopped_by_its_address(worker, caplog):
    with caplog.at_level(logging.WARNING, "yimaqing.domains.accounts.login"):
        _spray(ADDRESS.most)
    answer = _log_in(Client(), address=STRANGER)
    assert answer.status_code == 200, "the right password does not help during the pause"
    assert re.search(r"\d\d:\d\d 之前不能再试", _words(answer))
    assert any(STRANGER in line and "paused until" in line for line in caplog.messages)
    assert _log_in(Client(), address=OFFICE).status_code == 302, "others are not concerned"


def test_the_pause_of_an_address_ends(worker):
    _spray(ADDRESS.most)
    _later(16)
    assert _log_in(Client(), address=STRANGER).status_code == 302


def test_an_address_is_not_paused_for_mistakes_spread_over_the_day(worker):
    _spray(ADDRESS.most - 1)
    _later(16)
    _spray(ADDRESS.most - 1)
    assert _log_in(Client(), address=STRANGER).status_code == 302


def test_a_busy_office_behind_one_address_is_not_slowed(worker):
    for _ in range(ADDRESS.most + 5):
        assert _log_in(Client()).status_code == 302
    _spray(ADDRESS.most - 1, OFFICE)
    assert _log_in(Client()).status_code == 302


def test_the_address_is_the_one_that_the_trusted_proxy_names(worker):
    for _ in range(ADDRESS.most):
        forwarded = f"8.8.8.8, {STRANGER}"
        _log_in(Client(), "nobody", address="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    behind = {"address": "127.0.0.1", "HTTP_X_FORWARDED_FOR": STRANGER}
    assert _log_in(Client(), **behind).status_code == 200
    behind["HTTP_X_FORWARDED_FOR"] = OFFICE
    assert _log_in(Client(), **behind).status_code == 302


def test_the_table_of_counters_names_nobody(worker):
    _spray(3)
    kept = b"".join(bytes(key) for key in Guess.objects.values_list("key", flat=True))
    assert b"name1" not in kept
    assert STRANGER.encode() not in kept


def test_a_locked_name_says_until_when_and_so_does_one_that_nobody_has(worker):
    for name in ("limei", "nobody"):
        for _ in range(4):
            assert "之前不能再试" not in _words(_log_in(Client(), name, "falsch falsch"))
        fifth = _words(_log_in(Client(), name, "falsch falsch"))
        sixth = _words(_log_in(Client(), name, "falsch falsch"))
        until = timezone.localtime() + dt.timedelta(minutes=15)
        near = [(until - dt.timedelta(seconds=s)).strftime("%H:%M") for s in (0, 30)]
        assert fifth == sixth
        assert any(time in fifth for time in near)


def test_nobody_is_kept_out_of_his_own_browser_by_a_stranger(client, worker):
    _log_in(client)
    client.post("/logout/")
    for _ in range(6):
        _log_in(Client(), password="falsch falsch", address=STRANGER)
    assert _log_in(Client(), address=STRANGER).status_code == 200, "locked for strangers"
    assert _log_in(client).status_code == 302, "not for him"


def test_nor_by_a_colleague_at_the_same_address(client, worker):
    _log_in(client)
    client.post("/logout/")
    _spray(ADDRESS.most, OFFICE)
    assert _log_in(Client()).status_code == 200
    assert _log_in(client).status_code == 302


def test_a_known_browser_has_five_guesses_too(client, worker):
    _log_in(client)
    client.post("/logout/")
    for _ in range(5):
        _log_in(client, password="falsch falsch")
    assert _log_in(client).status_code == 200
    assert "之前不能再试" in _words(_log_in(client))
    assert Entry.objects.using("owner").filter(action="accounts.locked").count() == 1


def test_the_mark_of_a_browser_is_void_after_a_new_password_and_for_others(client, worker):
    other = make_user("village_worker", VILLAGE, username="wang", password=PASSWORD)
    _log_in(client)
    client.post("/logout/")
    User.objects.update(locked_until=timezone.now() + dt.timedelta(minutes=9))
    assert _log_in(client, other.username).status_code == 200, "another's mark does not help"
    set_password(user=worker, password="eine ganz neue 1", by=None, actor="system:test")
    User.objects.update(locked_until=timezone.now() + dt.timedelta(minutes=9))
    assert _log_in(client, password="eine ganz neue 1").status_code == 200


def test_two_people_share_a_machine(client, worker):
    make_user("village_worker", VILLAGE, username="wang", password=PASSWORD)
    for name in ("limei", "wang", "limei"):
        assert _log_in(client, name).status_code == 302
        client.post("/logout/")
    assert client.cookies["yimaqing_device"].value.count("|") == 1
    User.objects.update(locked_until=timezone.now() + dt.timedelta(minutes=9))
    for name in ("limei", "wang"):
        assert _log_in(client, name).status_code == 302
        client.post("/logout/")


def test_the_mark_is_kept_from_scripts_and_a_forged_one_is_nothing(client, worker):
    cookie = _log_in(client).cookies["yimaqing_device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    client.post("/logout/")
    client.cookies["yimaqing_device"] = "0" * 16 + ":1abcde:forged"
    User.objects.update(locked_until=timezone.now() + dt.timedelta(minutes=9))
    assert _log_in(client).status_code == 200


def test_counters_are_forgotten_after_a_day(worker):
    _spray(2)
    _later(25 * 60)
    _log_in(Client(), "nobody")
    assert forget_guesses(0) == 3
    assert Guess.objects.count() > 0
