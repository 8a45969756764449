"""Nobody heads two households: the households sheet says so, before the persons' sheet refuses.

Cast: 王秀英 heads a household of 白文村; a second sheet has her as the head of another.
"""

import pytest

from yimaqing.domains.registry.tests.sheets import (
    HOUSEHOLD,
    OTHER,
    PERSON,
    SON,
    counts,
    faults,
    make_places,
    send,
    words,
)

AGAIN = {**HOUSEHOLD, "户编号": OTHER, "联系电话": "", "银行账号": ""}
ELSEWHERE = [(2, "head_id_number", "head_elsewhere")]


@pytest.fixture
def village(database):
    make_places()


def test_a_head_of_another_household_is_remarked_and_not_refused(village):
    send("households", HOUSEHOLD)
    batch = send("households", AGAIN)
    assert faults(batch) == ELSEWHERE
    assert counts(batch)[0] == 1
    assert any("分户" in line for line in words(batch))


def test_so_is_a_member_of_another_household(village):
    send("households", HOUSEHOLD)
    send(
        "persons",
        PERSON,
        {
            **PERSON,
            "人编号": "8614112400012302",
            "姓名": "王小军",
            "性别": "男",
            "证件号码": SON,
            "出生日期": "2010-06-01",
            "与户主关系": "之子",
        },
    )
    assert faults(send("households", {**AGAIN, "户主证件号": SON})) == ELSEWHERE


def test_two_rows_of_one_sheet_are_compared(village):
    assert faults(send("households", HOUSEHOLD, AGAIN)) == [(3, "head_id_number", "head_repeated")]


def test_an_invalid_household_and_the_same_one_again_are_no_remark(village):
    send("households", {**HOUSEHOLD, "有效标志": "否"})
    assert faults(send("households", AGAIN)) == []
    assert faults(send("households", AGAIN)) == []
