"""Logging in: refusals that look alike, the lock, sessions, the forced first change."""

import datetime as dt
import threading

import pytest
from django.contrib.auth import authenticate
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone

from yimaqing.domains.accounts.actions import deactivate, set_password
from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import Session, User
from yimaqing.domains.audit.models import Entry

PASSWORD = "白文镇的春天 2026"
VILLAGE = "141124104201"


@pytest.fixture
def worker(database):
    return make_user("village_worker", VILLAGE, username="limei", password=PASSWORD)


def _log_in(client, password=PASSWORD, username="limei", **more):
    return client.post("/login/", {"username": username, "password": password, **more})


def _acts():
    found = Entry.objects.using("owner").filter(action__startswith="accounts.log")
    return list(found.order_by("id").values_list("action", "actor", "place_code"))


def test_a_right_password_logs_in_and_is_written_down(client, worker):
    answer = _log_in(client)
    assert answer.status_code == 302
    assert _acts() == [("accounts.logged_in", f"user:{worker.pk}", VILLAGE)]
    assert Session.objects.get().user_id == worker.pk


def test_the_name_is_taken_without_case_and_full_width(client, worker):
    assert _log_in(client, username=" ＬiMei ").status_code == 302


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client, worker, settings_override):
    with settings_override(SESSION_COOKIE_SECURE=True):
        cookie = _log_in(client).cookies["yimaqing_session"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"


def test_the_session_gets_a_new_key_at_log_in(client, worker):
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    _log_in(client)
    assert client.cookies["yimaqing_session"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_every_refusal_reads_the_same(client, worker, database):
    make_user(username="gone", password=PASSWORD)
    User.objects.filter(username="gone").update(is_active=False)
    pages = [
        _log_in(client, "falsch falsch"),
        _log_in(client, PASSWORD, "nobody"),
        _log_in(client, PASSWORD, "gone"),
    ]
    assert {p.status_code for p in pages} == {200}
    assert len({p.context["form"].non_field_errors()[0] for p in pages}) == 1


def test_a_failure_is_kept_although_the_answer_is_an_ordinary_page(client, worker):
    _log_in(client, "falsch falsch")
    worker.refresh_from_db()
    assert worker.failed_logins == 1
    assert _acts() == [("accounts.login_failed", "stranger", VILLAGE)]


def test_an_unknown_name_fills_no_trail(client, worker):
    _log_in(client, username="nobody")
    assert _acts() == []


def test_five_failures_lock_the_name_for_fifteen_minutes(client, worker):
    for _ in range(5):
        _log_in(client, "falsch falsch")
    assert _log_in(client).status_code == 200, "the right password does not help while locked"
    worker.refresh_from_db()
    left = worker.locked_until - timezone.now()
    assert dt.timedelta(minutes=14) < left <= dt.timedelta(minutes=15)
    assert Entry.objects.using("owner").filter(action="accounts.locked").count() == 1

    User.objects.filter(pk=worker.pk).update(locked_until=timezone.now() - dt.timedelta(seconds=1))
    assert _log_in(client).status_code == 302
    worker.refresh_from_db()
    assert (worker.failed_logins, worker.locked_until) == (0, None)


def test_a_burst_of_guesses_cannot_outrun_the_counter(worker):
    def guess(word):
        try:
            with transaction.atomic():
                return authenticate(None, username="limei", password=word)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guess, args=(f"guess {n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failures = Entry.objects.using("owner").filter(action="accounts.login_failed").count()
    worker.refresh_from_db()
    assert failures == 5, "the sixth finds the name locked"
    assert worker.is_locked


def test_a_log_in_leads_on_only_to_our_own_pages(client, worker):
    assert _log_in(client, next="/password/").url == "/password/"
    client.post("/logout/")
    assert "evil" not in _log_in(client, next="https://evil.example/").url


def test_a_first_log_in_changes_the_password_before_anything_else(client, worker):
    User.objects.filter(pk=worker.pk).update(must_change_password=True)
    assert _log_in(client).url == "/password/"
    assert client.get("/").url == "/password/"
    new = "另一句只有我知道的话"
    client.post("/password/", {"old": PASSWORD, "new": new, "again": new})
    assert client.get("/").status_code == 200
    client.post("/logout/")
    assert _log_in(client).status_code == 200
    assert _log_in(client, new).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "field"),
    [
        ("falsch falsch", "另一句只有我知道的话", "另一句只有我知道的话", "old"),
        (PASSWORD, "另一句只有我知道的话", "别的另一句话别的另一句话", "again"),
        (PASSWORD, "短", "短", "new"),
        (PASSWORD, "password1234", "password1234", "new"),
        (PASSWORD, PASSWORD, PASSWORD, "new"),
    ],
)
def test_a_bad_change_says_which_field(client, worker, old, new, again, field):
    _log_in(client)
    page = client.post("/password/", {"old": old, "new": new, "again": again})
    assert page.status_code == 200
    assert page.context["form"].errors[field]
    worker.refresh_from_db()
    assert worker.check_password(PASSWORD)


def test_guessing_the_old_password_on_the_change_page_locks_too(client, worker):
    _log_in(client)
    new = "另一句只有我知道的话"
    for _ in range(5):
        client.post("/password/", {"old": "falsch falsch", "new": new, "again": new})
    worker.refresh_from_db()
    assert worker.is_locked


def test_a_change_ends_every_other_session_and_keeps_this_one(client, worker):
    elsewhere = Client()
    _log_in(elsewhere)
    _log_in(client)
    new = "另一句只有我知道的话"
    client.post("/password/", {"old": PASSWORD, "new": new, "again": new})
    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    assert Session.objects.filter(user_id=worker.pk).count() == 1


def test_a_reset_by_somebody_else_ends_all_sessions(client, worker):
    _log_in(client)
    set_password(user=worker, password="eine ganz neue 1", by=None, actor="system:test")
    assert client.get("/").status_code == 302


def test_a_stolen_row_of_an_old_session_is_no_use_after_a_change(client, worker):
    _log_in(client)
    kept = Session.objects.get()
    set_password(user=worker, password="eine ganz neue 1", by=None, actor="system:test")
    Session.objects.create(
        session_key=kept.session_key,
        session_data=kept.session_data,
        expire_date=kept.expire_date,
        user_id=worker.pk,
    )
    assert client.get("/").status_code == 302


def test_a_deactivated_user_is_out_at_once(client, worker):
    _log_in(client)
    deactivate(user=worker, reason="调离", by=None, actor="system:test")
    assert client.get("/").status_code == 302
    assert _log_in(client).status_code == 200


def test_pages_of_a_logged_in_user_are_not_kept_by_the_browser(client, worker):
    _log_in(client)
    assert "no-store" in client.get("/")["Cache-Control"]


def test_logging_out_needs_a_form_and_ends_the_session(client, worker):
    _log_in(client)
    assert client.get("/logout/").status_code == 405
    client.post("/logout/")
    assert client.get("/").status_code == 302
    assert not Session.objects.exists()


def test_log_in_and_out_are_guarded_against_other_sites(worker):
    strict = Client(enforce_csrf_checks=True)
    answer = _log_in(strict)
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def test_a_session_stands_in_whatever_zone_the_moment_was_read():
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    here = noon.astimezone(timezone.get_default_timezone())
    assert here.isoformat() != noon.isoformat()
    hashes = {User(pk=7, password_changed_at=one).get_session_auth_hash() for one in (noon, here)}
    assert len(hashes) == 1
