"""Rows of a list without identity numbers find their people, or ask, or find nobody."""

import datetime as dt

import polars as pl
import pytest

from demo.listed import truth
from yimaqing.domains.registry.linkage.lunar import solar_days
from yimaqing.domains.registry.linkage.records import TOLD
from yimaqing.domains.registry.linkage.verdicts import Verdict, find_people

VILLAGE, NEXT = "141124104201", "141124104202"
NUMBER = "14119919580312004"
WANG = {
    "id": 1,
    "name": "王秀英",
    "sex": "female",
    "born": dt.date(1958, 3, 12),
    "place": VILLAGE,
    "id17": NUMBER,
}
LI = {"id": 2, "name": "李建国", "sex": "male", "born": dt.date(1961, 8, 4), "place": VILLAGE}
NAMESAKE = WANG | {"id": 3, "born": dt.date(1983, 11, 27), "id17": None}


def people(*rows):
    return pl.DataFrame(list(rows), schema=TOLD, orient="row")


def found(row, *registered):
    verdict = find_people(people({"place": VILLAGE} | row | {"id": 9}), people(*registered))
    return verdict.get(9)


def levels(row, *registered):
    return found(row, *registered).candidates[0].levels


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({"name": "王秀英"}, "same_name"),
        ({"name": "王 秀英"}, "variant_characters"),
        ({"name": "王秀瑛"}, "same_sound"),
        ({"name": "王英秀"}, "swapped_characters"),
        ({"name": "王秀音"}, "near_sound"),
        ({"name": "王秀梅"}, "one_character_off"),
        ({"name": "王英"}, "one_character_off"),
    ],
)
def test_a_name_written_otherwise_still_finds_her(told, level):
    row = {"sex": "female", "born": WANG["born"]} | told
    one = found(row, WANG, LI)
    assert one.verdict == Verdict.MATCHED
    assert one.candidates[0].record == 1
    assert one.candidates[0].levels["name"] == level


@pytest.mark.parametrize(
    ("told", "level"),
    [
        ({"born": dt.date(1958, 12, 3)}, "day_and_month_turned"),
        ({"born": dt.date(1958, 3, 17)}, "birth_digit_off"),
        ({"born": dt.date(1958, 1, 23)}, "lunar_birthday"),
        ({"birth_year": 1958}, "year_as_told"),
        ({"birth_year": 1959}, "year_one_off"),
        ({"born": dt.date(1958, 10, 25)}, "same_year"),
    ],
)
def test_a_birth_date_told_otherwise_still_finds_her(told, level):
    one = found({"name": "王秀英", "sex": "female"} | told, WANG, LI)
    assert one.verdict == Verdict.MATCHED
    assert one.candidates[0].levels["identity"] == level


def test_a_namesake_born_in_another_year_is_for_somebody_to_look_at():
    one = found({"name": "王秀英", "born": dt.date(1990, 5, 6)}, WANG, LI)
    assert one.verdict == Verdict.UNCERTAIN


def test_of_two_namesakes_nobody_is_taken_for_granted_unless_the_date_tells():
    assert found({"name": "王秀英"}, WANG, NAMESAKE).verdict == Verdict.UNCERTAIN
    both = {one.record for one in found({"name": "王秀英"}, WANG, NAMESAKE).candidates}
    assert both == {1, 3}
    told = found({"name": "王秀英", "born": NAMESAKE["born"]}, WANG, NAMESAKE)
    assert (told.verdict, told.candidates[0].record) == (Verdict.MATCHED, 3)


def test_a_stranger_means_nobody():
    assert found({"name": "赵永胜", "sex": "male", "born": dt.date(1970, 1, 9)}, WANG, LI) is None


def test_a_place_told_less_closely_says_less_and_not_against():
    row = {"name": "王秀英", "born": WANG["born"]}
    assert levels(row | {"place": VILLAGE[:9]}, WANG)["place"] == "township_as_told"
    assert levels(row | {"place": VILLAGE[:6]}, WANG)["place"] == "county_as_told"
    assert levels(row | {"place": NEXT}, WANG)["place"] == "same_township"
    assert "place" not in levels(row | {"place": None}, WANG)


def test_a_number_with_one_digit_off_finds_its_owner():
    wrong = NUMBER[:8] + "6" + NUMBER[9:]
    one = found({"name": "王秀英", "id17": wrong}, WANG, LI)
    assert one.verdict == Verdict.MATCHED
    assert one.candidates[0].levels["identity"] == "id_one_digit_off"


def test_somebody_elses_valid_number_is_for_somebody_to_look_at():
    other = {"name": "王秀英", "id17": "14119919580312888", "born": WANG["born"]}
    assert found(other, WANG, LI).verdict == Verdict.UNCERTAIN


@pytest.mark.parametrize(
    ("lunar", "solar"),
    [
        ("1958-01-01", "1958-02-18"),  # 春节
        ("2020-01-01", "2020-01-25"),
        ("2023-08-15", "2023-09-29"),  # 中秋, after a leap month
        ("1984-12-30", "1985-02-19"),  # 除夕 after the leap tenth month
    ],
)
def test_lunar_days_are_those_of_the_almanac(lunar, solar):
    assert solar_days()[lunar] == solar


def test_a_day_that_no_month_has_is_nobodys_birthday():
    assert "1958-02-30" not in solar_days()


def test_a_generated_list_is_linked_rightly():
    """The bench's measure at a fiftieth of its size; the figures of full size are in its table."""
    known = truth(people=12_000, rows=2_000, seed=7, as_of=dt.date(2026, 9, 30))
    verdicts = find_people(known.listed, known.registered)
    matched = {row: one for row, one in verdicts.items() if one.verdict == Verdict.MATCHED}
    right = [row for row, one in matched.items() if one.candidates[0].record == known.meant[row]]
    about = [person for person in known.meant if person is not None]
    assert 0.7 < len(about) / len(known.meant) < 0.9
    assert len(right) / len(matched) >= 0.99
    assert len(right) / len(about) >= 0.95
