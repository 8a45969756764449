"""Tokens and printed numbers, and the addresses that may be printed."""

import random

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.codes.addresses import AddressNotPrintable, is_public_host, printable_address
from yimaqing.domains.codes.tokens import (
    ALPHABET,
    LENGTH,
    is_well_formed,
    printed_number,
    read_number,
)

TOKEN = "4ru9vtrhrdf3fqa9"


def fresh_tokens(n):
    with connection.cursor() as cursor:
        cursor.execute("SELECT codes_new_token() FROM generate_series(1, %s)", [n])
        return [token for (token,) in cursor.fetchall()]


def test_the_database_makes_tokens_that_python_knows(database):
    tokens = fresh_tokens(2000)
    assert len(set(tokens)) == 2000
    assert all(is_well_formed(token) for token in tokens)


def test_every_character_is_drawn_in_every_place(database):
    tokens = fresh_tokens(2000)
    for place in range(LENGTH):
        assert {token[place] for token in tokens} == set(ALPHABET)


def test_no_character_looks_like_another():
    assert not set(ALPHABET) & set("01oilOIL")


@given(st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(place, character):
    changed = TOKEN[:place] + character + TOKEN[place + 1 :]
    assert is_well_formed(changed) == (changed == TOKEN)


@given(st.integers(0, LENGTH - 2), st.integers(0, LENGTH - 2))
def test_two_swapped_characters_are_noticed(one, other):
    letters = list(TOKEN)
    letters[one], letters[other] = letters[other], letters[one]
    assert is_well_formed("".join(letters)) == ("".join(letters) == TOKEN)


@pytest.mark.parametrize("text", ["", "policy", TOKEN[:-1], TOKEN + "2", TOKEN.upper(), "啊" * 16])
def test_what_is_no_token(text):
    assert not is_well_formed(text)


def test_the_printed_number_is_iso_7064():
    # The check digit of 0794 is 5 in the standard's own example of MOD 11,10.
    assert printed_number(794) == "000-000-794-" + printed_number(794)[-1]
    assert read_number("000000794" + printed_number(794)[-1]) == 794


@given(st.integers(1, 999_999_999))
def test_a_number_is_read_as_it_was_printed(code_id):
    assert read_number(printed_number(code_id)) == code_id


@given(st.integers(1, 999_999_999), st.integers(0, 9), st.integers(0, 9))
def test_one_wrong_digit_of_a_number_is_noticed(code_id, place, digit):
    digits = list(printed_number(code_id).replace("-", ""))
    was, digits[place] = digits[place], str(digit)
    assert (read_number("".join(digits)) is not None) == (was == str(digit))


def test_numbers_grow_beyond_nine_digits():
    assert read_number(printed_number(12_345_678_901)) == 12_345_678_901


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "10.1.2.3", "192.168.1.9", "::1", "fe80::1", "scan",
             "server.local", "pc.lan", "ym.internal", "testserver", "x.example", "", "a..b"],
)  # fmt: skip
def test_hosts_that_no_phone_reaches(host):
    assert not is_public_host(host)


@pytest.mark.parametrize("host", ["ym.luliang.gov.cn", "1.2.4.8", "code.org.cn", "locallocal.cn"])
def test_hosts_that_a_phone_reaches(host):
    assert is_public_host(host)


def test_a_private_address_is_printed_in_a_demo_only(settings_override):
    token = "".join(random.sample(ALPHABET, 16))
    with settings_override(PUBLIC_URL="http://192.168.1.9:8000", DEMO=False):
        with pytest.raises(AddressNotPrintable):
            printable_address(token)
    with settings_override(PUBLIC_URL="http://192.168.1.9:8000", DEMO=True):
        assert printable_address(token) == f"http://192.168.1.9:8000/c/{token}"
    with settings_override(PUBLIC_URL="https://ym.luliang.gov.cn", DEMO=False):
        assert printable_address(token) == f"https://ym.luliang.gov.cn/c/{token}"
