"""A list that still names what was merged: its facts land at the record that was kept."""

import pytest
from django.utils.translation import override

from yimaqing.domains.registry.duplicates.deciding import merge, unmerge
from yimaqing.domains.registry.models import (
    Duplicate,
    Household,
    Merge,
    Payment,
    Person,
    YearlyIncome,
)
from yimaqing.domains.registry.tests.sheets import (
    BOY,
    HOUSEHOLD,
    INCOME,
    NUMBER,
    OTHER,
    PAYMENT,
    PERSON,
    YAOTOU,
    counts,
    faults,
    id_number,
    make_places,
    send,
    words,
)
from yimaqing.kit.rowscope import Scope, scoped

AGAIN = HOUSEHOLD | {
    "户编号": OTHER,
    "村编号": YAOTOU,
    "户主姓名": "王秀瑛",
    "户主证件号": "",
    "住址": "窑头1号",
}
SHE = PERSON | {
    "人编号": "8614112400045601",
    "户编号": OTHER,
    "姓名": "王秀瑛",
    "证件类型": "其他",
    "证件号码": "H0001",
}


@pytest.fixture
def merged(database):
    """王秀英's household stood twice; the one in 窑头 was merged into that in 白文."""
    make_places()
    send("households", HOUSEHOLD, AGAIN)
    send("persons", PERSON, BOY, SHE)
    kept = Household.objects.using("owner").get(household_number=NUMBER)
    lost = Household.objects.using("owner").get(household_number=OTHER)
    she = Person.objects.using("owner").get(person_number=SHE["人编号"])
    here = Person.objects.using("owner").get(person_number=PERSON["人编号"])
    pair = Duplicate.objects.using("owner").create(
        kind="household",
        left_id=kept.pk,
        right_id=lost.pk,
        place_code=kept.place_code,
        household_id=kept.pk,
        other_place=lost.place_code,
        other_household_id=lost.pk,
        score=1,
        reasons={"members": [[here.pk, she.pk]]},
    )
    with scoped(Scope.everything()):
        merge(duplicate=pair, keep=kept.pk, by=None)
    return kept


def test_facts_of_the_former_number_land_at_the_household_that_was_kept(merged):
    assert counts(send("incomes", INCOME | {"户编号": OTHER})) == (1, 0, 0, 0)
    assert counts(send("payments", PAYMENT | {"户编号": OTHER})) == (1, 0, 0, 0)
    assert YearlyIncome.objects.using("owner").get().household_id == merged.pk
    assert Payment.objects.using("owner").get().household_id == merged.pk


def test_a_person_of_the_former_number_is_the_one_who_was_kept(merged):
    batch = send("persons", SHE | {"人员状态": "自然减少", "文化程度": "初中"})
    assert counts(batch) == (0, 1, 0, 0)
    kept = Person.objects.using("owner").get(person_number=PERSON["人编号"])
    assert (kept.household_id, kept.education, kept.valid) == (merged.pk, "junior", True)
    assert not Person.objects.using("owner").get(person_number=SHE["人编号"]).valid


def test_a_new_member_under_the_former_number_moves_in_with_the_others(merged):
    girl = BOY | {
        "人编号": "8614112400045602",
        "户编号": OTHER,
        "姓名": "李小燕",
        "性别": "女",
        "与户主关系": "之女",
        "出生日期": "2012-06-01",
        "证件号码": id_number("20120601", 20),
    }
    assert counts(send("persons", girl)) == (1, 0, 0, 0)
    assert Person.objects.using("owner").get(person_number=girl["人编号"]).household_id == merged.pk


def test_beside_the_kept_numbers_own_row_the_former_one_is_refused_with_both(merged):
    batch = send("households", AGAIN, HOUSEHOLD)
    assert counts(batch) == (0, 0, 1, 1)
    assert ("former_number") in {code for _row, _column, code in faults(batch)}
    with override("zh-hans"):
        assert any(f"编号 {OTHER} 已并入 {NUMBER}" in said for said in words(batch))
    assert counts(send("incomes", INCOME | {"户编号": OTHER}, INCOME)) == (1, 0, 0, 1)
    assert counts(send("persons", SHE, PERSON, BOY)) == (0, 0, 2, 1)


def test_the_former_number_alone_corrects_the_kept_household_but_does_not_move_it(merged):
    batch = send("households", AGAIN | {"有效标志": "否"})
    assert counts(batch) == (0, 1, 0, 0)
    kept = Household.objects.using("owner").get(pk=merged.pk)
    assert (kept.household_number, kept.address, kept.valid) == (NUMBER, "窑头1号", True)
    assert kept.place_code == HOUSEHOLD["村编号"]


def test_after_un_merging_each_number_is_its_own_again(merged):
    with scoped(Scope.everything()):
        unmerge(merge=Merge.objects.get(kind="household"), by=None, reason="分户")
    assert counts(send("households", AGAIN, HOUSEHOLD)) == (0, 0, 2, 0)
