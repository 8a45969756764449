"""The household's file on the desk.

Cast: 王秀英 heads a household in 白文村 (141124104201); 李明 works in that village,
赵强 in 曜头村 next door; 孙丽 is the county's water officer.
"""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from yimaqing.domains.accounts.models import Assignment, User
from yimaqing.domains.audit.models import Entry
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.actions import correct_household
from yimaqing.domains.registry.factories import add_person, add_reading, make_household
from yimaqing.domains.registry.models import Change, Payment, Person, Reading, YearlyIncome
from yimaqing.domains.registry.openings import shown_openings
from yimaqing.kit.rowscope import Scope, scoped

BAIWEN, YAOTOU = "141124104201", "141124104202"
SPRING = dt.datetime(2020, 3, 2, 8, tzinfo=dt.UTC)


def person(username, role, place_code, level, department=""):
    user = User.objects.using("owner").create(username=username, display_name=username)
    Assignment.objects.using("owner").create(
        user_id=user.pk,
        role=role,
        place_code=place_code,
        place_level=level,
        department=department,
        starts_on=dt.date(2020, 1, 1),
    )
    client = Client()
    client.force_login(user)
    return user, client


@pytest.fixture
def village(database):
    for code, name, level, kind in (
        ("141124000000", "临县", 3, "county"),
        ("141124104000", "白文镇", 4, "township"),
        (BAIWEN, "白文村", 5, "village"),
        (YAOTOU, "曜头村", 5, "village"),
    ):
        Place.objects.using("owner").create(code=code, name=name, level=level, kind=kind)


@pytest.fixture
def wang(village):
    home = make_household(readings={"housing": "A"}, observed_at=SPRING)
    add_person(
        home,
        name="王建国",
        relation="spouse",
        phone="13800005678",
        work_area="outside",
        work_months=8,
    )
    Payment.objects.using("owner").create(
        place_code=BAIWEN,
        household_id=home.pk,
        serial="F1",
        fund="耕地地力保护补贴",
        paid_on=dt.date(2020, 5, 1),
        amount_fen=123456,
    )
    YearlyIncome.objects.using("owner").create(
        place_code=BAIWEN,
        household_id=home.pk,
        year=2019,
        wage_fen=800000,
        operating_fen=200000,
        property_fen=0,
        transfer_fen=100000,
        operating_cost_fen=50000,
        total_fen=1100000,
        net_fen=1050000,
        per_capita_fen=525000,
        divisor=2,
        divisor_basis="registered",
    )
    return home


def test_the_village_worker_reads_the_file_masked_and_it_is_logged(wang):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    page = client.get(f"/households/{wang.pk}/?from=scan").content.decode()
    assert "王**" in page
    assert "王秀英" not in page
    assert "13800005678" not in page
    assert "1,234.56" in page
    assert "占全部收入 9%" in page  # 1,000 of 11,000 yuan are transfers
    assert "临县白文镇白文村" in page
    opened = Entry.objects.using("owner").get(action="registry.file_opened")
    assert (opened.household_id, opened.purpose) == (wang.pk, "扫码")
    again = client.get(f"/households/{wang.pk}/").content.decode()
    assert "李明" in again


def test_a_household_without_members_is_not_said_to_be_of_nobody(wang):
    Person.objects.using("owner").filter(household_id=wang.pk).update(valid=False)
    _user, client = person("liming", "village_worker", BAIWEN, 5)
    page = client.get(f"/households/{wang.pk}/").content.decode()
    assert "还没有成员，" in page
    assert "0 口人" not in page


def test_the_neighbour_village_does_not_even_learn_that_it_exists(wang):
    _zhao, client = person("赵强", "village_worker", YAOTOU, 5)
    assert client.get(f"/households/{wang.pk}/").status_code == 404
    assert "王**" not in client.get("/households/").content.decode()
    answer = client.post("/lists/search/", {"q": "王秀英"}).content.decode()
    assert "王**" not in answer


def test_the_water_officer_sees_water_and_neither_income_nor_payments(wang):
    _sun, client = person("孙丽", "department_officer", "141124000000", 3, "water")
    page = client.get(f"/households/{wang.pk}/").content.decode()
    assert "1,234.56" not in page
    assert "5,250.00" not in page


def test_a_stranger_is_sent_to_log_in(wang):
    assert Client().get(f"/households/{wang.pk}/").status_code == 302


def test_unmasking_needs_a_purpose_and_leaves_a_trace(wang):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    member = Person.objects.using("owner").get(household_id=wang.pk, relation="spouse")
    ask = {"person": member.pk, "field": "phone", "purpose": ""}
    assert client.post(f"/households/{wang.pk}/unmask/", ask).status_code == 422
    purpose = "visit"
    answer = client.post(f"/households/{wang.pk}/unmask/", ask | {"purpose": purpose})
    assert "13800005678" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    trace = Entry.objects.using("owner").get(action="registry.unmasked")
    assert (trace.purpose, trace.subject_id) == (purpose, str(member.pk))
    assert "13800005678" not in str(trace.after)
    with scoped(Scope.everything()):
        openings = shown_openings(wang)
    assert {"入户核实"} == {str(o["purpose"]) for o in openings if str(o["what"]) == "查看明文"}


def test_another_purpose_must_be_said_in_words(wang):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    ask = {"person": "", "field": "phone", "purpose": "other"}
    refused = client.post(f"/households/{wang.pk}/unmask/", ask)
    assert refused.status_code == 422
    assert "写明" in refused.content.decode()
    client.post(f"/households/{wang.pk}/unmask/", ask | {"note": "本人来电核对"})
    assert Entry.objects.using("owner").get(action="registry.unmasked").purpose == (
        "other: 本人来电核对"
    )


def test_a_reader_without_the_right_cannot_unmask(wang):
    _leader, client = person("周县长", "leader", "141124000000", 3)
    ask = {"person": "", "field": "phone", "purpose": "visit"}
    assert client.post(f"/households/{wang.pk}/unmask/", ask).status_code == 403


@pytest.mark.parametrize("word", ["王建", "建国", "王建国", "13800005678"])
def test_a_household_is_found_by_part_of_a_members_name_and_by_phone(wang, word):
    _li, client = person("李明", "township_officer", "141124104000", 4)
    assert "王**" in client.post("/lists/search/", {"q": word}).content.decode()


def test_a_household_is_not_found_by_characters_that_are_apart(wang):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    assert "王**" not in client.post("/lists/search/", {"q": "王国"}).content.decode()


def test_a_reading_is_added_and_nothing_is_overwritten(wang):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    address = f"/households/{wang.pk}/readings/new/?indicator=housing"
    assert "D 级" in client.get(address).content.decode()
    today = dt.datetime.now().astimezone().date().isoformat()
    assert client.post(address, {"value": "D", "observed_on": today}).status_code == 302
    values = list(
        Reading.objects.using("owner")
        .filter(indicator="housing")
        .order_by("observed_at")
        .values_list("value_text", flat=True)
    )
    assert values == ["A", "D"]
    page = client.get(f"/households/{wang.pk}/").content.decode()
    assert "A 级安全" in page
    assert "D 级整栋危险" in page


def test_a_reading_of_tomorrow_or_of_no_known_value_is_refused(wang):
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    address = f"/households/{wang.pk}/readings/new/?indicator=housing"
    assert client.post(address, {"value": "E", "observed_on": "2020-08-01"}).status_code == 422
    answer = client.post(address, {"value": "A", "observed_on": "2999-01-01"})
    assert answer.status_code == 422
    assert "未来" in answer.content.decode()
    assert Reading.objects.using("owner").count() == 1


def test_a_correction_keeps_the_old_value(wang):
    li, _client = person("李明", "village_worker", BAIWEN, 5)
    with scoped(Scope.everything()):
        correct_household(household=wang, values={"address": "村东头"}, reason="入户核实", by=li)
        correct_household(household=wang, values={"address": "村东头"}, reason="再次", by=li)
    change = Change.objects.using("owner").get(kind="updated")
    assert change.before == {"address": ""}


def test_results_compare_the_first_with_the_latest(wang):
    add_reading(wang, "housing", "rebuilt", SPRING + dt.timedelta(days=90))
    _li, client = person("李明", "village_worker", BAIWEN, 5)
    page = client.get(f"/households/{wang.pk}/").content.decode()
    assert "危房已改造" in page


def test_a_reading_of_a_day_has_no_clock_in_the_history(wang):
    at_home = timezone.get_current_timezone()
    add_reading(
        wang, "food", "pass", dt.datetime(2020, 5, 6, 0, 0, 0, 7, tzinfo=at_home), source="入户走访"
    )
    add_reading(wang, "clothing", "pass", dt.datetime(2020, 5, 7, 9, 30, tzinfo=at_home))
    _user, client = person("liming", "village_worker", BAIWEN, 5)
    history = client.get(f"/households/{wang.pk}/").content.decode().split('class="timeline"')[1]
    assert "<time>2020年5月6日</time>" in history
    assert "<time>2020年5月7日 09:30</time>" in history
    assert "00:00" not in history
