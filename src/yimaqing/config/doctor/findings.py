"""What a check says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether something is in order, should be looked at, or is broken."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """The result of one check: what is so, and what to do about it (empty when fine)."""

    check: str
    state: State
    message: str
    remedy: str = ""


Check = Callable[[], Finding]


def fine(check: str, message: str) -> Finding:
    """In order."""
    return Finding(check, State.OK, message)


def warning(check: str, message: str, remedy: str) -> Finding:
    """Works, but will not for ever or not well."""
    return Finding(check, State.WARN, message, remedy)


def fault(check: str, message: str, remedy: str) -> Finding:
    """Does not work, or is not safe."""
    return Finding(check, State.FAIL, message, remedy)
