"""Codes that do not exist, guessing, and a database that is away."""

import time

import pytest
from django.db import connection
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.codes.models import Guess, KeptCard, ScanLog
from yimaqing.domains.codes.scan import statement, store
from yimaqing.domains.codes.scan.answers import client_hash, request_of
from yimaqing.domains.codes.scan.statement import GUESSES
from yimaqing.domains.codes.scan_service import application
from yimaqing.domains.codes.tasks import tidy
from yimaqing.domains.places.models import Place, PlaceYear

COUNTY = "141124000000"


def ask(path, **environ):
    """The scan service itself, without Django's middleware."""
    seen = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "REMOTE_ADDR": "10.0.0.1"} | environ
    body = b"".join(application(environ, lambda status, headers: seen.append((status, headers))))
    status, headers = seen[0]
    return int(status.split()[0]), dict(headers), body.decode()


def unknown_tokens(n):
    with connection.cursor() as cursor:
        cursor.execute("SELECT codes_new_token() FROM generate_series(1, %s)", [n])
        return [token for (token,) in cursor.fetchall()]


@pytest.fixture
def county(database):
    Place.objects.using("owner").create(code=COUNTY, name="临县", level=3, kind="county")
    return make_code("county", COUNTY)


def test_an_unknown_code_is_answered_and_written_down(database):
    (token,) = unknown_tokens(1)
    status, _, body = ask(f"/c/{token}")
    assert status == 404
    assert "没有这个码" in body
    assert ScanLog.objects.using("owner").get().outcome == "unknown"


@pytest.mark.parametrize(
    "path", ["/c/", "/c/x", "/c/22222222222222aa", "/c/../../etc", "/c/%27", "/c/" + "2" * 5000]
)
def test_a_malformed_address_never_reaches_the_database(database, path, monkeypatch):
    monkeypatch.setattr(store, "scan", None)
    status, _, body = ask(path)
    assert status == 404
    assert "地址不完整" in body


def test_who_guesses_is_stopped_and_the_village_goes_on_scanning(county):
    guesses = unknown_tokens(GUESSES + 5)
    answers = [ask(f"/c/{token}") for token in guesses]
    statuses = [status for status, _, _ in answers]
    assert statuses == [404] * GUESSES + [429] * 5
    assert answers[-1][1]["Retry-After"] == "600"
    # The same address, as behind one router, still opens every real code.
    assert ask(f"/c/{county.token}")[0] == 200
    # Somebody else may still mistype.
    assert ask(f"/c/{guesses[0]}", REMOTE_ADDR="10.0.0.2")[0] == 404
    log = ScanLog.objects.using("owner")
    assert log.filter(outcome="throttled").count() == 1


def test_real_codes_beside_a_guesser_have_an_end_too_but_not_for_who_is_logged_in(
    county, monkeypatch
):
    """The same page for real and unknown, so that nothing more can be confirmed."""
    monkeypatch.setattr(statement, "SHOWN_BESIDE_GUESSES", 3)
    statement.scan_sql.cache_clear()
    store.close()
    for token in unknown_tokens(GUESSES + 1):
        status, _, guessed = ask(f"/c/{token}")
    assert status == 429
    real = [ask(f"/c/{county.token}") for _ in range(5)]
    assert [status for status, _, _ in real] == [200, 200, 200, 429, 429]
    assert real[-1][2] == guessed
    assert ask(f"/c/{county.token}", REMOTE_ADDR="10.0.0.2")[0] == 200
    browser = Client(REMOTE_ADDR="10.0.0.1")
    browser.force_login(User.objects.get(pk=make_user("county_officer", COUNTY).pk))
    assert browser.get(f"/c/{county.token}").status_code == 200
    assert ScanLog.objects.using("owner").filter(outcome="throttled").count() == 2
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_guess SET since = since - interval '11 minutes'")
    assert ask(f"/c/{county.token}")[0] == 200
    statement.scan_sql.cache_clear()
    store.close()


def test_the_night_forgets_who_guessed_and_keeps_the_log(county):
    ask(f"/c/{unknown_tokens(1)[0]}")
    ask(f"/c/{unknown_tokens(1)[0]}", REMOTE_ADDR="10.0.0.2")
    ask(f"/c/{county.token}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_keptcard SET kept_at = kept_at - interval '2 days'")
        cursor.execute(
            "UPDATE codes_guess SET since = since - interval '2 days' WHERE client = %s",
            [client_hash("10.0.0.2")],
        )
    assert tidy(timestamp=0) == 2
    assert bytes(Guess.objects.using("owner").get().client) == client_hash("10.0.0.1")
    assert ScanLog.objects.using("owner").count() == 3


def test_the_window_passes(database):
    for token in unknown_tokens(GUESSES + 1):
        ask(f"/c/{token}")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_guess SET since = since - interval '11 minutes'")
    assert ask(f"/c/{unknown_tokens(1)[0]}")[0] == 404
    assert Guess.objects.using("owner").get().tokens == 1


def test_the_address_is_kept_as_a_hash_that_changes_daily(county, monkeypatch):
    ask(f"/c/{county.token}")
    held = bytes(ScanLog.objects.using("owner").get().client)
    assert held == client_hash("10.0.0.1")
    assert b"10.0.0.1" not in held
    tomorrow = time.time() + 86_400
    monkeypatch.setattr("yimaqing.domains.codes.scan.answers.time.time", lambda: tomorrow)
    assert client_hash("10.0.0.1") != held


def test_a_proxy_names_the_client_and_a_stranger_cannot():
    behind = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 1.2.4.8"}
    assert request_of(behind).client == client_hash("1.2.4.8")
    # Neither from outside nor from the office's own network, where proxies are not named.
    for peer in ("1.2.4.9", "10.0.0.9"):
        forged = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": "8.8.8.8"}
        assert request_of(forged).client == client_hash(peer)


def test_all_addresses_of_one_ipv6_visitor_count_as_one():
    one = [request_of({"REMOTE_ADDR": f"240e:1:2:3::{n}"}).client for n in (1, 2)]
    assert one[0] == one[1] != request_of({"REMOTE_ADDR": "240e:1:2:4::1"}).client


def test_large_type_is_chosen_on_the_card_and_kept_for_every_page(county):
    _, headers, page = ask(f"/c/{county.token}", QUERY_STRING="type=large")
    assert '<html lang="zh-CN" class="large">' in page
    assert headers["Set-Cookie"].startswith("yimaqing_large_type=1; Path=/; Max-Age=31536000")
    kept = {"HTTP_COOKIE": "yimaqing_large_type=1"}
    for path in (f"/c/{county.token}", "/c/policy", "/c/x"):
        assert 'class="large"' in ask(path, **kept)[2]
    _, headers, page = ask(f"/c/{county.token}", QUERY_STRING="type=normal", **kept)
    assert 'class="large"' not in page
    assert headers["Set-Cookie"].startswith("yimaqing_large_type=; Path=/; Max-Age=0")


def test_only_reading(county):
    status, headers, _ = ask(f"/c/{county.token}", REQUEST_METHOD="POST")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")
    status, headers, body = ask(f"/c/{county.token}", REQUEST_METHOD="HEAD")
    assert (status, body) == (200, "")
    assert int(headers["Content-Length"]) > 1000


def test_a_lost_connection_is_opened_again(county, database):
    assert ask(f"/c/{county.token}")[0] == 200
    database.cluster.superuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'yimaqing scan'"
    )
    assert ask(f"/c/{county.token}")[0] == 200


def test_a_database_that_is_away_gives_a_page_that_says_what_to_do(county, settings_override):
    store.close()
    away = {"default": {"HOST": "/nowhere", "PORT": "1", "NAME": "x", "USER": "y", "PASSWORD": ""}}
    with settings_override(DATABASES=away):
        status, headers, body = ask(f"/c/{county.token}")
    assert (status, headers["Retry-After"]) == (503, "10")
    assert "过一分钟再扫一次" in body
    assert ask(f"/c/{county.token}")[0] == 200


def test_a_slow_statement_is_given_up(county, monkeypatch):
    monkeypatch.setattr(
        store, "scan_sql", lambda: "SELECT pg_sleep(60)::text || $1::text || $2::text || $3::text"
    )
    monkeypatch.setattr(store, "STATEMENT_MILLISECONDS", 200)
    store.close()
    assert ask(f"/c/{county.token}")[0] == 503
    store.close()


def test_the_policy_page_names_its_sources(database):
    status, _, body = ask("/c/policy")
    assert status == 200
    assert "中农组发〔2021〕7号" in body
    assert 'href="http://www.qinan.gov.cn/info/11792/1360362.htm"' in body
    english = ask("/c/policy", HTTP_COOKIE="django_language=en")[2]
    assert "Monitoring against falling back" in english


def test_a_demo_says_so_on_every_page(county, settings_override):
    with settings_override(DEMO=True):
        for path in ("/c/policy", "/c/x", f"/c/{county.token}"):
            assert "演示数据" in ask(path)[2]
    assert "演示数据" not in ask("/c/policy")[2]


def test_small_counts_of_a_place_are_not_told_to_strangers(county):
    PlaceYear.objects.using("owner").create(
        place_id=COUNTY, year=2020, households=904, population=7, clinics=3, source="村表"
    )
    page = ask(f"/c/{county.token}")[2]
    assert "约</span><b>900</b>" in page
    assert "太少，不公开" in page
    assert "卫生室个数" in page
    officer = make_user("county_officer", COUNTY)
    browser = Client()
    browser.force_login(User.objects.get(pk=officer.pk))
    seen = browser.get(f"/c/{county.token}").content.decode()
    assert "<b>904</b>" in seen
    assert "<b>7</b>" in seen


def test_what_strangers_see_of_a_place_is_counted_once_in_a_while(county):
    ask(f"/c/{county.token}")
    kept = KeptCard.objects.using("owner").get()
    ask(f"/c/{county.token}")
    assert KeptCard.objects.using("owner").get().kept_at == kept.kept_at
    PlaceYear.objects.using("owner").create(place_id=COUNTY, year=2020, households=4321)
    assert "4,320" not in ask(f"/c/{county.token}")[2]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_keptcard SET kept_at = kept_at - interval '10 minutes'")
    assert "4,320" in ask(f"/c/{county.token}")[2]
