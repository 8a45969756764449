"""The officer's desk by keyboard alone, and the worker's day on a phone.

Cast: 赵刚 in the township, 李明 in the village; two households whose members do not add up.
"""

import pytest

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.work.factories import make_todo
from yimaqing.domains.work.models import Step, Todo
from yimaqing.ui.news import PACE

TOWNSHIP, VILLAGE = "141124104000", "141124104201"
PASSWORD = "白文村的核桃熟了2026"
SOON = 12_000  # ms: the page looks every few seconds; a laden machine is slow
PLACES = (
    ("141124000000", "临县", 3, "county", ""),
    (TOWNSHIP, "白文镇", 4, "township", "141124000000"),
    (VILLAGE, "白文村", 5, "village", TOWNSHIP),
)


def new_todo(number):
    return make_todo(
        place_code=VILLAGE,
        household_id=make_household(place_code=VILLAGE).pk,
        household_number=number,
        declared=3,
        members=4,
    )


@pytest.fixture
def town(site):
    for code, name, level, kind, parent in PLACES:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )
    todos = [new_todo(number) for number in ("860001", "860002")]
    users = {
        name: make_user(role, place, username=name, password=PASSWORD, display_name=shown)
        for name, role, place, shown in (
            ("zhaogang", "township_officer", TOWNSHIP, "赵刚"),
            ("liming", "village_worker", VILLAGE, "李明"),
        )
    }
    return site, todos, users


def log_in(page, address, name):
    page.goto(address + "/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.button-primary")
    page.wait_for_load_state()


def test_lines_are_chosen_opened_and_handed_over_without_a_mouse(town, desk):
    site, (first, second), users = town
    log_in(desk, site.address, "zhaogang")
    desk.goto(site.address + "/todos/")
    # The island is there once x has an effect: it loads when the page is idle.
    desk.keyboard.press("j")
    desk.wait_for_function(
        """() => { document.dispatchEvent(new KeyboardEvent('keydown', {key: 'x', bubbles: true}));
                   return document.querySelector('tbody input[type=checkbox]').checked; }"""
    )
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    assert desk.locator("tbody input:checked").count() == 2
    desk.keyboard.press("x")
    assert desk.locator("tbody input:checked").count() == 1
    desk.keyboard.press("Enter")
    desk.wait_for_selector(f"article[data-todo='{second.pk}']")
    assert desk.url.endswith(f"open={second.pk}")
    assert desk.locator("tbody tr[aria-current]").count() == 1
    desk.keyboard.press("k")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(f"article[data-todo='{first.pk}']")
    desk.focus("#to")
    desk.keyboard.press("ArrowDown")  # the nearest colleague stands first
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("text=已转交给 李明")
    kept = Todo.objects.using("owner").get(pk=first.pk)
    assert (kept.holder_id, kept.held_as) == (users["liming"].pk, "handed")


def test_a_worker_takes_and_ends_one_on_the_phone_and_sees_why_not(town, phone):
    site, (first, _second), users = town
    log_in(phone, site.address, "liming")
    phone.goto(site.address + "/todos/")
    assert phone.locator("h1").inner_text().startswith("今天")
    phone.locator(".desk-what a").first.click()
    phone.wait_for_selector("article[data-todo]")
    phone.wait_for_selector(".desk-list", state="hidden")
    phone.click("article button[value=done]")
    phone.wait_for_selector("text=请写明办理结果")
    phone.fill("#words", "入户核实，已更正")
    phone.click("article button[value=done]")
    phone.wait_for_selector("text=已办结")
    step = Step.objects.using("owner").get(todo=first)
    assert (step.what, step.by_id, step.words) == ("done", users["liming"].pk, "入户核实，已更正")
    assert phone.locator(".desk-table tbody tr").count() == 1


def test_the_open_day_shows_what_has_just_come_and_keeps_what_is_ticked(town, phone):
    site, (first, _second), _users = town
    log_in(phone, site.address, "liming")
    phone.goto(site.address + "/todos/")
    phone.evaluate("window.opened = true")
    rows = phone.locator(".desk-table tbody tr")
    assert rows.count() == 2
    tick = phone.locator(f"input[name=id][value='{first.pk}']")
    new_todo("860003")
    rows.nth(2).wait_for(timeout=SOON)
    tick.check()
    new_todo("860004")
    phone.wait_for_timeout(2 * PACE * 1000)
    assert (rows.count(), tick.is_checked()) == (3, True)
    tick.uncheck()
    rows.nth(3).wait_for(timeout=SOON)
    assert phone.evaluate("window.opened") is True


def test_without_a_script_the_desk_works_all_the_same(town, browser):
    site, (first, _second), _users = town
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    log_in(page, site.address, "zhaogang")
    page.goto(site.address + "/todos/")
    page.locator(".desk-what a").first.click()
    page.click("article button[value=take]")
    assert page.locator("text=已领取，归你办理").count() == 1
    assert Todo.objects.using("owner").get(pk=first.pk).held_as == "taken"
    context.close()
