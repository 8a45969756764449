"""What two spellings of a name have in common, and what of them is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.registry.duplicates.names import (
    folded,
    letters_of,
    masks_of,
    near_sound_of,
    shorter_of,
    sound_of,
)
from yimaqing.domains.registry.duplicates.words import masked_pair

NAMES = st.text(st.sampled_from("王李张國国华華秀英瑛小晓喆哲陈成红洪·1 "), min_size=1, max_size=5)
CHARACTERS = st.text(st.sampled_from("王李张国华秀英小晓哲陈成红洪"), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("張國華", "张国华"),
        ("王喆", "王哲"),
        ("王 小明", "王小明"),
        ("阿依·古丽", "阿依古丽"),
        ("张三１", "张三"),
    ],
)
def test_spellings_of_one_name_fold_alike(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"), [("陈红", "成洪"), ("李娜", "李拉"), ("黄芳", "方芳"), ("张兰", "章南")]
)
def test_what_is_often_misheard_sounds_near(one, other):
    assert sound_of(one) != sound_of(other)
    assert near_sound_of(sound_of(one)) == near_sound_of(sound_of(other))


@given(NAMES)
def test_folding_twice_is_folding_once(name):
    assert folded(folded(name)) == folded(name)
    assert sorted(letters_of(name)) == sorted(folded(name))


@given(CHARACTERS, CHARACTERS)
def test_masks_meet_where_one_character_differs_and_only_there(one, other):
    differ = sum(a != b for a, b in zip(one, other, strict=False))
    meets = not set(masks_of(one)).isdisjoint(masks_of(other))
    assert meets == (len(one) == len(other) >= 3 and differ <= 1)


@given(CHARACTERS)
def test_a_name_that_lost_a_character_is_among_the_shorter(name):
    assert all(len(short) == len(name) - 1 for short in shorter_of(name))
    assert bool(shorter_of(name)) == (len(name) >= 3)


@given(CHARACTERS, CHARACTERS)
def test_of_two_names_only_the_first_character_and_what_differs_is_shown(one, other):
    left, right = masked_pair(one, other)
    assert (len(left), len(right)) == (len(one), len(other))
    for name, shown, against in ((one, left, other), (other, right, one)):
        for at, character in enumerate(shown):
            if at and character != "*":
                assert character not in against or against[at : at + 1] != character
                assert name[at] == character
    if set(one).isdisjoint(other):
        assert set(left[1:]) | set(right[1:]) <= {"*"}
