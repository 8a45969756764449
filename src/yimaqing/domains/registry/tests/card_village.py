"""The village that the stories of scanned codes happen in."""

import datetime as dt
from dataclasses import dataclass, field

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.codes.factories import make_code
from yimaqing.domains.places.models import Contact, Place
from yimaqing.domains.registry.factories import make_household
from yimaqing.domains.registry.models import Pairing

PREFECTURE, COUNTY, TOWNSHIP = "141100000000", "141124000000", "141124104000"
VILLAGE, NEXT_VILLAGE = "141124104201", "141124104202"
NAMES = {
    PREFECTURE: ("吕梁市", 2, "prefecture", "140000000000"),
    COUNTY: ("临县", 3, "county", PREFECTURE),
    TOWNSHIP: ("白文镇", 4, "township", COUNTY),
    VILLAGE: ("白文村", 5, "village", TOWNSHIP),
    NEXT_VILLAGE: ("曜头村", 5, "village", TOWNSHIP),
}


@dataclass
class Village:
    """Two households of one village: one archived with a helper, one ordinary without."""

    poor: object = None
    other: object = None
    poor_code: object = None
    other_code: object = None
    users: dict[str, object] = field(default_factory=dict)


def build():
    for code, (name, level, kind, parent) in NAMES.items():
        Place.objects.using("owner").create(
            code=code, name=name, level=level, kind=kind, parent_code=parent
        )
    Contact.objects.using("owner").create(
        place_id=TOWNSHIP,
        duty="office",
        name="便民中心",
        office_phone="0358-4420001",
        valid_from=dt.date(2020, 1, 1),
    )
    village = Village()
    village.poor = make_household(
        place_code=VILLAGE,
        head_name="王秀英",
        group="lifted_monitored",
        members=[{"name": "刘建国", "relation": "spouse"}],
    )
    village.other = make_household(
        place_code=VILLAGE,
        head_name="张大山",
        register_class="ordinary",
        poverty_status="",
        main_cause="",
    )
    pair(village.poor, "李干部", "0358-4429999")
    village.poor_code = make_code("household", VILLAGE, village.poor.pk)
    village.other_code = make_code("household", VILLAGE, village.other.pk)
    village.users = {
        "worker": make_user("village_worker", VILLAGE, display_name="王工"),
        "neighbour": make_user("village_worker", NEXT_VILLAGE, display_name="李工"),
        "helper": make_user("helper", household_ids=[village.poor.pk], display_name="李干部"),
        "department": make_user(
            "department_officer", COUNTY, department="education", display_name="教育局赵"
        ),
        "property": make_user("property_company", VILLAGE, display_name="物业孙"),
        "county": make_user("county_officer", COUNTY, display_name="县里周"),
    }
    return village


def pair(household, name, phone, **fields):
    return Pairing.objects.using("owner").create(
        place_code=household.place_code,
        household_id=household.pk,
        helper_name=name,
        office_phone=phone,
        starts_on=fields.pop("starts_on", dt.date(2020, 1, 1)),
        **fields,
    )
