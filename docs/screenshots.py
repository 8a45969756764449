"""Take the README's screenshots from a running demonstration.

    make demo        # in one terminal
    .venv/bin/python docs/screenshots.py [http://127.0.0.1:8000]

Reads the demonstration's log-ins from ``$YIMAQING_HOME/demo.json``; writes docs/images/.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
HOME = Path(os.environ.get("YIMAQING_HOME", "var"))
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}


def main(address: str) -> None:
    """Log in as the roles that the pictures are about, and take them."""
    IMAGES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=QUIET)
        for language in ("zh-hans", "en"):
            _cockpit(browser, address, language)
        _household(browser, address)
        browser.close()


def _cockpit(browser: Browser, address: str, language: str) -> None:
    page = _logged_in(browser, address, "lingdao", DESK, language)
    page.goto(address + "/cockpit/")
    _keep(page, "cockpit-1440" + ("-en" if language == "en" else ""))


def _household(browser: Browser, address: str) -> None:
    """The first warned household of the village worker: its file, and its scanned card."""
    page = _logged_in(browser, address, "cunli", DESK, "zh-hans")
    page.goto(address + "/warnings/")
    page.locator("a[href*='/households/']").filter(has_text="*").first.click()
    page.wait_for_load_state("networkidle")
    _keep(page, "file-1440")
    token = page.get_by_text(re.compile(r"/c/\w+")).first.inner_text().rsplit("/c/", 1)[1]
    page.set_viewport_size(PHONE)
    page.goto(f"{address}/c/{token.strip()}")
    _keep(page, "card-360")


def _logged_in(
    browser: Browser, address: str, name: str, size: dict[str, int], language: str
) -> Page:
    password = json.loads((HOME / "demo.json").read_text(encoding="utf-8"))["passwords"][name]
    context = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type] # a plain mapping is what it takes
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    page = context.new_page()
    page.goto(address + "/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.click("main button[type=submit], main button.button-primary")
    page.wait_for_load_state("networkidle")
    return page


def _keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(name)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
