"""Sealing of personal columns: AES-GCM with a blind index for equality search.

The keys come from ``YIMAQING_DATA_KEY`` = ``id:base64,id:base64`` (32 bytes each,
newest first): new values are sealed with the first, old ones are opened with the one
they name. A sealed value is ``key id (1 byte) | nonce (12) | ciphertext | tag (16)``.
The blind index is HMAC-SHA256 under a key derived from the *oldest* key, so that it
stays the same while keys rotate; `rotate` replaces it only when told to.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class KeysMissing(RuntimeError):
    """``YIMAQING_DATA_KEY`` is empty or malformed."""


class CannotOpen(ValueError):
    """A sealed value was changed, or its key is not among the configured ones."""


@dataclass(frozen=True)
class Keyring:
    """Keys by id (0-255), newest first."""

    keys: tuple[tuple[int, AESGCM], ...]
    index_key: bytes

    def seal(self, text: str, *, purpose: bytes) -> bytes:
        """Seal ``text``; ``purpose`` (table.column) is authenticated, so values cannot be moved."""
        key_id, cipher = self.keys[0]
        nonce = os.urandom(12)
        return bytes((key_id,)) + nonce + cipher.encrypt(nonce, text.encode(), purpose)

    def seal_many(self, texts: Sequence[str | None], *, purpose: bytes) -> list[bytes | None]:
        """``seal`` for a whole column at a third of the cost; None stays None."""
        key_id, cipher = self.keys[0]
        head, encrypt = bytes((key_id,)), cipher.encrypt
        nonces = os.urandom(12 * len(texts))
        sealed: list[bytes | None] = []
        for at, text in enumerate(texts):
            nonce = nonces[12 * at : 12 * at + 12]
            sealed.append(
                None if text is None else head + nonce + encrypt(nonce, text.encode(), purpose)
            )
        return sealed

    def index_many(self, texts: Sequence[str | None], *, purpose: bytes) -> list[bytes | None]:
        """``index`` for a whole column; None stays None."""
        key, prefix, digest = self.index_key, purpose + b"\0", hmac.digest
        return [
            None if text is None else digest(key, prefix + text.encode(), "sha256")[:16]
            for text in texts
        ]

    def open(self, sealed: bytes, *, purpose: bytes) -> str:
        """Raise CannotOpen when the value, its key or its purpose is not the one sealed."""
        sealed = bytes(sealed)
        cipher = dict(self.keys).get(sealed[0]) if sealed else None
        if cipher is None:
            raise CannotOpen(f"no key {sealed[0] if sealed else '-'} in YIMAQING_DATA_KEY")
        try:
            return cipher.decrypt(sealed[1:13], sealed[13:], purpose).decode()
        except InvalidTag as error:
            raise CannotOpen("the sealed value was changed or belongs elsewhere") from error

    def index(self, text: str, *, purpose: bytes) -> bytes:
        """16 bytes that are equal for equal texts of one purpose, and tell nothing else."""
        return hmac.digest(self.index_key, purpose + b"\0" + text.encode(), hashlib.sha256)[:16]


def new_key() -> str:
    """A fresh key in base64."""
    return base64.b64encode(os.urandom(32)).decode()


@lru_cache(maxsize=4)
def keyring(setting: str) -> Keyring:
    """Parse ``YIMAQING_DATA_KEY``; raise KeysMissing when it holds no valid key."""
    keys = _parsed(setting)
    index_key = hmac.digest(keys[-1][1], b"yimaqing blind index", hashlib.sha256)
    return Keyring(tuple((number, AESGCM(raw)) for number, raw in keys), index_key)


def derived_keys(setting: str, label: bytes) -> dict[int, bytes]:
    """A key of its own for another use (``label``) from each data key, newest first."""
    return {
        number: hmac.digest(raw, b"yimaqing " + label, hashlib.sha256)
        for number, raw in _parsed(setting)
    }


def _parsed(setting: str) -> list[tuple[int, bytes]]:
    keys: list[tuple[int, bytes]] = []
    for part in filter(None, (p.strip() for p in setting.split(","))):
        key_id, found, encoded = part.partition(":")
        try:
            raw = base64.b64decode(encoded if found else "", validate=True)
            number = int(key_id)
        except ValueError as error:
            raise KeysMissing(f"YIMAQING_DATA_KEY: {part[:6]}… is not id:base64") from error
        if len(raw) != 32 or not 0 <= number <= 255:
            raise KeysMissing("YIMAQING_DATA_KEY: each key is a number 0-255 and 32 bytes")
        keys.append((number, raw))
    if not keys:
        raise KeysMissing("YIMAQING_DATA_KEY is empty; `yimaqing db init` writes one")
    return keys
