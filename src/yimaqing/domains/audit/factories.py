"""Entries for tests."""

from __future__ import annotations

from itertools import count

from yimaqing.domains.audit.actions import record

_serial = count(1)


def make_entry(
    *, action: str = "registry.file_opened", place_code: str = "141124104201", using: str = "owner"
) -> None:
    """One entry of the system's own, in the caller's transaction."""
    number = next(_serial)
    record(
        action=action,
        by=None,
        actor="system:factory",
        place_code=place_code,
        subject=("household", number),
        purpose="测试",
        after={"number": number},
        using=using,
    )
