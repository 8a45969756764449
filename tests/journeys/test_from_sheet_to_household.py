"""From a county's own sheets to a watched household behind its code.

Cast: the administrator at the terminal; 李明 of 白文村 with a phone; 周县长 at a desk;
a stranger who finds a code on a door. 王秀英's house is of grade D.
"""

import datetime as dt
import json
import re

import pytest

from yimaqing.kit.ids import id_check_digit

TODAY = dt.date.today()
BAIWEN = "141124104201"
DIVISIONS = (
    "code,name,level,parent_code,unit_type\n"
    "140000000000,山西省,province,,\n"
    "141100000000,吕梁市,prefecture,140000000000,\n"
    "141124000000,临县,county,141100000000,\n"
    "141124104000,白文镇,township,141124000000,镇\n"
    "141124104201,白文村,village,141124104000,村委会\n"
    "141124104202,曜头村,village,141124104000,村委会\n"
)
HOUSEHOLDS = (
    "户编号,村编号,户主姓名,户主证件号,登记类别,识别标准,贫困户属性,脱贫状态,主要致贫原因,"
    "家庭人口数,识别年度,脱贫年度,有效标志\n"
)
PERSONS = (
    "人编号,户编号,姓名,性别,证件类型,证件号码,出生日期,与户主关系,民族,健康状况,"
    "是否参加城乡居民基本医疗保险,人员状态\n"
)
LIVING = "户编号,年度,住房面积,住房结构,是否危房户,危房级别,鉴定日期,饮水是否安全\n"
FIRST = "临时口令-请改-141124"
PASSWORD = "白文村的核桃熟了2026"


def id_number(order):
    first17 = f"14119919750214{order:03d}"
    return first17 + id_check_digit(first17)


def households(village=BAIWEN):
    rows = [
        ("86141124000001", village, "王秀英", id_number(1)),
        ("86141124000002", BAIWEN, "李桂花", id_number(2)),
    ]
    tail = "建档立卡户,国家,一般贫困户,脱贫,因病,1,2014,2018,是"
    return HOUSEHOLDS + "".join(",".join((*row, tail)) + "\n" for row in rows)


def persons():
    rows = [("1", "86141124000001", "王秀英", 1), ("2", "86141124000002", "李桂花", 2)]
    return PERSONS + "".join(
        f"8614112400000{i}01,{number},{name},女,居民身份证,{id_number(order)},1975-02-14,"
        "户主,汉族,健康,是,正常\n"
        for i, number, name, order in rows
    )


def living():
    day = TODAY - dt.timedelta(days=20)
    return LIVING + (
        f"86141124000001,{TODAY.year},60,土坯土窑洞,是,D级,{day},是\n"
        f"86141124000002,{TODAY.year},90,砖混,否,A级,{day},是\n"
    )


@pytest.fixture
def county(site, tmp_path):
    """A county whose sheets are in, with its users."""

    def put(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return str(path)

    site.run("divisions", "load", put("d.csv", DIVISIONS))
    for name, display, role, place in (
        ("liming", "李明", "village_worker", BAIWEN),
        ("zhou", "周县长", "leader", "141124000000"),
    ):
        site.run("user", "add", name, "--name", display, "--password-stdin", given=FIRST)
        site.run("user", "assign", name, role, "--place", place, "--reason", "测试")
        site.passwords[name] = FIRST
    wrong = put("户.csv", households(village="141124104299"))
    refused = json.loads(site.run("import", "households", wrong, "--json", expect=1))
    assert (refused["created"], refused["rejected"]) == (1, 1)
    mended = put("户.csv", households(), "gb18030")
    again = json.loads(site.run("import", "households", mended, "--json"))
    assert (again["created"], again["unchanged"], again["rejected"]) == (1, 1, 0)
    site.run("import", "persons", put("人.csv", persons()))
    site.run("import", "living_conditions", put("居住.csv", living()))
    site.run("codes", "issue", "141124000000")
    site.run("monitoring", "run")
    return site


def log_in(page, site, name):
    page.goto(site.address + "/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", site.passwords[name])
    page.click("main button[type=submit], main button.button-primary")
    page.wait_for_load_state()
    if "/password/" in page.url:
        fields = page.locator("main input[type=password]")
        fields.nth(0).fill(site.passwords[name])
        for i in range(1, fields.count()):
            fields.nth(i).fill(PASSWORD)
        page.click("main button[type=submit], main button.button-primary")
        page.wait_for_load_state()
        site.passwords[name] = PASSWORD


def test_the_worker_sees_the_warning_and_mends_the_fact(county, phone):
    log_in(phone, county, "liming")
    phone.goto(county.address + "/warnings/")
    assert phone.get_by_text("住在危房").count() == 1
    assert phone.get_by_text("D 级整栋危险").count() >= 1
    assert phone.get_by_text("王秀英").count() == 0
    phone.get_by_role("link", name=re.compile("王")).first.click()
    phone.get_by_role("link", name="记一条读数").first.click()
    phone.get_by_role("link", name="住房安全").click()
    phone.get_by_label("另有安全住房并实际居住").check()
    phone.get_by_role("button", name="保存").click()
    phone.wait_for_url("**/households/*/")
    phone.goto(county.address + "/warnings/")
    assert phone.get_by_text("住在危房").count() == 0
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_leader_follows_a_red_figure_down_to_the_household(county, desk):
    log_in(desk, county, "zhou")
    desk.goto(county.address + "/cockpit/")
    desk.locator(".figure", has_text="红色预警户").locator("a").first.click()
    desk.wait_for_load_state()
    desk.get_by_role("link", name=re.compile(r"王\*")).first.click()
    desk.wait_for_load_state()
    assert desk.get_by_text("住在危房").count() >= 1
    assert desk.get_by_text("谁看过本档案").count() == 1


def test_a_stranger_learns_nothing_and_the_worker_everything_he_needs(county, phone, browser):
    log_in(phone, county, "liming")
    phone.goto(county.address + "/households/")
    phone.get_by_role("link", name=re.compile(r"王\*")).first.click()
    address = phone.get_by_text("/c/").first.inner_text()
    path = "/c/" + address.rsplit("/c/", 1)[1].strip()
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    stranger = context.new_page()
    stranger.goto(county.address + path)
    text = stranger.inner_text("body")
    assert "白文村" in text
    assert "王" not in text.replace("王家", "")
    assert "危房" not in text
    context.close()
    phone.goto(county.address + path)
    assert "住在危房" in phone.inner_text("body")
