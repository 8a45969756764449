"""An officer prints a village's labels in the browser and a phone's decoder reads them."""

import os
from pathlib import Path

import numpy as np
import pypdfium2

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.codes.models import LabelRun
from yimaqing.domains.codes.tasks import print_labels
from yimaqing.domains.codes.tests.decoding import symbols
from yimaqing.domains.registry.tests.card_village import COUNTY, VILLAGE, build

PASSWORD = "白文村的核桃熟了2026"


def keep(page, name):
    """A picture for whoever wants to look: ``LOOK=folder``."""
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def logged_in(page, site, username):
    page.goto(f"{site.address}/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit], main form button")
    page.wait_for_url(lambda url: "login" not in url)


def test_from_the_form_to_the_sheet(site, desk, phone, settings):
    settings.DEMO, settings.PUBLIC_URL = True, site.address
    village = build()
    make_user("county_officer", COUNTY, username="zhou", password=PASSWORD)
    for page, size in ((desk, 1440), (phone, 360)):
        logged_in(page, site, "zhou")
        page.goto(f"{site.address}/codes/labels/?place={VILLAGE}")
        keep(page, f"labels-{size}")
        page.get_by_role("button", name="看第一张").click()
        page.get_by_role("heading", name="2 枚标签，1 张纸").wait_for()
        page.wait_for_function(
            "() => [...document.images].every((i) => i.complete && i.naturalWidth)"
        )
        keep(page, f"labels-asked-{size}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    desk.get_by_role("button", name="生成 PDF").click()
    desk.wait_for_url("**/codes/labels/*/")
    keep(desk, "labels-run-1440")
    print_labels(LabelRun.objects.using("owner").get().pk)
    desk.get_by_role("link", name="下载 PDF").wait_for()  # the page looks by itself
    keep(desk, "labels-ready-1440")
    with desk.expect_download() as taken:
        desk.get_by_role("link", name="下载 PDF").click()
    sheet = pypdfium2.PdfDocument(Path(taken.value.path()).read_bytes())[0]
    image = np.ascontiguousarray(sheet.render(scale=200 / 72, grayscale=True).to_numpy())
    tokens = {village.poor_code.token, village.other_code.token}
    assert symbols(image) == {f"{site.address}/c/{token}" for token in tokens}
    desk.goto(f"{site.address}/households/{village.poor.pk}/print/")
    keep(desk, "print-1440")
    phone.goto(f"{site.address}/households/{village.poor.pk}/print/")
    keep(phone, "print-360")
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="生成 PDF").click()
    content = Path(taken.value.path()).read_bytes()
    assert "演示数据" in pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
    if folder := os.environ.get("LOOK"):
        (Path(folder) / "file.pdf").write_bytes(content)
        desk.context.add_cookies([{"name": "django_language", "value": "en", "url": site.address}])
        desk.goto(f"{site.address}/codes/labels/?place={VILLAGE}")
        keep(desk, "labels-en-1440")
