"""A county changes its rules: tried on the data, submitted by one, published by another.

Cast: 赵刚 and 陈静, officers of 临县; a household in 白文村 with 25 litres of water a head a day.
"""

import pytest

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring.actions import run
from yimaqing.domains.monitoring.models import RulesetVersion
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household

COUNTY, TOWNSHIP, VILLAGE = "141124000000", "141124104000", "141124104201"
PASSWORD = "白文村的核桃熟了2026"
PLACES = (
    (COUNTY, "临县", 3, "county", ""),
    (TOWNSHIP, "白文镇", 4, "township", COUNTY),
    (VILLAGE, "白文村", 5, "village", TOWNSHIP),
)


@pytest.fixture
def county(site):
    for code, name, level, kind, parent in PLACES:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )
    make_household(place_code=VILLAGE, readings={"water.quantity": 25.0})
    for name, shown in (("zhaogang", "赵刚"), ("chenjing", "陈静")):
        make_user("county_officer", COUNTY, username=name, password=PASSWORD, display_name=shown)
    run()
    return site


def log_in(browser, address, name):
    page = browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 800}).new_page()
    page.goto(address + "/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.button-primary")
    page.wait_for_load_state()
    return page


def test_a_threshold_is_changed_with_a_preview_and_published_by_two(county, browser):
    page = log_in(browser, county.address, "zhaogang")
    page.goto(county.address + "/warnings/rules/versions/")
    page.click("text=修改临县的规则")
    page.click("summary:has-text('饮水安全四项')")
    litres = "[name='threshold.water.quantity.1411']"
    page.fill(litres, "三十")
    page.fill("[name=source]", "临政办〔2026〕3号第二条（测试）")
    page.click("text=保存并试算")
    assert page.locator("text=请填 0 到 10000 之间的数").count() == 1
    page.fill(litres, "30")
    page.click("text=保存并试算")
    page.wait_for_selector("#effect ol li")
    assert "白文村" in page.locator("#effect ol").inner_text()
    assert "新进入" in page.locator("#effect ol").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.fill("[name=reason]", "按县里文件")
    page.click("button[value=submit]")
    page.wait_for_selector("text=已提交，等另一人确认。")
    assert page.locator("button[value=publish]").count() == 0
    other = log_in(browser, county.address, "chenjing")
    other.goto(page.url)
    assert "*" in other.locator("#effect ol a").inner_text()  # the head's name is masked
    other.click("button[value=publish]")
    other.wait_for_selector("text=已发布；到生效日起按新规则评判。")
    version = RulesetVersion.objects.using("owner").get()
    assert version.state == "published"
    other.click("text=全文")
    assert "水量不少于30升/人·日" in other.locator("main").inner_text()
