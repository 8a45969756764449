"""The database is stopped under a running web service: pages say so, and come back with it.

Beside it, what the terminal of a service holds: a line for a refusal, no advice, no 404 of icons.
"""

from __future__ import annotations

import io
import logging
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client

from yimaqing.config.outage import outage
from yimaqing.config.tests.clusters import throw_away
from yimaqing.domains.accounts.factories import make_user

PROGRAM = str(Path(sys.executable).with_name("yimaqing"))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(address, **headers):
    """Status, headers and text of an answer; None while nobody listens."""
    wanted = urllib.request.Request(address, headers=headers)  # noqa: S310 - our own http
    try:
        with urllib.request.urlopen(wanted, timeout=20) as page:  # noqa: S310 - our own http
            return page.status, page.headers, page.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()
    except OSError:
        return None


def wait_for(status, address, seconds=60):
    deadline = time.monotonic() + seconds
    while (answered := ask(address)) is None or answered[0] != status:
        assert time.monotonic() < deadline, answered and answered[0]
        time.sleep(0.2)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The web service alone over a database of its own; what it printed so far can be read."""
    printed = tmp_path_factory.mktemp("outage") / "printed"
    with throw_away() as cluster:
        cluster.start()
        ours = {k: v for k, v in os.environ.items() if not k.startswith("YIMAQING_")}
        ours |= {"YIMAQING_HOME": str(cluster.home), "YIMAQING_HOSTS": "127.0.0.1"}
        subprocess.run([PROGRAM, "setup"], env=ours, check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        command = [PROGRAM, "serve", "--only", "web", "--port", str(port), "--web-workers", "1"]
        with printed.open("w") as file:
            running = subprocess.Popen(command, env=ours, stdout=file, stderr=file)
            try:
                wait_for(200, f"http://127.0.0.1:{port}/login/")
                yield cluster, f"http://127.0.0.1:{port}", printed
            finally:
                running.terminate()
                running.wait(timeout=60)


def test_every_page_says_that_the_database_is_away_and_comes_back_with_it(service):
    cluster, site, printed = service
    cluster.stop()
    known = {"Cookie": "yimaqing_session=abcdefghijklmnopqrstuvwxyz"}
    for path in ("/login/", "/", "/households/", "/cockpit/", "/imports/"):
        status, headers, text = ask(site + path, **known)
        assert (path, status) == (path, 503)
        assert headers["Retry-After"] == "60", "the minute that the text speaks of"
        assert "请过一分钟再试" in text
        assert "数据库暂时连不上" in text
    status, headers, text = ask(f"{site}/login/", **{"Accept-Language": "en"})
    assert (status, headers["Content-Language"]) == (503, "en")
    assert "cannot be reached at the moment" in text
    assert "Traceback" not in printed.read_text()
    assert "Service Unavailable" not in printed.read_text()  # one line each, with its reason
    assert re.search(
        r"WARNING .* away for /households/: OperationalError: connection (failed|is bad): .+",
        printed.read_text(),
    )
    cluster.start()
    wait_for(200, f"{site}/login/")


def test_the_start_prints_no_advice_on_threads_and_other_warnings_stay(service):
    _cluster, _site, printed = service
    assert "Python threads" not in printed.read_text()


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (psycopg.OperationalError("connection failed: No such file or directory"), True),
        (psycopg.errors.AdminShutdown("terminating connection"), True),
        (psycopg.errors.CannotConnectNow("the database system is starting up"), True),
        (psycopg.errors.TooManyConnections("sorry, too many clients already"), True),
        (psycopg.OperationalError("the connection is closed"), True),
        (psycopg.OperationalError("failed to resolve host 'db': [Errno -2] unknown"), True),
        (psycopg.OperationalError("consuming input failed: server closed the connection"), True),
        (psycopg.errors.ConnectionTimeout("connection timeout expired"), True),
        (psycopg.OperationalError("sending query failed: another command is already"), False),
        (psycopg.InterfaceError("the cursor is closed"), False),
        (psycopg.errors.QueryCanceled("canceling statement due to statement timeout"), False),
        (psycopg.errors.DeadlockDetected("deadlock detected"), False),
        (psycopg.errors.DiskFull("could not extend file"), False),
        (psycopg.errors.UniqueViolation("duplicate key"), False),
        (ZeroDivisionError(), False),
    ],
)
def test_only_an_outage_is_called_one(error, away):
    assert (outage(error) is error) is away
    wrapped = OperationalError("as Django says it")
    wrapped.__cause__ = error
    assert (outage(wrapped) is error) is away


def test_a_connection_that_cannot_be_made_is_an_outage():
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(f"postgresql://nobody:wrong@127.0.0.1:{free_port()}/x", connect_timeout=2)
    assert outage(refused.value) is refused.value


def test_an_error_of_the_program_while_an_outage_is_handled_is_its_own():
    away = psycopg.OperationalError("the connection is closed")
    mistake = KeyError("bug")
    mistake.__context__ = away
    assert outage(mistake) is None


def test_a_refusal_is_one_line_in_the_log(database, monkeypatch):
    [handler] = [h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
    printed = io.StringIO()
    monkeypatch.setattr(handler, "stream", printed)
    client = Client()
    client.force_login(make_user("village_worker", "141124104201"))
    assert client.get("/users/").status_code == 403
    [line] = printed.getvalue().splitlines()
    assert line.endswith("Forbidden (Permission denied): /users/")


def test_a_browser_that_asks_for_an_icon_gets_one(database):
    answered = Client().get("/favicon.ico")
    assert answered.status_code == 302
    assert answered["Location"] == "/static/ui/icon.svg"
