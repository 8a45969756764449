"""Cast and places of the cockpit's tests.

临县 has 白文镇 (白文村, 曜头村) and 城庄镇 (太平村, which never reports); 方山县 lies next to it.
吴市长 leads the prefecture, 周乡长 runs 白文镇; 李明 works in 白文村 and has no cockpit.
"""

import pytest
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.cockpit.factories import make_snapshot, standing_row
from yimaqing.domains.places.models import Boundary, Place

PREFECTURE, LINXIAN, FANGSHAN = "141100000000", "141124000000", "141128000000"
BAIWEN_TOWN, CHENGZHUANG = "141124104000", "141124101000"
BAIWEN, YAOTOU, TAIPING = "141124104201", "141124104202", "141124101201"
MAFANG, MAFANG_VILLAGE = "141128101000", "141128101201"

PLACES = (
    ("140000000000", "山西省", 1, "province", ""),
    (PREFECTURE, "吕梁市", 2, "prefecture", "140000000000"),
    (LINXIAN, "临县", 3, "county", PREFECTURE),
    (FANGSHAN, "方山县", 3, "county", PREFECTURE),
    (BAIWEN_TOWN, "白文镇", 4, "township", LINXIAN),
    (CHENGZHUANG, "城庄镇", 4, "township", LINXIAN),
    (MAFANG, "马坊镇", 4, "township", FANGSHAN),
    (BAIWEN, "白文村", 5, "village", BAIWEN_TOWN),
    (YAOTOU, "曜头村", 5, "village", BAIWEN_TOWN),
    (TAIPING, "太平村", 5, "village", CHENGZHUANG),
    (MAFANG_VILLAGE, "马坊村", 5, "village", MAFANG),
)


@pytest.fixture
def places(database):
    for code, name, level, kind, parent in PLACES:
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )


@pytest.fixture
def lake(tmp_path, settings_override):
    with settings_override(LAKE=tmp_path / "lake"):
        yield tmp_path / "lake"


@pytest.fixture
def snapshot(lake):
    return make_snapshot(
        lake,
        [
            standing_row(BAIWEN, household_id=1, colour="red", water_state="fail"),
            standing_row(BAIWEN, household_id=2, colour="orange", group="marginal"),
            standing_row(BAIWEN, household_id=3, member_count=5, main_cause=""),
            standing_row(YAOTOU, household_id=4, colour="red", housing_state="fail"),
            standing_row(YAOTOU + "001", household_id=5, water_state="unknown", missing_count=1),
            standing_row(MAFANG_VILLAGE, household_id=6, colour="yellow", stale_count=2),
            standing_row(MAFANG_VILLAGE, household_id=7, poverty_status="unlifted"),
        ],
    )


@pytest.fixture
def login(places):
    def _login(role, place_code):
        client = Client()
        client.force_login(make_user(role, place_code))
        return client

    return _login


@pytest.fixture
def outlines(places):
    for i, code in enumerate((LINXIAN, FANGSHAN)):
        square = [[111 + i, 37], [112 + i, 37], [112 + i, 38], [111 + i, 38], [111 + i, 37]]
        Boundary.objects.using("owner").create(
            place_id=code, geometry={"type": "Polygon", "coordinates": [square]}, source="测试"
        )
