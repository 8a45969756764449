"""Readings that follow from the sheets: schooling, insurance, house, water, income.

Cast: 王秀英 heads household 86141124000123 in 白文村; 李小军 is her son, ten years old.
"""

import datetime as dt

import pytest
from django.utils import timezone

from yimaqing.domains.registry.factories import add_reading
from yimaqing.domains.registry.models import Household, Reading
from yimaqing.domains.registry.queries import household_file, results_of
from yimaqing.domains.registry.queries import readings_of as file_readings
from yimaqing.domains.registry.tests.sheets import (
    AS_OF,
    BOY,
    HOUSEHOLD,
    INCOME,
    LIVING,
    PERSON,
    READING,
    SON,
    counts,
    make_places,
    send,
)
from yimaqing.kit.rowscope import Scope, scoped


@pytest.fixture
def village(database):
    make_places()


@pytest.fixture
def family(village):
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY)
    return Household.objects.using("owner").get()


def one(model, **where):
    return model.objects.using("owner").get(**where)


def readings_of(household, **where):
    found = Reading.objects.using("owner").filter(household_id=household.pk, **where)
    return [
        (r.indicator, r.value_text or r.value_number) for r in found.order_by("indicator", "id")
    ]


def test_readings_follow_from_members_income_and_house(family):
    send("incomes", INCOME)
    send("living_conditions", LIVING)
    assert readings_of(family) == [
        ("education", "enrolled"),
        ("housing", "B"),
        ("income", 5500.0),
        ("medical", "insured"),
        ("medical", "insured"),
        ("water", "pass"),
    ]
    income = one(Reading, indicator="income")
    assert income.observed_at.astimezone(dt.timezone(dt.timedelta(hours=8))).date() == dt.date(
        2019, 9, 30
    )


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({"在校生状况": "非在校"}, "out"),
        ({"在校生状况": "送教上门"}, "home_teaching"),
        ({"在校生状况": "休学"}, "deferred"),
        ({"在校生状况": "七年级"}, "enrolled"),
    ],
)
def test_schooling_of_a_child_of_school_age(village, cells, value):
    send("households", HOUSEHOLD)
    send("persons", PERSON, BOY | cells)
    assert readings_of(one(Household), indicator="education") == [("education", value)]


@pytest.mark.parametrize(
    ("resident", "employee", "soldier", "values"),
    [
        ("是", "否", "否", ["insured"]),
        ("否", "是", "否", ["insured"]),
        ("否", "否", "是", ["exempt"]),
        ("否", "否", "否", ["uninsured"]),
        ("", "", "", []),
    ],
)
def test_medical_insurance_of_a_member(village, resident, employee, soldier, values):
    send("households", HOUSEHOLD | {"家庭人口数": "1"})
    person = PERSON | {
        "是否参加城乡居民基本医疗保险": resident,
        "是否参加职工基本医疗保险": employee,
        "是否现役军人": soldier,
    }
    send("persons", person)
    assert [v for _, v in readings_of(one(Household), indicator="medical")] == values


def test_a_changed_fact_is_a_new_reading_beside_the_old_one(family):
    send("persons", PERSON, BOY | {"在校生状况": "非在校"})
    assert readings_of(family, indicator="education") == [
        ("education", "enrolled"),
        ("education", "out"),
    ]


def days_of(household, indicator):
    found = Reading.objects.using("owner").filter(household_id=household.pk, indicator=indicator)
    china = dt.timezone(dt.timedelta(hours=8))
    return [r.observed_at.astimezone(china).date() for r in found.order_by("observed_at")]


def test_an_unchanged_list_of_a_later_day_confirms_what_was_seen(family):
    later = AS_OF + dt.timedelta(days=300)
    for _ in range(2):
        assert counts(send("persons", PERSON, BOY, as_of=later)) == (0, 0, 2, 0)
    assert readings_of(family) == [
        *[("education", "enrolled")] * 2,
        *[("medical", "insured")] * 4,
    ]
    assert days_of(family, "education") == [AS_OF, later]


def test_an_older_list_sent_again_is_neither_doubled_nor_the_latest(family):
    left = PERSON, BOY | {"在校生状况": "非在校"}
    later = AS_OF + dt.timedelta(days=30)
    send("persons", *left, as_of=later)
    send("persons", PERSON, BOY)
    assert days_of(family, "education") == [AS_OF, later]
    between = AS_OF + dt.timedelta(days=15)
    send("persons", PERSON, BOY, as_of=between)
    assert days_of(family, "education") == [AS_OF, between, later]
    newest = Reading.objects.using("owner").filter(indicator="education").latest("observed_at")
    assert newest.value_text == "out"


def test_another_inspection_of_the_house_confirms_its_grade(family):
    send("living_conditions", LIVING)
    send("living_conditions", LIVING | {"鉴定日期": "2020-06-20"})
    assert days_of(family, "housing") == [dt.date(2019, 6, 12), dt.date(2020, 6, 20)]
    assert days_of(family, "water") == [dt.date(2019, 9, 30)]


def test_a_second_file_the_same_day_may_correct_the_first(family):
    send("incomes", INCOME)
    corrected = INCOME | {
        "工资性收入": "8000.00",
        "年收入": "14000.00",
        "纯收入": "12999.99",
        "人均纯收入": "6500.00",
    }
    assert counts(send("incomes", corrected)) == (0, 1, 0, 0)
    assert readings_of(family, indicator="income") == [("income", 5500.0), ("income", 6500.0)]


def test_measured_and_personal_indicators_are_read(family):
    batch = send(
        "readings",
        READING | {"指标": "饮水水量", "值": "42.5"},
        READING | {"指标": "water.quality", "值": "合格"},
        READING | {"指标": "义务教育", "值": "送教上门", "证件号码": SON},
        READING | {"指标": "住房安全", "值": "C"},
    )
    assert counts(batch) == (4, 0, 0, 0)
    kept = readings_of(family, source="入户走访")
    assert kept == [
        ("education", "home_teaching"),
        ("housing", "C"),
        ("water.quality", "pass"),
        ("water.quantity", 42.5),
    ]
    assert one(Reading, indicator="education", source="入户走访").person_id is not None


def test_what_is_said_of_a_year_that_is_not_over_holds_for_the_day_it_was_said(family):
    day = dt.date(2020, 2, 1)
    send("incomes", INCOME, INCOME | {"年度": "2020"}, as_of=day)
    send("living_conditions", LIVING | {"年度": "2020", "鉴定日期": ""}, as_of=day)
    for indicator, days in (
        ("income", [dt.date(2019, 9, 30), day]),
        ("housing", [day]),
        ("water", [day]),
    ):
        seen = Reading.objects.using("owner").filter(indicator=indicator).order_by("observed_at")
        assert [timezone.localdate(r.observed_at) for r in seen] == days


def test_a_reading_of_a_later_day_is_not_yet_read(family):
    of = family.pk, family.place_code
    for on, value in (("2019-09-30", 5500), ("2020-03-31", 6500), ("2020-09-30", 9000)):
        at = timezone.make_aware(dt.datetime.fromisoformat(f"{on} 23:59"))
        add_reading(family, "income", value, at)
    with scoped(Scope.everything()):
        spring, summer = dt.date(2020, 3, 31), dt.date(2020, 8, 1)
        for day in (spring, summer):
            assert [r.value_number for r in file_readings(*of, day=day)][:2] == [6500.0, 5500.0]
            [income] = results_of(family, day=day)
            assert (income["first"], income["latest"]) == ("5500", "6500")


def test_a_file_holds_back_what_is_dated_after_today(family):
    for days, value in ((-400, 5500), (-30, 6500), (200, 9000)):
        add_reading(family, "income", value, timezone.now() + dt.timedelta(days=days))
    with scoped(Scope.everything()):
        shown = [r.value_number for r in household_file(family).readings]
        assert [value for value in shown if value] == [6500.0, 5500.0]
        assert [r["latest"] for r in results_of(family)] == ["6500"]
