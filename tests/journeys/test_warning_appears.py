"""A warning shows up on the page that a worker has open, and goes again, without a reload.

Cast: 李明 of 白文村 has his list of warnings open on the phone; his colleague 赵强 visits 王秀英.
"""

import datetime as dt

from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.actions import record_reading
from yimaqing.domains.registry.factories import make_household
from yimaqing.kit.rowscope import Scope, scoped

VILLAGE = "141124104201"
PASSWORD = "白文村的核桃熟了2026"
SOON = 12_000  # ms: the page looks every three seconds; a laden machine is slow


def test_the_open_list_shows_what_a_colleague_has_just_seen(site, phone):
    Place.objects.using("owner").create(code=VILLAGE, name="白文村", level=5, kind="village")
    home = make_household(
        place_code=VILLAGE,
        readings={"housing": "A"},
        observed_at=timezone.now() - dt.timedelta(days=30),
    )
    make_user("village_worker", VILLAGE, username="liming", password=PASSWORD)
    zhao = make_user("village_worker", VILLAGE, username="zhaoqiang")

    def visit(grade):
        with scoped(Scope.everything(zhao.pk)):
            record_reading(
                household=home,
                indicator="housing",
                value=grade,
                observed_at=timezone.now(),
                source="入户查看",
                by=zhao,
            )

    phone.goto(site.address + "/login/?next=/warnings/")
    phone.fill("[name=username]", "liming")
    phone.fill("[name=password]", PASSWORD)
    phone.click("main button.button-primary")
    phone.wait_for_selector("#found")
    phone.evaluate("window.opened = true")
    assert phone.get_by_text("住在危房").count() == 0
    visit("D")
    phone.get_by_text("住在危房").wait_for(timeout=SOON)
    assert phone.get_by_text("D 级整栋危险").is_visible()
    visit("rebuilt")
    phone.get_by_text("住在危房").wait_for(state="detached", timeout=SOON)
    assert phone.evaluate("window.opened") is True
