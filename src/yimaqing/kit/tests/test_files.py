"""Sealed files: what goes in comes out, and nothing else passes for it."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yimaqing.kit.crypto import CannotOpen, keyring, new_key
from yimaqing.kit.files import CHUNK_BYTES, TooLarge, open_stored, store

KEYS = keyring(f"2:{new_key()}")


def kept(tmp_path, data, **options):
    options = {"limit": 10 * CHUNK_BYTES} | options
    return store(
        [data[i : i + 70_000] for i in range(0, len(data), 70_000)], tmp_path / "a", KEYS, **options
    )


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]
)
def test_a_file_of_any_size_comes_back(tmp_path, size):
    data = os.urandom(size)
    stored = kept(tmp_path, data)
    assert stored.size == size
    with open_stored(stored.path, KEYS) as file:
        assert file.read() == data
    assert data[:40] not in stored.path.read_bytes() or size < 40


def test_every_folder_made_on_the_way_is_private(tmp_path):
    store([b"x"], tmp_path / "files/intake/2020/08/a", KEYS, limit=10)
    made = ["files", "files/intake", "files/intake/2020", "files/intake/2020/08"]
    assert [(tmp_path / name).stat().st_mode & 0o077 for name in made] == [0, 0, 0, 0]


def test_too_large_a_file_leaves_nothing(tmp_path):
    with pytest.raises(TooLarge):
        kept(tmp_path, b"x" * 200_000, limit=100_000)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    def broken():
        yield b"some"
        raise OSError("the network went away")

    with pytest.raises(OSError, match="went away"):
        store(broken(), tmp_path / "a", KEYS, limit=1000)
    assert list(tmp_path.iterdir()) == []


@settings(deadline=None, max_examples=60)
@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_changed_bit_anywhere_is_noticed(tmp_path_factory, position, bit):
    stored = kept(tmp_path_factory.mktemp("files"), b"0123456789" * 500)
    raw = bytearray(stored.path.read_bytes())
    raw[position % len(raw)] ^= 1 << bit
    stored.path.write_bytes(raw)
    with pytest.raises(CannotOpen), open_stored(stored.path, KEYS) as file:
        file.read()


def test_a_file_cut_between_chunks_is_noticed(tmp_path):
    stored = kept(tmp_path, os.urandom(2 * CHUNK_BYTES + 5))
    raw = stored.path.read_bytes()
    one_chunk = 21 + 4 + 12 + CHUNK_BYTES + 16
    stored.path.write_bytes(raw[:one_chunk])
    with pytest.raises(CannotOpen), open_stored(stored.path, KEYS) as file:
        file.read()


def test_another_key_opens_nothing(tmp_path):
    stored = kept(tmp_path, b"secret")
    with pytest.raises(CannotOpen), open_stored(stored.path, keyring(f"3:{new_key()}")) as file:
        file.read()
