"""The trail says who, what and why in the reader's language, without internal numbers."""

import pytest
from django.db import connections
from django.utils import translation

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.actions import record
from yimaqing.domains.audit.queries import Entry, Wording, raw
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.domains.registry.views import CAME_FROM
from yimaqing.kit.rowscope import Scope, scoped

COUNTY, VILLAGE = "141124000000", "141124104201"


@pytest.fixture
def village(database):
    for code, name, level, kind in (
        (COUNTY, "临县", 3, "county"),
        (VILLAGE, "白文村", 5, "village"),
    ):
        Place.objects.using("owner").create(code=code, name=name, level=level, kind=kind)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM audit_entry")


def entry(action, *, by=None, actor="", purpose="", **more):
    record(action=action, by=by, actor=actor, purpose=purpose, using="owner", **more)
    return Entry.objects.using("owner").order_by("-id").first()


def said(one, language="en"):
    with translation.override(language), scoped(Scope.everything()):
        words = Wording([one])
        facts = words.facts(one.before) + words.facts(one.after)
        return words.actor(one), words.act(one), words.subject(one), words.purpose(one), facts


def test_a_target_names_its_figure_and_who_set_it(village):
    one = entry(
        "cockpit.target_set",
        actor="system:targets",
        place_code=COUNTY,
        subject=("measure", "colour.yellow"),
        after={"bound": "most", "value": 250, "due_on": "2026-12-31"},
    )
    actor, act, subject, _why, facts = said(one)
    assert (actor, act) == ("System (Set a target of the cockpit)", "Set a target of the cockpit")
    assert subject == "Indicator Yellow warning"
    assert dict(facts) == {"Goal": "≤", "Value": "250", "Due": "Dec. 31, 2026"}
    assert said(one, "zh-hans")[:3] == (
        "系统（设定驾驶舱目标）",
        "设定驾驶舱目标",
        "指标 黄色预警户",
    )


@pytest.mark.parametrize("came_from", [*CAME_FROM.values(), "日常工作", "记读数", "更正"])
def test_a_purpose_that_the_product_wrote_is_said_in_the_readers_language(village, came_from):
    one = entry("registry.file_opened", actor="system:test", purpose=came_from)
    assert said(one)[3].isascii()
    assert said(one, "zh-hans")[3] == came_from


def test_a_scan_is_said_in_the_readers_language(village):
    one = entry("codes.scanned", actor="system:test", purpose="扫码", after={"outcome": "shown"})
    assert said(one)[3:] == ("Scanned the code", [("Outcome of the scan", "shown")])


@pytest.mark.parametrize(
    ("action", "purpose", "shown"),
    [
        ("registry.household_corrected", "更正", "更正"),
        ("accounts.assigned", "日常工作", "日常工作"),
        ("registry.unmasked", "other: 名单", "名单"),
        ("registry.unmasked", "visit", "Check at the household"),
    ],
)
def test_what_a_person_typed_stays_as_typed(village, action, purpose, shown):
    assert said(entry(action, actor="system:test", purpose=purpose))[3] == shown


def test_households_codes_and_places_go_by_the_numbers_that_people_know(village):
    home = make_household(place_code=VILLAGE)
    person = add_person(home, name="李梅")
    code = make_code("household", VILLAGE, home.pk)
    of = {"place_code": VILLAGE, "household_id": home.pk, "by": make_user()}
    shown = [
        said(entry("registry.file_opened", subject=("household", home.pk), **of))[2],
        said(entry("registry.unmasked", subject=("person", person.pk), **of))[2],
        said(entry("codes.scanned", subject=("code", code.pk), **of))[2],
        said(entry("places.place_added", subject=("place", VILLAGE), **of))[2],
    ]
    assert shown == [
        f"Household {home.household_number}",
        f"Member of household {home.household_number}",
        f"Code {printed_number(code.pk)}",
        f"Place 白文村 {VILLAGE}",
    ]


def test_internal_numbers_stay_in_the_entry_as_recorded(village):
    one = entry(
        "accounts.assigned",
        actor="system:user",
        subject=("user", 5),
        after={"assignment": 77, "role": "auditor", "starts_on": "2026-01-01", "ends_on": None},
    )
    assert dict(said(one)[4]) == {"Role": "Auditor", "From": "Jan. 1, 2026", "Until": "—"}
    assert '"assignment": 77' in raw(one)


def test_an_act_that_no_enabled_domain_names_is_shown_as_kept(village):
    one = entry("gone.done", actor="system:gone", subject=("thing", 3), after={"x": [1, True]})
    assert said(one) == ("System (gone)", "gone.done", "thing", "", [("x", "1、Yes")])


@pytest.mark.parametrize("typed", ["2020-02-30", "2020-99-99", "２０２０-０１-０１", "2020-03-02"])
def test_what_somebody_typed_is_never_taken_for_a_day(village, typed):
    one = entry(
        "registry.household_corrected",
        actor="system:import",
        place_code=VILLAGE,
        subject=("household", 1),
        before={"address": ""},
        after={"address": typed, "ends_on": typed},
    )
    values = dict(said(one)[4]).values()
    assert typed in values
    assert len(values) == 2
