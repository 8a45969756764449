"""What a procedure set is: by when, how long, what forbids. The values are in proceduresets/."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

UNITS = ("working", "calendar")
ROUNDS = ("recognition", "removal")
STATUSES = ("cited", "unconfirmed", "proposal")


@dataclass(frozen=True)
class Citation:
    """Where a value comes from, and how sure it is."""

    text: str
    url: str
    status: str


@dataclass(frozen=True)
class Term:
    """So many days."""

    days: int
    unit: str
    citation: Citation


@dataclass(frozen=True)
class Wait:
    """By when a state's step is done, where place codes begin with ``region``."""

    state: str
    round: str
    region: str
    term: Term


@dataclass(frozen=True)
class Risk:
    """A risk of falling back, in both languages."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Group:
    """A group, and the register classes of its households."""

    code: str
    register_class: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True)
class Forbid:
    """What forbids removal: ``condition`` names what is asked, the rest are its figures."""

    condition: str
    zh: str
    en: str
    citation: Citation
    days: int = 0
    share: float = 0.0
    able: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """In the reader's language."""
        return self.en if is_english() else self.zh


#: Conditions that removal is asked by, and the figure that each needs.
CONDITIONS: dict[str, str] = {
    "indicator_fails": "",
    "indicator_unknown": "",
    "warning_open": "",
    "transfer_share": "share",
    "income_unknown": "",
    "observed_too_short": "days",
    "measure_missing": "",
    "no_labour": "able",
}


@dataclass(frozen=True)
class ProcedureSet:
    """All of one file."""

    code: str
    version: str
    zh: str
    en: str
    citation: Citation
    chain: Term
    publicity: Term
    banned: tuple[str, ...]
    more_than: float
    within_days: int
    most_risks: int
    waits: tuple[Wait, ...]
    groups: tuple[Group, ...]
    risks: tuple[Risk, ...]
    forbids: tuple[Forbid, ...]

    @property
    def name(self) -> str:
        """``national-2021@2021.1``: which version a procedure began under."""
        return f"{self.code}@{self.version}"

    @property
    def said(self) -> str:
        """What it is called, in the reader's language."""
        return self.en if is_english() else self.zh

    def wait(self, state: str, *, removal: bool, place_code: str) -> Wait | None:
        """By when the step of a state is done at a place; None where nothing is waited for."""
        wanted = ROUNDS[removal]
        fitting = (w for w in self.waits if (w.state, w.round) == (state, wanted))
        there = [w for w in fitting if place_code.startswith(w.region)]
        return max(there, key=lambda w: len(w.region), default=None)

    def risk_labels(self) -> dict[str, str]:
        """Each risk in the reader's language."""
        return {risk.code: risk.en if is_english() else risk.zh for risk in self.risks}


def is_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")
