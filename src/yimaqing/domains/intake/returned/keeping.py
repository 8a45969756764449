"""What reports mask and lists do not (an address): sealed, for who must choose."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from yimaqing.kit.crypto import CannotOpen, Keyring

_PURPOSE = b"intake_error.params"
_LONGEST = 200


def sealed_values(values: Sequence[str], keys: Keyring) -> str:
    """The export's value, the register's and the list's, sealed."""
    text = json.dumps([value[:_LONGEST] for value in values], ensure_ascii=False)
    return keys.seal(text, purpose=_PURPOSE).hex()


def opened_values(params: Mapping[str, Any], keys: Keyring) -> list[str] | None:
    """The reverse; None where nothing was sealed, or its key is gone."""
    if "sealed" not in params:
        return None
    try:
        opened = keys.open(bytes.fromhex(params["sealed"]), purpose=_PURPOSE)
    except CannotOpen:
        return None
    return [str(value) for value in json.loads(opened)]
