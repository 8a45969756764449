"""Lists with village codes of divisions that are no more: the report says what they are now.

Cast: 白文村 (141124104201) and 曜头村 (141124104202) of 临县, which had the code 142326 as
long as Lüliang was a region and not a city.
"""

import datetime as dt

import pytest

from yimaqing.domains.places.actions import recode
from yimaqing.domains.places.models import Place, Recode
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    GOOD,
    HOUSEHOLD,
    YAOTOU,
    counts,
    faults,
    make_places,
    send,
    words,
)

OLD_VILLAGE = "142326104201"
THEN = dt.date(2004, 1, 1)


@pytest.fixture(autouse=True)
def places(database):
    make_places()


def refused(code, dataset="households"):
    cells = {"村编号": code} if dataset == "households" else {"地点编号": code, "年度": "2019"}
    batch = send(dataset, (GOOD.get(dataset, {})) | cells)
    assert counts(batch) == (0, 0, 0, 1)
    [(row, column, fault)] = faults(batch)
    assert (row, column) == (2, "place_code")
    [said] = words(batch)
    return fault, said


def recoded(old, new, on=THEN):
    Recode.objects.using("owner").create(old_code=old, new_code=new, on=on, reason="撤地设市")


def test_a_code_whose_county_is_no_more_is_called_one_of_a_former_division():
    for dataset in ("households", "village_year"):
        fault, said = refused(OLD_VILLAGE, dataset)
        assert fault == "place_former"
        assert "没有县级代码 142326" in said
        assert "旧代码" in said


def test_a_village_missing_in_a_present_county_is_merely_unknown():
    assert refused("141124104999")[0] == "place_unknown"


def test_a_former_county_leads_to_the_one_below_which_to_look():
    recoded("142326000000", "141124000000")
    for dataset in ("households", "village_year"):
        fault, said = refused(OLD_VILLAGE, dataset)
        assert fault == "place_renumbered"
        assert "上级现为 141124000000 临县" in said


def test_a_former_region_leads_to_the_township_that_came_after_two_steps():
    recoded("142326000000", "141124000000")
    recoded("142326104000", "141124900000")
    recoded("141124900000", "141124104000", dt.date(2010, 1, 1))
    assert "上级现为 141124104000 白文镇" in refused(OLD_VILLAGE)[1]


def test_a_recoded_village_comes_with_its_present_code():
    recoded(OLD_VILLAGE, BAIWEN)
    fault, said = refused(OLD_VILLAGE)
    assert fault == "place_outdated"
    assert f"改用现行代码 {BAIWEN} 白文村" in said


def test_a_village_merged_twice_comes_with_the_code_that_is_left():
    Place.objects.using("owner").create(code="141124104203", name="前村", level=5, kind="village")
    recode("141124104203", YAOTOU, on=dt.date(2018, 1, 1), reason="并村")
    recode(YAOTOU, BAIWEN, on=dt.date(2020, 1, 1), reason="并村")
    assert f"改用现行代码 {BAIWEN} 白文村" in refused("141124104203")[1]


def test_a_village_of_a_renumbered_township_comes_with_its_new_code():
    Place.objects.using("owner").create(
        code="141124110000", name="新白文镇", level=4, kind="township"
    )
    recode("141124104000", "141124110000", on=dt.date(2020, 1, 1), reason="撤乡设镇")
    assert "改用现行代码 141124110201 白文村" in refused(BAIWEN)[1]


def test_codes_of_today_are_taken():
    assert counts(send("households", HOUSEHOLD)) == (1, 0, 0, 0)
