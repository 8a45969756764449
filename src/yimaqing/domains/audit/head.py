"""The chain's end, kept in a file outside the database: whoever cuts the end off is seen."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from yimaqing.kit.files import make_private

FILE = "audit-head.json"


@dataclass(frozen=True)
class Head:
    """Number and link of a seal."""

    seq: int
    link: bytes


def read() -> Head | None:
    """The kept end; None before the first sealing."""
    path = Path(settings.HOME) / FILE
    if not path.is_file():
        return None
    held = json.loads(path.read_text(encoding="utf-8"))
    return Head(int(held["seq"]), bytes.fromhex(held["link"]))


def write(head: Head) -> None:
    """Keep an end, atomically."""
    folder = Path(settings.HOME)
    make_private(folder)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{FILE}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"seq": head.seq, "link": head.link.hex()}, file)
    Path(name).replace(folder / FILE)


def is_in_chain(cursor: CursorWrapper) -> bool:
    """Whether the kept end is still part of the chain (True when none was kept)."""
    head = read()
    if head is None or head.seq == 0:
        return True
    cursor.execute("SELECT link FROM audit_seal WHERE seq = %s", [head.seq])
    row = cursor.fetchone()
    return row is not None and bytes(row[0]) == head.link
