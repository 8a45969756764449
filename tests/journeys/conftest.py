"""A real browser on the real web service, over one test's database."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import Browser, Page, sync_playwright

# Playwright's loop runs in this thread; the fixtures beside it use the database as usual.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
READY_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Site:
    """The running web service: its address, and how to ask the command line beside it."""

    address: str
    environment: dict[str, str]
    passwords: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, expect: int = 0, given: str = "") -> str:
        """Run ``yimaqing`` with ``words`` as an operator would, typing ``given``; its output."""
        command = [str(Path(sys.executable).with_name("yimaqing")), *words]
        done = subprocess.run(
            command,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def built_static(tmp_path_factory):
    """Static files collected once for all journeys."""
    folder = tmp_path_factory.mktemp("static")
    with_root = settings.STATIC_ROOT
    settings.STATIC_ROOT = folder
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    finally:
        settings.STATIC_ROOT = with_root
    return folder


@pytest.fixture
def site(database, built_static) -> Iterator[Site]:
    """The web service under granian, as `yimaqing serve` starts it."""
    port = _free_port()
    (database.home / "static").symlink_to(built_static)
    address = f"http://127.0.0.1:{port}"
    environment = database.environment | {"YIMAQING_PUBLIC_URL": address, "YIMAQING_DEMO": "1"}
    log = (database.home / "web.log").open("wb")
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "4"]
    web = subprocess.Popen(
        [*command, "yimaqing.config.wsgi:application"],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_ready(address, web)
        yield Site(address, environment)
    finally:
        web.terminate()
        web.wait(timeout=20)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium, headless."""
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def phone(browser) -> Iterator[Page]:
    """A page as wide as a cheap phone."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser) -> Iterator[Page]:
    """A page on an office screen."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(address: str, web: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < end:
        assert web.poll() is None, f"the web service ended with {web.returncode}"
        try:
            urllib.request.urlopen(address + "/i18n/setlang/", timeout=2)  # noqa: S310
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"{address} did not answer ({os.getpid()})")
