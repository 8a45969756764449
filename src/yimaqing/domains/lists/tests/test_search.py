"""One box finds people by all that is known of them, within the scope, and says by what.

Cast: 张三丰 and 王乐 live in 白文村; 李明 is the village's worker, 钱进 leads the building.
"""

import datetime as dt
import re

import pytest
from django.test import Client

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.codes.actions import issue
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_person, make_household, synthetic_id_number
from yimaqing.domains.registry.models import AddressStem, Household
from yimaqing.domains.registry.searches import syllables_of
from yimaqing.kit.ids import id_check_digit

VILLAGE, FAR = "141124104201", "141102001001"
BORN = dt.date(1961, 5, 17)
OLD = "141199610517012"
NUMBER = (first := "14119919610517012") + id_check_digit(first)


@pytest.fixture
def home(database):
    for code, name in ((VILLAGE, "白文村"), (FAR, "沙会则村")):
        Place.objects.using("owner").create(code=code, name=name, level=5, kind="village")
    home = make_household(head_name="张三丰", address="前东旺坪33号")
    add_person(home, name="王乐", born_on=BORN, id_number=NUMBER, phone="13800005678")
    make_household(place_code=FAR, head_name="张三丰", address="前东旺坪33号")
    return home


def found(user, word):
    client = Client()
    client.force_login(user)
    text = client.post("/lists/search/", {"q": word}).content.decode()
    titles = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<strong>(.*?)</strong>", text)]
    return [one for one in titles if one not in {"演示数据", "没有找到"}], text


@pytest.mark.parametrize(
    ("word", "title", "why"),
    [
        ("张三丰", "张**", "姓名"),
        ("三丰", "张**", "姓名"),
        ("丰", "张**", "姓名"),
        ("zsf", "张**", "姓名拼音"),
        ("zs", "张**", "姓名拼音"),
        ("zhangsanfeng", "张**", "姓名拼音"),
        ("Zhang San", "张**", "姓名拼音"),
        ("wangle", "王* · 户主 张**", "姓名拼音"),
        (NUMBER, "王* · 户主 张**", "证件号码"),
        (OLD, "王* · 户主 张**", "证件号码"),
        ("13800005678", "王* · 户主 张**", "电话"),
        ("前东旺坪", "张**", "住址"),
        ("东旺坪33号", "张**", "住址"),
    ],
)
def test_people_are_found_by_what_is_known_of_them(home, word, title, why):
    titles, text = found(make_user("village_worker", VILLAGE), word)
    assert titles == [title], "the namesake in the other county is not"
    assert why in text


def test_a_household_is_found_by_its_number_and_its_code(home):
    li = make_user("village_worker", VILLAGE)
    assert found(li, home.household_number)[0] == ["张**"]
    code = issue(kind="household", place_code=VILLAGE, subject_id=home.pk, by=li, using="owner")
    for word in (code.token, printed_number(code.pk)):
        titles, text = found(li, word)
        assert titles == [printed_number(code.pk)]
        assert f"/c/{code.token}" in text


@pytest.mark.parametrize(
    "word", ["张四", "zsx", "东旺坪34号", "13800005679", "86000000000000", "%"]
)
def test_what_is_not_there_is_not_found(home, word):
    titles, text = found(make_user("village_worker", VILLAGE), word)
    assert titles == []
    assert "没有找到" in text


def test_numbers_are_not_told_to_who_may_not_see_them(home):
    leader = make_user("building_leader", VILLAGE)
    assert found(leader, NUMBER)[0] == []
    assert found(leader, "zsf")[0] == ["张**"]


def test_a_corrected_address_is_found_and_a_helper_finds_his_own(home):
    Household.objects.using("owner").filter(pk=home.pk).update(address="新移民小区2号楼")
    assert AddressStem.objects.using("owner").filter(stem="新移民小区").exists()
    assert found(make_user("village_worker", VILLAGE), "移民小区")[0] == ["张**"]
    helper = make_user("helper", household_ids=[home.pk])
    assert found(helper, "移民小区")[0] == ["张**"]


def test_every_reading_of_letters_is_tried():
    assert syllables_of("xian") == ["xian", "xi an"]
    assert "zhang san feng" in syllables_of("zhangsanfeng")
    assert syllables_of("zsf") == []
    assert synthetic_id_number(BORN) != NUMBER
