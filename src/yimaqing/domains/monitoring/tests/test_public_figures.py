"""Warned households as strangers read them: rounded, for whole counties only."""

import datetime as dt
import json

import pytest
from django.db import connection

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.models import User
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.monitoring.models import Warning as HouseholdWarning
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.indicators import INDICATORS

COUNTY, VILLAGE = "141124000000", "141124104201"


def told(place, function="public"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT monitoring_place_{function}(%s, 0)", [place])
        (value,) = cursor.fetchone()
    return value and json.loads(value)


@pytest.fixture
def warned(database):
    """Twelve households without safe water and one with a fallen income."""
    for code, level, kind in ((COUNTY, 3, "county"), (VILLAGE, 5, "village")):
        Place.objects.using("owner").create(code=code, name=kind, level=level, kind=kind)
    for number in range(13):
        indicator, colour, rank = ("water", "red", 1) if number < 12 else ("income", "orange", 2)
        HouseholdWarning.objects.using("owner").create(
            place_code=VILLAGE,
            household_id=make_household(place_code=VILLAGE, head_name=f"户{number}").pk,
            rule_code="r",
            indicator=indicator,
            scheme="2020",
            colour=colour,
            colour_rank=rank,
            ruleset_version="1",
            text_zh="",
            text_en="",
            since=dt.date(2020, 3, 1),
            act_by=dt.date(2020, 4, 1),
        )


def test_a_county_tells_tens_and_every_cell_whether_or_not_anybody_is_in_it(warned):
    others = [code for code in INDICATORS if "." not in code and code != "water"]
    shown = told(COUNTY)
    assert shown["colours"] == {"red": 10, "orange": None, "yellow": None}
    assert shown["indicators"] == {"water": 10} | dict.fromkeys(others)


def test_a_village_does_not_tell_strangers_how_many_are_warned(warned):
    assert told(VILLAGE) is None


def test_a_county_officer_reads_exact_figures_on_the_card_and_a_stranger_about(client, warned):
    code = make_code("county", COUNTY)
    assert (
        '<span class="about">约</span><b>10</b>' in client.get(f"/c/{code.token}").content.decode()
    )
    client.force_login(User.objects.get(pk=make_user("county_officer", COUNTY).pk))
    page = client.get(f"/c/{code.token}").content.decode()
    assert "<b>12</b>" in page
    assert "约" not in page
