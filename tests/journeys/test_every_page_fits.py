"""Every page that a menu or a list leads to fits a cheap phone, in both languages and sizes.

Cast: officer 周县长 and leader 吴市长 on their phones, 李明 in the village with the longest name,
the auditor and the administrator; households with long names, warned and not; a stranger.
"""

import re
from urllib.parse import urlsplit

import pytest

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.work.factories import make_todo

PREFECTURE, COUNTY, TOWNSHIP = "141100000000", "141124000000", "141124104000"
VILLAGE = "141124104201"
PASSWORD = "白文村的核桃熟了2026"
PLACES = (
    ("140000000000", "山西省", 1, "province", ""),
    (PREFECTURE, "吕梁市", 2, "prefecture", "140000000000"),
    (COUNTY, "临县", 3, "county", PREFECTURE),
    (TOWNSHIP, "白文镇", 4, "township", COUNTY),
    (VILLAGE, "前东旺坪易地扶贫搬迁安置社区居民委员会", 5, "village", TOWNSHIP),
    ("141124104202", "曜头村委会", 5, "village", TOWNSHIP),
)
CAST = {
    "wushizhang": ("leader", PREFECTURE),
    "zhouxianzhang": ("county_officer", COUNTY),
    "liming": ("village_worker", VILLAGE),
    "shenji": ("auditor", PREFECTURE),
    "guanli": ("administrator", PREFECTURE),
}
FAIL = {"food": "fail", "housing": "D", "water": "fail", "medical": "uninsured", "income": 2980.5}
MISFITS = """() => {
  const width = document.documentElement.clientWidth;
  const named = (e) => `${e.localName}.${e.getAttribute('class') ?? ''} ${e.textContent.trim().slice(0, 20)}`;
  const wide = [...document.querySelectorAll('body *')].filter((e) => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility() && box.width > 0 && box.right > width + 1 && !e.closest('.table-scroll, .skip-link');
  });
  const page = document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : [];
  const bars = [...document.querySelectorAll('nav, .chips, .tabs, .pager')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1);
  const bar = document.querySelector('.topbar');
  const ordinary = document.documentElement.dataset.type !== 'large';
  if (bar && ordinary && bar.offsetHeight > 112) page.push(`the top bar is ${bar.offsetHeight} px high`);
  return [...page, ...[...wide, ...bars].slice(0, 5).map(named)];
}"""
# Links in running text and in tables are as high as their line (WCAG 2.5.8 excepts them).
LOW = """() => [...document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')]
  .filter((e) => {
    const box = e.getBoundingClientRect();
    if (!e.checkVisibility() || !box.width || e.closest('p, dd, dt, td, th, svg, .skip-link')) return false;
    return Math.max(box.height, e.closest('label')?.getBoundingClientRect().height ?? 0) < 47.5;
  }).map((e) => `${e.localName}.${e.getAttribute('class') ?? ''} ${e.textContent.trim().slice(0, 20)}`)"""
# A word that goes on in the next line without a hyphen; addresses and numbers may.
BROKEN = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const within = walk.currentNode.parentElement;
    if (!within.checkVisibility() || within.closest('.code')) continue;
    for (const word of walk.currentNode.data.matchAll(/[A-Za-z]{3,}/g)) {
      const range = document.createRange();
      range.setStart(walk.currentNode, word.index);
      range.setEnd(walk.currentNode, word.index + word[0].length);
      const rows = [...range.getClientRects()].filter((box) => box.width);
      if (new Set(rows.map((box) => Math.round(box.top))).size > 1) found.push(word[0]);
    }
  }
  return found;
}"""
LINKS = "() => [...document.querySelectorAll('a[href]')].map((a) => a.href)"


@pytest.fixture
def county(site):
    """A county with its cast, three warned households and one that is well, judged once."""
    for code, name, level, kind, parent in PLACES:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )
    member = {"name": "刘建国", "relation": "spouse"}
    for head in ("阿卜杜热合曼·买买提依明", "王秀英", "欧阳春花"):
        home = make_household(
            place_code=VILLAGE,
            head_name=head,
            members=[member],
            readings=FAIL,
            address="村西头" * 9,
        )
        make_todo(place_code=VILLAGE, household_id=home.pk)
    make_household(place_code=VILLAGE, head_name="李四", readings={"housing": "A"})
    for name, (role, place) in CAST.items():
        make_user(role, place, username=name, password=PASSWORD, display_name="欧阳建国" * 3)
    site.run("monitoring", "run")
    return site, home, make_code("household", VILLAGE, home.pk)


def log_in(page, address, name):
    page.goto(address + "/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit], main button.button-primary")
    page.wait_for_load_state()


def shape_of(address):
    """An address without its numbers: one file stands for all."""
    return re.sub(r"\d+", "N", urlsplit(address).path)


def pages_from(page, start, seen):
    """Pages reachable by links, one of each shape; files and other sites are left out."""
    waiting = [start]
    while waiting:
        address = waiting.pop(0)
        shape = shape_of(address)
        if shape in seen:
            continue
        answer = page.goto(address)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        seen.add(shape)
        yield address
        page.goto(address)
        waiting += [
            one
            for one in page.evaluate(LINKS)
            if one.startswith(start)
            and not re.search(r"\.(csv|svg|png|json)$|/paper/$", urlsplit(one).path)
        ]


def looks(context, address):
    """Each language in each size, set as the switches set them."""
    for language in ("zh-hans", "en"):
        for large in ("0", "1"):
            context.add_cookies(
                [
                    {"name": "django_language", "value": language, "url": address},
                    {"name": "yimaqing_large_type", "value": large, "url": address},
                ]
            )
            yield language + (" large" if large == "1" else "")


def misfits(page, addresses, site):
    found = {}
    for look in looks(page.context, site.address):
        for address in addresses:
            page.goto(address)
            wrong = page.evaluate(MISFITS)
            if look == "zh-hans":
                wrong += [f"lower than a finger: {one}" for one in page.evaluate(LOW)[:5]]
            if look.startswith("en"):
                wrong += [f"broken word: {one}" for one in page.evaluate(BROKEN)[:5]]
            if wrong:
                found[f"{look} {urlsplit(address).path}"] = wrong
    return found


def test_no_page_scrolls_sideways_and_every_target_fits_a_finger(county, browser):
    site, _home, _code = county
    seen: set[str] = set()
    wrong: dict[str, list[str]] = {}
    for name in CAST:
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
        page = context.new_page()
        log_in(page, site.address, name)
        # The top bar differs by role: each one's first page is looked at again.
        addresses = [*pages_from(page, site.address + "/", seen - {"/"})]
        seen |= {shape_of(one) for one in addresses}
        wrong |= misfits(page, addresses, site)
        context.close()
    assert len(seen) >= 20, sorted(seen)
    assert wrong == {}, "\n".join(f"{k}: {v}" for k, v in wrong.items())


def test_a_phone_without_script_reaches_every_entry_from_one_menu(county, browser):
    site, _home, _code = county
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", java_script_enabled=False
    )
    page = context.new_page()
    log_in(page, site.address, "zhouxianzhang")
    page.goto(site.address + "/warnings/")
    entries = page.locator("header .phone-menu nav a")
    assert page.locator("header .topbar-here").inner_text() == "预警"
    assert not entries.first.is_visible()
    page.click("header .phone-menu summary")
    assert entries.count() >= 5
    assert all(one.is_visible() for one in entries.all())
    page.click("header .phone-menu button:has-text('大字')")
    assert page.locator("html[data-type=large]").count() == 1
    context.close()


def test_a_strangers_pages_fit_too(county, browser):
    site, _home, code = county
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = context.new_page()
    paths = ("/login/", f"/c/{code.token}", "/c/nosuchcode", "/no-such-page/")
    assert misfits(page, [site.address + path for path in paths], site) == {}
    context.close()


def test_a_page_that_is_too_wide_or_too_low_is_told(county, phone):
    site, _home, _code = county
    phone.goto(site.address + "/login/")
    assert phone.evaluate(MISFITS) == phone.evaluate(LOW) == []
    phone.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend',"
        " '<div class=far>x</div><button class=low>y</button>');"
        "document.querySelector('.far').style.width = '500px';"
        "document.querySelector('.low').style.height = '32px'"
    )
    assert phone.evaluate(MISFITS)[0] == "the page scrolls sideways"
    assert "button.low y" in phone.evaluate(LOW)[0]


def test_lists_are_walked_by_keys(county, desk):
    site, _home, _code = county
    log_in(desk, site.address, "liming")
    desk.goto(site.address + "/households/")
    lines = desk.locator("main tbody tr")
    for pressed, line in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        desk.keyboard.press(pressed)
        assert lines.nth(line).locator("a:focus").count() == 1
    goal = lines.nth(0).locator("a").first.get_attribute("href").split("?")[0]
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**{goal}*")
    desk.goto(site.address + "/households/")
    desk.click("main details summary")
    field = desk.locator("main input[type=text]:visible, main input:not([type]):visible").first
    field.focus()
    desk.keyboard.press("j")
    assert desk.locator("main tbody a:focus").count() == 0
