"""Take the README's screenshots from a running demonstration, or those of the drawings.

    make demo        # in one terminal
    .venv/bin/python docs/screenshots.py [http://127.0.0.1:8000]
    .venv/bin/python docs/screenshots.py drawings    # needs only the built style sheet

Reads the demonstration's log-ins from ``$YIMAQING_HOME/demo.json``; writes docs/images/.
The drawings (docs/drawings/) wear the product's own sheet, put beside them as app.css.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).parent / "images"
DRAWINGS = Path(__file__).parent / "drawings"
BUILT = Path(__file__).parents[1] / "src/yimaqing/ui/static/build"
HOME = Path(os.environ.get("YIMAQING_HOME", "var"))
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
# Of each drawing the states pictured, by width: all where it is used, some where it also has to do.
DRAWN = {
    360: {"workers-day": ["", "entry", "empty", "error"], "officers-desk": ["", "open"]},
    1440: {"workers-day": [""], "officers-desk": ["", "empty", "error"]},
}


def main(address: str) -> None:
    """Log in as the roles that the pictures are about, and take them; or take the drawings."""
    IMAGES.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=QUIET)
        if address == "drawings":
            _drawings(browser)
            return
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


def _drawings(browser: Browser) -> None:
    """The states of the drawings, each page whole."""
    manifest = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    shutil.copyfile(BUILT / manifest["ui/entries/app.ts"]["css"][0], DRAWINGS / "app.css")
    for size in (PHONE, DESK):
        for name, states in DRAWN[size["width"]].items():
            for state in states:
                page = browser.new_page(viewport=size)
                page.goto(f"{(DRAWINGS / name).as_uri()}.html#{state or 'ordinary'}")
                # The window grows with the page: a bar that sticks below stays below.
                whole = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": size["width"], "height": whole})
                page.evaluate("scrollTo(0, 0)")
                _keep(page, "-".join(filter(None, (name, state, str(size["width"])))))
                page.close()


def _logged_in(
    browser: Browser, address: str, name: str, size: ViewportSize, language: str
) -> Page:
    password = json.loads((HOME / "demo.json").read_text(encoding="utf-8"))["passwords"][name]
    context = browser.new_context(viewport=size, locale="zh-CN")
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
