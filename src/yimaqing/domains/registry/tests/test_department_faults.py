"""Bad lists: exact errors, nothing applied by half.

Cast: 赵强's county 临县; 王秀英 of 白文村, whose archived household everybody's lists are about.
"""

import pytest

from yimaqing.domains.accounts.factories import make_user
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.intake.undo.requests import undo_batch
from yimaqing.domains.intake.undo.running import run_undo
from yimaqing.domains.registry.departments.declared import LISTS, lists
from yimaqing.domains.registry.factories import add_person, make_household
from yimaqing.domains.registry.tests.department_cast import (
    COUNTY,
    arrive,
    hits,
    row_of,
    rows,
    wang_at_home,
)
from yimaqing.domains.registry.tests.sheets import (
    BAIWEN,
    counts,
    faults,
    id_number,
    send,
)
from yimaqing.domains.work.actions import close_todo
from yimaqing.kit.dataset import Kind
from yimaqing.kit.rowscope import scoped


@pytest.fixture
def wang(database):
    return wang_at_home()


@pytest.mark.parametrize("name", [one.name for one in LISTS])
def test_a_wrong_cell_of_any_list_is_named_with_its_reason_and_nothing_is_half_done(wang, name):
    one = lists()[name]
    wrong = [
        ("统计截止日期", "2031-01-01", "future_date"),
        ("村编号", "141124999999", "place_unknown"),
    ]
    wrong += [(one.amount, "-5", "range")] if one.amount else []
    wrong += [] if one.of_places else [("证件号码", "141199197502140029", "id_check_digit")]
    wrong += [("出生日期", "2020-08-01", "born_after_count")] if not one.of_places else []
    for fact in one.facts:
        wrong += [(fact.label, "橡树", "label")] if fact.table else []
        wrong += [(fact.label, "2020-08-05", "fact_after_count")] if fact.kind is Kind.DATE else []
        wrong += [(fact.label, "400", "range")] if fact.kind is Kind.INTEGER else []
    for cell, value, fault in wrong:
        batch = send(name, row_of(name, **{cell: value}))
        assert [code for _row, _column, code in faults(batch)] == [fault], (cell, value)
        assert counts(batch) == (0, 0, 0, 1)
    assert rows() == []


def test_two_months_in_one_list_are_refused_as_a_whole(wang):
    batch = send(
        "minimum_living",
        row_of("minimum_living"),
        row_of("minimum_living", 姓名="赵永胜", 统计截止日期="2020-06-30"),
    )
    assert {code for _row, _column, code in faults(batch)} == {"period_mixed"}
    assert counts(batch) == (0, 0, 0, 2)


def test_the_same_month_twice_is_refused_unless_it_counts_until_the_same_day(wang):
    first = arrive("minimum_living")
    again = send(
        "minimum_living", row_of("minimum_living", 姓名="赵永胜", 统计截止日期="2020-07-30")
    )
    assert [code for _row, _column, code in faults(again)] == ["period_twice"]
    assert counts(again) == (0, 0, 0, 1)
    more = send("minimum_living", row_of("minimum_living", 姓名="赵永胜", 性别="男"))
    assert counts(more) == (1, 0, 0, 0)
    assert first.pk != more.pk


def test_what_stayed_of_a_list_taken_back_does_not_keep_the_right_one_out(wang):
    wrong = arrive("temporary_relief", row_of("temporary_relief", 统计截止日期="2020-07-30"))
    worker, [todo] = make_user("village_worker", BAIWEN), hits("temporary_relief")
    with scoped(scope_of(worker)):
        close_todo(todo=todo, reason="已看过", by=worker)
    right = row_of("temporary_relief", 姓名="赵永胜")
    assert [code for _row, _column, code in faults(send("temporary_relief", right))] == [
        "period_twice"
    ]
    undo = undo_batch(batch=wrong, reason="日期错", by=None, dry_run=False, using="owner")
    run_undo(undo.pk)
    assert len(rows()) == 1, "somebody went there because of it"
    assert counts(send("temporary_relief", right)) == (1, 0, 0, 0)


def test_a_list_of_an_earlier_month_is_taken_and_told(wang):
    arrive("minimum_living")
    batch = arrive("minimum_living", row_of("minimum_living", 统计截止日期="2020-06-30"))
    assert counts(batch) == (1, 0, 0, 0)
    assert [code for _row, _column, code in faults(batch)] == ["period_behind"]


def test_amounts_in_ten_thousands_are_refused_unless_the_heading_says_so(wang):
    many = [
        row_of("medical_bills", 流水号=f"YB{n:06d}", 个人自付金额=f"{n / 10 + 0.1:.2f}")
        for n in range(6)
    ]
    batch = send("medical_bills", *many)
    assert {code for _row, _column, code in faults(batch)} == {"unit_doubt"}
    assert counts(batch) == (0, 0, 0, 6)
    assert rows() == []


def test_people_of_another_county_are_not_taken_from_this_one(wang):
    number = id_number(order=6)
    elsewhere = make_household(place_code="141102001001", head_name="赵永胜")
    add_person(elsewhere, name="赵永胜", id_number=number)
    officer = make_user("county_officer", COUNTY)
    batch = send(
        "dangerous_houses", row_of("dangerous_houses", 姓名="赵永胜", 证件号码=number), by=officer
    )
    assert [code for _row, _column, code in faults(batch)] == ["person_elsewhere"]
    other = send(
        "dangerous_houses",
        row_of("dangerous_houses"),
        by=make_user("county_officer", "141102000000"),
    )
    assert [code for _row, _column, code in faults(other)] == ["out_of_scope"]
    assert rows() == []


def test_a_sheet_of_another_shape_is_not_taken_for_a_list(wang):
    batch = send("dangerous_houses", {"姓名": "王秀英", "年龄": "45"})
    assert batch.failure is not None
    assert rows() == []
