"""Files kept sealed on disk, in chunks, so that size does not cost memory.

Layout: ``YMQ1`` | key id (1 byte) | file id (16) | then chunks ``length (4) | nonce (12) |
ciphertext and tag``. Each chunk is authenticated with the file id, its number and whether
it is the last: chunks cannot be moved, dropped, repeated or cut off.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yimaqing.kit.crypto import CannotOpen, Keyring

MAGIC = b"YMQ1"
CHUNK_BYTES = 1024 * 1024
_HEAD = len(MAGIC) + 1 + 16
_OVERHEAD = 12 + 16


class TooLarge(ValueError):
    """More bytes than allowed arrived; nothing is kept."""


@dataclass(frozen=True)
class Stored:
    """A sealed file: where it is, and size and SHA-256 (hex) of what was stored."""

    path: Path
    size: int
    sha256: str


def make_private(folder: Path) -> None:
    """Make a folder and those above it that are missing, all for this account alone.

    ``mkdir(mode=…, parents=True)`` gives the mode to the last one only.
    """
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    for part in reversed(missing):
        part.mkdir(mode=0o700, exist_ok=True)


class SealedWriter:
    """Takes bytes as they come and leaves a sealed file, or nothing.

    ``finish`` makes the file appear under its name, complete and on disk; leaving the
    ``with`` block without it removes every trace.
    """

    def __init__(self, path: Path, keys: Keyring, *, limit: int) -> None:
        self._path = path
        self._limit = limit
        make_private(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
        self._file = os.fdopen(handle, "wb")
        self._unfinished = Path(name)
        key_id, self._cipher = keys.keys[0]
        self._file_id = os.urandom(16)
        self._file.write(MAGIC + bytes((key_id,)) + self._file_id)
        self._pending = bytearray()
        self._digest = hashlib.sha256()
        self._number = self._size = 0

    def write(self, data: bytes) -> None:
        """Take some bytes. Raise TooLarge beyond the limit."""
        self._size += len(data)
        if self._size > self._limit:
            raise TooLarge(str(self._limit))
        self._digest.update(data)
        self._pending += data
        while len(self._pending) > CHUNK_BYTES:
            self._seal(bytes(self._pending[:CHUNK_BYTES]), last=False)
            del self._pending[:CHUNK_BYTES]

    def finish(self) -> Stored:
        """Seal the rest, flush to disk, give the file its name."""
        self._seal(bytes(self._pending), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.replace(self._path)
        return Stored(self._path, self._size, self._digest.hexdigest())

    def discard(self) -> None:
        """Remove what was written so far."""
        self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.discard()

    def _seal(self, data: bytes, *, last: bool) -> None:
        nonce = os.urandom(12)
        sealed = self._cipher.encrypt(nonce, data, _bound(self._file_id, self._number, last=last))
        self._file.write(len(sealed).to_bytes(4) + nonce + sealed)
        self._number += 1


def store(chunks: Iterable[bytes], path: Path, keys: Keyring, *, limit: int) -> Stored:
    """Seal ``chunks`` into ``path``. Raise TooLarge, leaving nothing, beyond ``limit`` bytes."""
    with SealedWriter(path, keys, limit=limit) as writer:
        for chunk in chunks:
            writer.write(chunk)
        return writer.finish()


def open_stored(path: Path, keys: Keyring) -> BinaryIO:
    """Read a sealed file as a stream. Raise CannotOpen where it was changed or cut off."""
    return io.BufferedReader(_SealedReader(_chunks(path, keys)), CHUNK_BYTES)


def key_of(path: Path) -> int:
    """Number of the key that a sealed file names. Raise CannotOpen when it is none."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    _check_head(head, path)
    return head[len(MAGIC)]


class _SealedReader(io.RawIOBase):
    """The chunks of a sealed file as one stream."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        """It only reads."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # the buffer is always bytes
        """Fill ``buffer`` from the next chunk."""
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = chunk
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def close(self) -> None:
        """Close the file behind the chunks."""
        close = getattr(self._chunks, "close", None)
        if close:
            close()
        super().close()


def _chunks(path: Path, keys: Keyring) -> Iterator[bytes]:
    with path.open("rb") as file:
        cipher, file_id = _head(file.read(_HEAD), keys, path)
        number, last = 0, False
        while not last:
            length = int.from_bytes(file.read(4))
            nonce, sealed = file.read(12), file.read(length)
            if not 0 < length <= CHUNK_BYTES + _OVERHEAD or len(sealed) != length:
                raise CannotOpen(f"{path.name} is cut off")
            last = file.peek(1) == b""
            try:
                yield cipher.decrypt(nonce, sealed, _bound(file_id, number, last=last))
            except InvalidTag as error:
                raise CannotOpen(f"{path.name} was changed or cut off") from error
            number += 1


def _head(head: bytes, keys: Keyring, path: Path) -> tuple[AESGCM, bytes]:
    _check_head(head, path)
    cipher = dict(keys.keys).get(head[len(MAGIC)])
    if cipher is None:
        raise CannotOpen(f"no key {head[len(MAGIC)]} in YIMAQING_DATA_KEY")
    return cipher, head[len(MAGIC) + 1 :]


def _check_head(head: bytes, path: Path) -> None:
    if len(head) != _HEAD or not head.startswith(MAGIC):
        raise CannotOpen(f"{path.name} is not a sealed file")


def _bound(file_id: bytes, number: int, *, last: bool) -> bytes:
    return file_id + number.to_bytes(8) + bytes((last,))
