"""A household's way into monitoring on a worker's phone, and on the desks above.

Cast: 王秀英's household; 王工 of the village with a phone, 赵镇 of the township.
"""

import datetime as dt

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.places.models import Place
from yimaqing.domains.recognition.models import Procedure
from yimaqing.domains.registry.factories import make_household

COUNTY, TOWNSHIP, VILLAGE = "141124000000", "141124104000", "141124104201"
PASSWORD = "白文村的核桃熟了2026"
PLACES = ((COUNTY, "临县", 3, "county"), (TOWNSHIP, "白文镇", 4, "township"))


def log_in(page, address, name):
    page.goto(address + "/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit], main button.button-primary")
    page.wait_for_load_state()


def save(page, **fields):
    """Fill a form of the phone's size; days are today's unless said."""
    for name, value in fields.items():
        page.fill(f"[name={name}]", str(value))
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits)
    page.click("button:has-text('保存')")
    page.wait_for_url("**/recognition/*/")


def test_a_worker_takes_a_household_from_the_application_to_publicity(site, phone, desk):
    for code, name, level, kind in (*PLACES, (VILLAGE, "白文村", 5, "village")):
        Place.objects.using("owner").create(code=code, name=name, level=level, kind=kind)
    home = make_household(place_code=VILLAGE)
    make_user("village_worker", VILLAGE, username="wanggong", password=PASSWORD)
    make_user("township_officer", TOWNSHIP, username="zhaozhen", password=PASSWORD)
    begun = dt.date.today() - dt.timedelta(days=15)

    log_in(phone, site.address, "wanggong")
    phone.goto(f"{site.address}/households/{home.pk}/")
    phone.get_by_text("登记线索").click()
    phone.get_by_label("因意外事故").check()
    save(phone, clue="丈夫务工受伤，家中没有收入", on=begun)
    assert "请先登记农户签字的承诺授权" in phone.inner_text("main")

    for step, fields in (
        ("登记承诺授权", {}),
        ("登记信息比对", {"words": "房产、车辆，一致"}),
        ("登记入户核实", {"words": "属实", "visitors": "王工、队员"}),
        ("登记民主评议", {"present": 20, "in_favour": 18, "against": 2}),
        ("开始公示", {"posted_at": "村委会公示栏"}),
    ):
        phone.click(f"a.button:has-text('{step}')")
        if step == "登记信息比对":
            phone.get_by_label("没有不一致的信息").check()
        if step == "登记入户核实":
            phone.get_by_label("建议纳入", exact=True).check()
        save(phone, on=begun, **fields)
    assert "公示中" in phone.inner_text("main")
    phone.click("summary:has-text('公示内容')")
    assert "12317" in phone.inner_text("main")

    phone.click("a.button:has-text('结束公示并上报')")
    save(phone)
    assert Procedure.objects.using("owner").get().state == "township"

    log_in(desk, site.address, "zhaozhen")
    desk.goto(site.address + "/lists/procedures/?f.step=township")
    desk.locator("tbody input[type=checkbox]").first.check()
    desk.fill("[name=reason]", "材料齐全，同意上报")
    desk.click("button:has-text('乡镇审核通过')")
    desk.wait_for_load_state()
    assert Procedure.objects.using("owner").get().state == "county"
