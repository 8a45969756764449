"""A worker at a door: scans, reads, opens a part in place; and goes on when the database was away.

Cast: 王工, who works in 白文村; 王秀英's household; the operator who restarts the database.
"""

import pytest

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

VILLAGE = "141124104201"
PASSWORD = "白文村的核桃熟了2026"


@pytest.fixture
def code(database):
    for level, (number, name) in enumerate(
        (("141124000000", "临县"), ("141124104000", "白文镇"), (VILLAGE, "白文村")), start=3
    ):
        kind = {3: "county", 4: "township", 5: "village"}[level]
        Place.objects.using("owner").create(code=number, name=name, level=level, kind=kind)
    home = make_household(place_code=VILLAGE, members=[{"name": "刘建国", "relation": "spouse"}])
    make_user("village_worker", VILLAGE, username="wanggong", password=PASSWORD)
    return make_code("household", VILLAGE, home.pk)


def test_a_worker_opens_a_part_of_the_file_on_the_card(site, phone, code):
    refused = []
    phone.on("console", lambda line: refused.append(line.text) if "Policy" in line.text else None)

    # He scans before he has logged in, and is brought back to the same card.
    phone.goto(f"{site.address}/c/{code.token}")
    assert "王**" not in phone.content()
    phone.get_by_text("工作人员登录").click()
    phone.locator("[name=username]").fill("wanggong")
    phone.locator("[name=password]").fill(PASSWORD)
    phone.locator("main [type=submit], main button").first.click()
    phone.wait_for_url(f"**/c/{code.token}")
    assert "王**" in phone.inner_text("h1")

    phone.get_by_text("家庭成员", exact=True).click()
    phone.wait_for_selector("details[open] table")
    assert "刘**" in phone.inner_text("details[open]")
    assert phone.locator("details[open] button").count() == 0
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert phone.evaluate(wide)
    assert refused == []

    phone.get_by_text("查看户档案").click()
    phone.wait_for_url("**/households/**")


def test_without_script_the_file_is_a_link_and_nothing_else_is_offered(site, browser, code):
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site.address}/login/?next=/c/{code.token}")
    page.locator("[name=username]").fill("wanggong")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit], main button").first.click()
    assert not page.get_by_text("收入", exact=True).is_visible()
    page.get_by_text("查看户档案").click()
    page.wait_for_url("**/households/**")
    context.close()


def test_the_service_goes_on_when_its_connections_were_cut(site, phone, code, database):
    address = f"{site.address}/c/{code.token}"
    phone.goto(address)
    database.cluster.superuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        f" WHERE datname = '{database.name}' AND application_name = 'yimaqing scan'"
    )
    assert phone.goto(address).status == 200
    assert "白文村" in phone.inner_text("h1")
