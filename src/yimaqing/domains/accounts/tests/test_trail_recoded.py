"""After a merger or a renumbering the trail of the old place is read by those of the new one."""

import datetime as dt

import pytest
from django.db import connections
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.audit.actions import record
from yimaqing.domains.audit.queries import openings_of
from yimaqing.domains.audit.verification import verify
from yimaqing.domains.places.actions import recode
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.kit.rowscope import Scope, scoped, set_scope

COUNTY, OTHER_COUNTY = "141124000000", "141102000000"
OLD, NEW, NEXT = "141124104000", "141124110000", "141124111000"
VILLAGE = "141124104201"
PLACES = [
    (COUNTY, "临县", 3, "county"),
    (OTHER_COUNTY, "离石区", 3, "county"),
    (OLD, "白文镇", 4, "township"),
    (NEW, "城庄镇", 4, "township"),
    (NEXT, "兔坂镇", 4, "township"),
    (VILLAGE, "白文村", 5, "village"),
    ("141102104000", "信义镇", 4, "township"),
]


@pytest.fixture
def places(database):
    Place.objects.using("owner").bulk_create(
        Place(code=code, name=name, level=level, kind=kind) for code, name, level, kind in PLACES
    )


def _open(place, household_id=None, name="registry.file_opened"):
    record(
        action=name,
        by=None,
        actor="system:test",
        place_code=place,
        household_id=household_id,
        using="owner",
    )


def _recode(old, new, on=dt.date(2026, 3, 1)):
    recode(old, new, on=on, reason="民发〔2026〕1号")


def _seen(client, query=""):
    page = client.get(f"/audit/?action=registry.file_opened&{query}")
    return [line.entry.place_code for line in page.context["lines"]]


def _auditor(client, place):
    client.force_login(make_user("auditor", place))


def test_an_auditor_of_the_new_place_reads_what_was_done_in_the_old(client, places):
    _open(VILLAGE)
    _open(NEXT)
    _auditor(client, NEW)
    assert _seen(client) == []
    _recode(OLD, NEW)
    _open(VILLAGE.replace("104", "110"))
    assert _seen(client) == ["141124110201", VILLAGE]
    assert _seen(client, f"place={NEW}") == ["141124110201", VILLAGE]
    assert _seen(client, "place=141124110201") == ["141124110201", VILLAGE]
    assert _seen(client, f"place={OLD}") == [VILLAGE]
    assert _seen(client, f"place={NEXT}") == []


def test_what_follows_several_recodes_is_found_too(client, places):
    _open(VILLAGE)
    _recode(OLD, NEW)
    _recode(NEW, NEXT, dt.date(2026, 5, 1))
    _auditor(client, NEXT)
    assert _seen(client) == [VILLAGE]


def test_a_part_of_what_moved_brings_only_its_own_past(client, places):
    _open(VILLAGE)
    _open("141124104202")
    _recode(OLD, NEW)
    moved = Place.objects.get(code="141124110201")
    _auditor(client, NEW)
    assert _seen(client, f"place={moved.code}") == [VILLAGE]


def test_a_township_that_goes_to_another_county_takes_its_trail_along(client, places):
    _open(VILLAGE)
    _recode(OLD, "141102104000")
    _auditor(client, OTHER_COUNTY)
    assert _seen(client) == [VILLAGE]
    _auditor(client, COUNTY)
    assert _seen(client) == [VILLAGE], "what happened in the county stays in its trail"


def test_nobody_else_sees_it(client, places):
    _open(VILLAGE)
    _recode(OLD, NEW)
    _auditor(client, NEXT)
    assert _seen(client) == []


def test_a_code_that_is_given_out_again_hides_its_new_life(client, places):
    _open(VILLAGE)
    _recode(OLD, NEW, timezone.localdate() - dt.timedelta(days=1))
    Place.objects.using("owner").filter(code__startswith="141124104").update(valid_to=None)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER append_only")
        cursor.execute("UPDATE audit_entry SET at = at - interval '9 days'")
    _open(VILLAGE)
    _auditor(client, NEW)
    assert len(_seen(client)) == 1


def test_sealed_entries_are_not_touched(client, places):
    _open(VILLAGE)
    _recode(OLD, NEW)
    _auditor(client, NEW)
    assert _seen(client) == [VILLAGE]
    assert verify().intact


def test_the_scope_of_the_request_is_as_before_after_the_trail_was_read(client, places):
    household = make_household(place_code=VILLAGE)
    _open(VILLAGE, household.pk)
    _recode(OLD, NEW)
    scope = Scope(ranges=(("141124110", "141124111"),))
    with scoped(scope), connections["default"].cursor() as cursor:
        assert [e.place_code for e in openings_of(household.pk)] == [VILLAGE]
        cursor.execute("SELECT current_setting('yimaqing.ranges')")
        assert cursor.fetchone() == (scope.settings()["yimaqing.ranges"],)
        set_scope(Scope.nothing())
