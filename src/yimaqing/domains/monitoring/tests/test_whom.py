"""Why a household is red says of whom: the member, and which two values contradict each other.

Cast: 王秀英's household in 白文村; her husband 刘建国 has no insurance, their son is at school.
李明 works in the village.
"""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.monitoring.actions import evaluate_household
from yimaqing.domains.places.models import Place
from yimaqing.domains.registry.factories import add_reading, make_household
from yimaqing.domains.registry.models import Household, Person
from yimaqing.kit.rowscope import Scope, scoped

BAIWEN = "141124104201"


@pytest.fixture
def wang(database):
    Place.objects.using("owner").create(code=BAIWEN, name="白文村", level=5, kind="village")
    return make_household(
        place_code=BAIWEN,
        readings={"medical": "insured"},
        members=[
            {"name": "刘建国", "relation": "spouse", "readings": {"medical": "uninsured"}},
            {
                "name": "刘小军",
                "born_on": timezone.localdate() - dt.timedelta(days=3700),
                "readings": {"medical": "insured", "education": "enrolled"},
            },
        ],
    )


def judged(home, address="/households/{}/", language="zh-hans"):
    with scoped(Scope.everything()):
        evaluate_household(household_id=home.pk, place_code=home.place_code)
    client = Client()
    client.cookies["django_language"] = language
    client.force_login(make_user("village_worker", BAIWEN))
    return client.get(address.format(home.pk)).content.decode()


def test_the_tile_names_who_is_not_insured_and_counts_the_others(wang):
    page = judged(wang)
    medical = page[page.index('<span class="tile-name">基本医疗') :]
    medical = medical[: medical.index("tile-rule")]
    assert "配偶 刘** <strong>未参保</strong>" in medical
    assert "<strong>已参保</strong> 2 人" in medical


@pytest.mark.parametrize("address", ["/households/{}/", "/warnings/"])
def test_the_warning_names_the_member(wang, address):
    warned = [one for one in judged(wang, address).split("</li>") if "家庭成员未参加" in one]
    assert any("<strong>配偶 刘**</strong> 未参保" in one for one in warned)


def test_a_member_known_from_the_register_alone_is_named_too(wang):
    spouse = Person.objects.using("owner").filter(household_id=wang.pk, relation="spouse")
    spouse.update(health="serious", major_illness_insurance=False)
    page = judged(wang)
    assert "<p>配偶 刘**</p>" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "配偶 刘**：登记为已参保，读数为未参保"),
        ("en", "Spouse 刘**: insured in the register, the reading says Uninsured"),
    ],
)
def test_a_contradiction_says_which_two_values(wang, language, said):
    spouse = Person.objects.using("owner").filter(household_id=wang.pk, relation="spouse")
    spouse.update(resident_medical=True)
    page = judged(wang, language=language)
    assert said.casefold() in page.casefold()


def test_contradictions_of_head_count_school_and_water_are_said(wang):
    Household.objects.using("owner").filter(pk=wang.pk).update(member_count=5)
    son = Person.objects.using("owner").filter(household_id=wang.pk, relation="son")
    son.update(student_status="dropped_out")
    add_reading(wang, "water", "pass")
    add_reading(wang, "water.guarantee", 41)
    for page in (judged(wang), judged(wang, "/warnings/")):
        assert "登记人口 5 人，成员名单 3 人" in page
        assert "之子 刘**：在校情况登记为辍学，读数为在校就读" in page
        assert "饮水安全总评为达标，年缺水天数 41 天" in page


def test_a_household_of_which_little_is_known_gets_no_green_notice(database):
    Place.objects.using("owner").create(code=BAIWEN, name="白文村", level=5, kind="village")
    home = make_household(place_code=BAIWEN, readings={"housing": "A"})
    page = judged(home)
    assert "notice-done" not in page
    assert "没有未处理的预警；" in page


def test_warnings_stand_above_the_seven_tiles(wang):
    page = judged(wang)
    assert page.index("现有预警") < page.index("tile-name")
