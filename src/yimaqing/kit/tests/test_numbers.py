"""Numbers that came in an address."""

import pytest

from yimaqing.kit.ids import number_pair, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("17", 17), ("9" * 18, 10**18 - 1), ("１７", 17)],
)
def test_a_number_is_read(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "²", "-1", "1.0", " 1", "9" * 19, "9" * 5000, "x", "\0"])
def test_what_is_no_number_or_too_long_is_none(text):
    assert whole_number(text) is None


def test_a_pair_is_whole_or_nothing():
    assert number_pair("3-17") == (3, 17)
    assert {number_pair(text) for text in ("", "3", "3-", "-17", "3-²", "3-17-1")} == {None}
