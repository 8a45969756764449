"""Reading doubts: those of a household, and how many there are of each check and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import connection
from django.utils.translation import get_language

from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.monitoring.checks import TOPICS, Check
from yimaqing.domains.monitoring.evidence import Said, evidence_of
from yimaqing.domains.monitoring.models import Doubt
from yimaqing.domains.monitoring.rulebook import checks_in_force
from yimaqing.kit.ids import place_prefix, subtree_bounds


class Place(Protocol):
    """A place as it is counted by."""

    code: str
    level: int
    name: str


@dataclass(frozen=True)
class DoubtLine:
    """A doubt with all that its reader needs to mend or to confirm it."""

    doubt: Doubt
    label: str
    mend: str
    mended_at: str
    evidence: list[Said]
    confirmed_by: str = ""


@dataclass(frozen=True)
class Counted:
    """How many doubts of one check wait, and how many are confirmed."""

    check: Check
    label: str
    mend: str
    waiting: int
    confirmed: int


@dataclass(frozen=True)
class Overview:
    """The doubts of a place: by topic and check, and by the places below."""

    topics: dict[str, list[Counted]]
    households: int
    waiting: int
    confirmed: int
    below: list[tuple[Place, int]] = field(default_factory=list)


def label_of_check(code: str) -> str:
    """What a check asks, in the reader's language; the code of one that is gone."""
    check = checks_in_force().get(code)
    return text_of(check)[0] if check else code


def text_of(check: Check) -> tuple[str, str]:
    """What is doubted and how it is mended, in the reader's language."""
    if (get_language() or "").startswith("en"):
        return check.en, check.mend_en
    return check.zh, check.mend_zh


def doubts_of(household_id: int, place_code: str) -> list[DoubtLine]:
    """The doubts of a household, those that wait first, in the order of the checks."""
    found = list(
        Doubt.objects.filter(household_id=household_id, place_code=place_code, closed_at=None)
    )
    names = names_of_users({d.confirmed_by_id for d in found if d.confirmed_by_id})
    checks = checks_in_force()
    order = {check.code: number for number, check in enumerate(checks.all)}
    found.sort(key=lambda d: (d.confirmed_at is not None, order.get(d.check_code, len(order))))
    return [_line(doubt, checks.get(doubt.check_code), names) for doubt in found]


def _line(doubt: Doubt, check: Check | None, names: dict[int, str]) -> DoubtLine:
    label, mend = text_of(check) if check else (doubt.check_code, "")
    return DoubtLine(
        doubt=doubt,
        label=label,
        mend=mend,
        mended_at=check.mended_at if check else "",
        evidence=evidence_of(doubt.facts),
        confirmed_by=names.get(doubt.confirmed_by_id or 0, ""),
    )


def overview(here: Place | None, below: Sequence[Place]) -> Overview:
    """The doubts at a place (everywhere in scope for None), counted: three statements."""
    low, high = subtree_bounds(here.code, here.level) if here else ("0", ":")
    with connection.cursor() as cursor:
        cursor.execute(_BY_CHECK, [low, high])
        counts = {code: (waiting, done) for code, waiting, done in cursor.fetchall()}
        cursor.execute(_HOUSEHOLDS, [low, high])
        households = cursor.fetchone()[0]
    topics: dict[str, list[Counted]] = {topic: [] for topic in TOPICS}
    for check in checks_in_force().asked:
        label, mend = text_of(check)
        topics[check.topic].append(Counted(check, label, mend, *counts.get(check.code, (0, 0))))
    return Overview(
        topics=topics,
        households=households,
        waiting=sum(waiting for waiting, _done in counts.values()),
        confirmed=sum(done for _waiting, done in counts.values()),
        below=_below(list(below), low, high),
    )


def _below(places: list[Place], low: str, high: str) -> list[tuple[Place, int]]:
    """How many doubts wait at each place, most first."""
    if not places:
        return []
    prefixes = {place_prefix(place.code, place.level): place for place in places}
    digits = max(map(len, prefixes))
    with connection.cursor() as cursor:
        cursor.execute(_BY_PLACE, [digits, low, high])
        counts = dict(cursor.fetchall())
    counted = [(place, counts.get(prefix, 0)) for prefix, place in prefixes.items()]
    return sorted((one for one in counted if one[1]), key=lambda one: (-one[1], one[0].code))


_OPEN = "monitoring_doubt WHERE closed_at IS NULL AND place_code >= %s AND place_code < %s"
_BY_CHECK = f"""
SELECT check_code, count(*) FILTER (WHERE confirmed_at IS NULL),
       count(*) FILTER (WHERE confirmed_at IS NOT NULL)
FROM {_OPEN} GROUP BY check_code
"""
_HOUSEHOLDS = f"""
SELECT count(DISTINCT household_id) FROM {_OPEN} AND confirmed_at IS NULL
"""
_BY_PLACE = """
SELECT left(place_code, %s), count(*) FROM monitoring_doubt
WHERE closed_at IS NULL AND place_code >= %s AND place_code < %s AND confirmed_at IS NULL
GROUP BY 1
"""
