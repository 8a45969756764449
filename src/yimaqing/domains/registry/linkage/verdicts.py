"""What becomes of a row of a list: it is about somebody, perhaps about one of these, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from yimaqing.analytics.linking import Link, links
from yimaqing.domains.registry.linkage.likeness import MATCHED, MODEL, UNCERTAIN
from yimaqing.domains.registry.linkage.records import table_of

#: Candidates that are kept of a row that somebody has to look at.
SHOWN = 5


class Verdict(StrEnum):
    """``uncertain``: somebody has to choose."""

    MATCHED = "matched"
    UNCERTAIN = "uncertain"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Found:
    """The verdict on a row and its candidates, likeliest first (of a matched row just one)."""

    verdict: Verdict
    candidates: tuple[Link, ...]


NOBODY = Found(Verdict.NOBODY, ())


def find_people(
    listed: pl.DataFrame, registered: pl.DataFrame, *, memory_gib: float = 2.0
) -> dict[int, Found]:
    """Verdicts on the rows of a list by number; both have the columns of records.TOLD.

    A row that is not among them is about nobody of the register.
    """
    found = links(
        table_of(listed),
        table_of(registered),
        MODEL,
        at_least=UNCERTAIN,
        most=SHOWN,
        memory_gib=memory_gib,
    )
    return {row: verdict_on(candidates) for row, candidates in found.items()}


def verdict_on(candidates: list[Link]) -> Found:
    """The verdict on one row by its candidates, likeliest first."""
    if not candidates or candidates[0].share < UNCERTAIN:
        return NOBODY
    first = candidates[0]
    if first.share >= MATCHED and not _contradicted(first.levels):
        return Found(Verdict.MATCHED, (first,))
    return Found(Verdict.UNCERTAIN, tuple(candidates))


def _contradicted(levels: Mapping[str, str]) -> bool:
    """Another name, or another birth date: a namesake of the same village looks just like that.

    However much else agrees, one of them is for somebody to look at.
    """
    return levels.get("identity") in {"", "same_birth_ids_differ"} or levels.get("name") == ""
