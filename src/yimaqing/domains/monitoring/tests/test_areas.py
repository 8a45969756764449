"""Which rule set judges where: the smallest region around a place, the newest of it."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.monitoring.rules import Area, shipped
from yimaqing.domains.monitoring.rules.areas import book_of

BASE = shipped(dt.date(2020, 8, 19))
BAIWEN, QIKOU, LISHI = "141124104201", "141124105201", "141102001001"


def of(region, version="1", begins=BASE.effective_from):
    return replace(BASE, region=region, version=version, effective_from=begins, by_code={})


def test_the_smallest_region_around_a_place_judges():
    book = book_of([BASE, of("1411"), of("141124104")])
    assert book.at(BAIWEN).region == "141124104"
    assert book.at(QIKOU).region == "1411"
    assert book.at(LISHI).region == "1411"
    assert book.at("330102001001").region == ""


def test_of_one_region_the_rules_that_begin_last_judge_then_those_made_last():
    later = of("1411", "2", dt.date(2020, 6, 1))
    assert book_of([later, of("1411", "3")]).at(BAIWEN).version == "2"
    assert book_of([of("1411", "1"), of("1411", "2")]).at(BAIWEN).version == "2"


def test_a_place_without_rules_is_told():
    with pytest.raises(LookupError, match="330102"):
        book_of([of("1411")]).at("330102001001")


def test_a_region_has_the_rules_around_it_and_those_inside_of_it():
    book = book_of([BASE, of("1411"), of("141124104"), of("3301")])
    assert [one.region for one in book.within("141124").sets] == ["1411", "141124104"]
    assert [one.region for one in book.within("").sets] == ["", "1411", "141124104", "3301"]


REGIONS = st.lists(
    st.sampled_from(["14", "1411", "141124", "141102", "141124104", "141124104201", "1410"]),
    unique=True,
)


@given(REGIONS, st.sampled_from([BAIWEN, QIKOU, LISHI, "141002001001", "330102001001"]))
def test_every_place_lies_in_one_area_only_which_is_that_of_its_rules(regions, place):
    book = book_of([BASE, *map(of, regions)])
    [(area, ruleset)] = [(a, r) for a, r in book.areas() if a.holds(place)]
    assert ruleset == book.at(place)
    assert place[:6] in area.counties([place[:6]])


def test_a_county_with_rules_of_its_own_is_left_out_of_the_prefectures():
    counties = ["141102", "141124", "330102"]
    assert Area("1411", ("141124",)).counties(counties) == ["141102"]
    assert Area("141124104").counties(counties) == ["141124"]
    assert Area("", ("141124104",)).counties(counties) == counties
