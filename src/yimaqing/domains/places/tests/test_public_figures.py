"""What strangers read of several levels never adds up to a count that one of them hides."""

import json
import random

import pytest
from django.db import connection

from yimaqing.domains.places.models import Place, PlaceYear

COUNTY = "141124000000"
YEAR = 2020


def plant(townships):
    """A county's yearly files; a village of None has sent none. Upper files are true sums."""
    places, years = [place(COUNTY, 3, "")], []
    for t, villages in enumerate(townships, start=100):
        township = f"141124{t}000"
        places.append(place(township, 4, COUNTY))
        for v, population in enumerate(villages, start=201):
            village = f"141124{t}{v}"
            places.append(place(village, 5, township))
            if population is not None:
                years.append(file(village, population))
        years.append(file(township, sum(v or 0 for v in villages)))
    years.append(file(COUNTY, sum(v or 0 for t in townships for v in t)))
    Place.objects.using("owner").bulk_create(places)
    PlaceYear.objects.using("owner").bulk_create(years)


def place(code, level, parent):
    kind = {3: "county", 4: "township", 5: "village"}[level]
    return Place(code=code, name=code, level=level, kind=kind, parent_code=parent)


def file(code, population):
    return PlaceYear(place_id=code, year=YEAR, population=population, source="村表")


def told(code):
    """The population on a place's public card: a number, None (too few), or KeyError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT places_public_card(%s, 0) #> '{years,0}'", [code])
        (year,) = cursor.fetchone()
    return json.loads(year)["population"]


def bounds(shown):
    """What a reader who knows the rule learns from one card."""
    return (0, 9) if shown is None else (max(10, shown - 5), shown + 4)


def learned(township, villages):
    """The villages' ranges after taking all others from the township; None: sent no file."""
    low, high = township
    ranges = [bounds(told(v)) if known else (0, float("inf")) for v, known in villages]
    return [
        (
            max(one[0], low - sum(r[1] for r in ranges) + one[1]) if one[1] < 1e9 else one[0],
            min(one[1], high - sum(r[0] for r in ranges) + one[0]),
        )
        for one in ranges
    ]


def test_a_township_less_its_villages_is_not_the_hidden_village(database):
    plant([[48, 5]])
    assert told("141124100201") == 50
    assert told("141124100202") is None
    assert told("141124100000") == 50  # not 53: the sum of what the villages tell
    assert told(COUNTY) == 50


def test_five_villages_of_nine_are_not_given_away_by_forty_five(database):
    """Rounded by itself the township would be "about 50", 45 at least: nine in each."""
    plant([[9, 9, 9, 9, 9]])
    assert told("141124100000") is None


def test_zero_is_told_like_nine(database):
    plant([[0, 200], [9, 200]])
    assert told("141124100201") is told("141124101201") is None
    assert told("141124100000") == told("141124101000") == 200


def test_a_village_without_a_file_leaves_its_township_its_own_figure(database):
    plant([[120, 130, None]])
    assert told("141124100000") == 250
    township = PlaceYear.objects.using("owner").filter(place_id="141124100000")
    township.update(population=313)
    assert told("141124100000") == 310
    assert told(COUNTY) == 310


@pytest.mark.parametrize("seed", range(4))
def test_no_subtraction_yields_an_exact_small_count(database, seed):
    dice = random.Random(seed)  # noqa: S311 - sizes of villages
    townships = [
        [
            dice.choice([None, dice.randrange(10), 9, 9, 0, dice.randrange(60), 14, 24, 10, 15])
            for _ in range(dice.randrange(1, 9))
        ]
        for _ in range(12)
    ]
    plant(townships)
    pinned = []
    for t, sizes in enumerate(townships, start=100):
        villages = [(f"141124{t}{v}", size is not None) for v, size in enumerate(sizes, 201)]
        own = told(f"141124{t}000")
        if None in sizes:
            ranges = learned(bounds(own), villages)
        else:  # known beforehand: what the villages tell, added up
            assert (own or 0) == sum(told(code) or 0 for code, _ in villages)
            continue
        pinned += [
            r for r, size in zip(ranges, sizes, strict=True) if size is not None and r[0] >= r[1]
        ]
    assert not pinned


def test_an_average_of_few_people_is_not_told_and_of_many_not_exactly(database):
    plant([[8, 120]])
    PlaceYear.objects.using("owner").update(net_income_per_capita_fen=1_234_567)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (places_public_card(code, 0) #>> '{years,0,net_income_per_capita_fen}')::numeric"
            " FROM places_place WHERE level = 5 ORDER BY code"
        )
        assert [row[0] for row in cursor.fetchall()] == [None, 1_230_000]
