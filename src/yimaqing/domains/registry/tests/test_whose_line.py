"""A line says whose household it is: by group and address, and the village only where it helps.

Cast: two households of 张 in 白文村 (141124104201); 李明 works there, 周乡长 looks after the
township; 孙丽 is an administrator, who sees no file.
"""

import datetime as dt
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.cockpit.factories import make_snapshot, standing_row
from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.places.models import Place
from yimaqing.domains.places.queries import needs_village
from yimaqing.domains.registry.factories import add_person, add_reading, make_household
from yimaqing.domains.registry.models import Change
from yimaqing.domains.registry.queries import lines_of
from yimaqing.domains.work.factories import make_todo
from yimaqing.kit.rowscope import Scope, scoped

TOWN, BAIWEN, YAOTOU = "141124104000", "141124104201", "141124104202"
HOUSES = (("第二组", "前东旺坪33号"), ("第五组", "后东旺坪8号"))


@pytest.fixture
def zhangs(database):
    for code, name, level, kind in (
        (TOWN, "白文镇", 4, "township"),
        (BAIWEN, "白文村", 5, "village"),
        (YAOTOU, "曜头村", 5, "village"),
    ):
        Place.objects.using("owner").create(code=code, name=name, level=level, kind=kind)
    homes = [
        make_household(place_code=BAIWEN, head_name="张小明", team=team, address=address)
        for team, address in HOUSES
    ]
    for home in homes:
        Warning.objects.using("owner").create(
            place_code=BAIWEN,
            household_id=home.pk,
            rule_code="housing_unsafe",
            indicator="housing",
            scheme="danfeng-2020",
            ruleset_version="national-2020@2020.1",
            colour="red",
            colour_rank=0,
            text_zh="住在危房",
            text_en="An unsafe house",
            since=timezone.localdate(),
            act_by=timezone.localdate() + dt.timedelta(days=9),
        )
        make_todo(
            place_code=BAIWEN,
            household_id=home.pk,
            kind="registry.no_members",
            household_number=home.household_number,
        )
    return homes


def read(role, place, address):
    client = Client()
    client.force_login(make_user(role, place))
    return client.get(address, follow=True).content.decode().split("<main", 1)[1]


@pytest.mark.parametrize("address", ["/households/", "/warnings/", "/todos/"])
def test_a_village_worker_tells_one_zhang_from_the_other(zhangs, address):
    page = read("village_worker", BAIWEN, address)
    lines = page.split('id="list"', 1)[1]
    for door in HOUSES:
        assert len([line for line in lines.split("<tr") if all(part in line for part in door)]) == 1
    if address != "/households/":  # a list that may come back keeps its column of places
        assert "白文村" not in lines


@pytest.mark.parametrize("address", [f"/households/?place={BAIWEN}", "/warnings/", "/todos/"])
def test_who_looks_after_several_villages_reads_the_village_too(zhangs, address):
    lines = read("township_officer", TOWN, address).split('id="list"', 1)[1]
    assert lines.count("白文村") == len(HOUSES)
    assert [line for line in lines.split("<tr") if "第二组" in line and "前东旺坪33号" in line]


def test_the_list_behind_a_figure_says_it_as_well(zhangs, tmp_path, settings_override):
    with settings_override(LAKE=tmp_path / "lake"):
        rows = [standing_row(BAIWEN, household_id=home.pk, colour="red") for home in zhangs]
        make_snapshot(tmp_path / "lake", rows)
        page = read("leader", BAIWEN, f"/cockpit/{BAIWEN}/households/?measure=colour.red")
    assert "第二组 前东旺坪33号" in page
    assert ">地点<" not in page


def test_who_may_not_see_the_address_reads_the_group_alone(zhangs):
    ids = [home.pk for home in zhangs]
    with scoped(Scope.everything()):
        [line, _other] = lines_of(ids, viewer=make_user("administrator", TOWN))
        assert line.door == "第二组"
        [line, _other] = lines_of(ids, viewer=make_user("village_worker", BAIWEN))
        assert line.door == "第二组 前东旺坪33号"
        assert replace(line, team="").door == "前东旺坪33号"


@pytest.mark.parametrize(
    ("codes", "ranges", "needed"),
    [
        ([BAIWEN, BAIWEN + "001"], [("141124104201", "141124104202")], False),
        ([BAIWEN], [("141124104201", "141124104203")], True),
        ([BAIWEN], [("141124104", "141124105")], True),
        ([BAIWEN], [("141124104201001", "141124104201002")], False),
        ([BAIWEN, YAOTOU], [], True),
        ([BAIWEN], [], False),
    ],
)
def test_the_village_is_named_where_there_is_more_than_one(codes, ranges, needed):
    assert needs_village(codes, ranges) is needed


def test_what_came_in_one_import_is_one_entry_of_the_history(zhangs):
    home = zhangs[0]
    for kind, count in (("payment", 5), ("person", 1)):
        for number in range(count):
            Change.objects.using("owner").create(
                place_code=BAIWEN,
                household_id=home.pk,
                subject_kind=kind,
                subject_id=number,
                kind="created",
                actor="system:test",
                source="发放表",
            )
    page = read("village_worker", BAIWEN, f"/households/{home.pk}/")
    history = page.split('class="timeline"', 1)[1].split("</ol>")[0]
    assert history.count("登记：发放") == 1
    assert "登记：发放 5 条" in history
    assert "登记：家庭成员</p>" in history


def test_a_reading_of_a_member_says_of_whom_in_history_and_list(zhangs):
    home = zhangs[0]
    wife = add_person(home, name="刘桂兰", relation="spouse")
    add_reading(home, "medical", "uninsured", person_id=wife.pk)
    page = read("village_worker", BAIWEN, f"/households/{home.pk}/")
    assert "基本医疗：配偶 刘** 未参保" in page.split('class="timeline"', 1)[1]
    assert page.count("配偶 刘** 未参保") == 2
