"""Identifiers: place ranges, identity numbers, masks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.kit.ids import (
    IdNumberFault,
    grams,
    id_check_digit,
    id_number_fault,
    mask_id_number,
    mask_name,
    mask_phone,
    normal_id_number,
    pinyin_key,
    subtree_bounds,
)

LINXIAN = "141124000000"
BAIWEN = "141124104000"


def test_a_county_holds_its_townships_and_not_the_next_county():
    low, high = subtree_bounds(LINXIAN, 3)
    assert low <= BAIWEN < high
    assert low <= "141124999999999" < high
    assert not low <= "141125000000" < high


def test_a_township_ending_in_zeros_does_not_take_in_its_neighbours():
    """141124100000 is 临泉镇: stripping zeros would give 1411241 and take in 141124101…109."""
    low, high = subtree_bounds("141124100000", 4)
    assert low <= "141124100201" < high
    assert not low <= "141124101201" < high


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(1, 6))
def test_a_place_lies_in_its_own_range(code, level):
    low, high = subtree_bounds(code, level)
    assert low <= code < high


@given(st.text("0123456789", min_size=17, max_size=17))
def test_exactly_one_check_digit_is_right(first17):
    good = [c for c in "0123456789X" if id_check_digit(first17) == c]
    assert len(good) == 1


def synthetic(first17):
    return first17 + id_check_digit(first17)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (synthetic("14119919750214001"), None),
        (synthetic("14119919750214001")[:17] + "?", IdNumberFault.CHARACTERS),
        ("14119919750214", IdNumberFault.LENGTH),
        (synthetic("14119919750230001"), IdNumberFault.BIRTH_DATE),
    ],
)
def test_what_is_wrong_with_a_number(number, fault):
    assert id_number_fault(number) == fault


def test_a_changed_digit_is_seen():
    number = synthetic("14119919750214001")
    changed = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
    assert id_number_fault(changed) == IdNumberFault.CHECK_DIGIT


def test_fifteen_digits_and_full_width_become_eighteen():
    assert normal_id_number("１４１１９９750214001") == synthetic("14119919750214001")


def test_masks_keep_what_a_colleague_needs_and_no_more():
    assert mask_name("王小明") == "王**"
    assert mask_id_number("141199197502140017") == "1411************17"
    assert mask_phone("13800005678") == "138****5678"
    assert mask_phone("110") == "***"


def test_grams_and_pinyin():
    assert grams("王小明") == {"王", "小", "明", "王小", "小明"}
    assert pinyin_key("王明") == "wang ming"
