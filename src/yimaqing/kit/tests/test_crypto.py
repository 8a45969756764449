"""Sealing: what is sealed opens again, and only where it belongs."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.kit.crypto import CannotOpen, KeysMissing, keyring, new_key

OLD = "1:" + base64.b64encode(bytes(range(32))).decode()
RING = keyring(OLD)


@given(st.text())
def test_sealed_text_opens_again(text):
    assert RING.open(RING.seal(text, purpose=b"a.b"), purpose=b"a.b") == text


def test_a_value_cannot_be_moved_to_another_column():
    sealed = RING.seal("141199197502140017", purpose=b"registry_person.id_number")
    with pytest.raises(CannotOpen):
        RING.open(sealed, purpose=b"registry_person.phone")


@given(st.integers(0, 60))
def test_a_changed_byte_is_seen(position):
    sealed = bytearray(RING.seal("13800005678", purpose=b"a.b"))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(CannotOpen):
        RING.open(bytes(sealed), purpose=b"a.b")


def test_after_rotation_old_values_open_and_the_index_stays():
    rotated = keyring(f"2:{new_key()},{OLD}")
    sealed = RING.seal("x", purpose=b"a.b")
    assert rotated.open(sealed, purpose=b"a.b") == "x"
    assert rotated.index("x", purpose=b"a.b") == RING.index("x", purpose=b"a.b")
    with pytest.raises(CannotOpen):
        RING.open(rotated.seal("x", purpose=b"a.b"), purpose=b"a.b")


@pytest.mark.parametrize("setting", ["", "1:short", "x:" + "A" * 44, "999:" + OLD[2:]])
def test_bad_keys_are_refused(setting):
    with pytest.raises(KeysMissing):
        keyring(setting)
