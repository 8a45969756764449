"""A department's list of 100,000 rows without identity numbers held against 590,000 people.

The truth is generated (demo.listed): four rows in five are about somebody of the register, the
others about neighbours who are not in it, of whom one in six is a namesake of somebody of the same
village and one in six looks like a brother. Told wrong or less than fully, each independently:
names 9.5 % (same sound 2.5, traditional characters 2, misread character 2, similar sound 1, swapped
1, a character forgotten 0.5, a blank inside 0.5), birth dates 14 % (year only 6, one digit 3, lunar
2.5, day and month turned 1, missing 1, quite another 0.5), sexes 3.7 % (3 missing), places 18 %
(township only 8, another village 4, county only 3, another township 1.5, another county 1, nothing
0.5); three rows in ten have the right phone, one in ten another one.

Precision is the share of the rows matched without anybody's help that are matched rightly; recall
the share of the rows about somebody of the register that are so. The uncertain band counts for
neither. The model was set on another seed. The time runs from the people in memory to the verdicts.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from bench.machine import describe
from bench.memory import PeakMemory
from demo.listed import Truth, truth

if TYPE_CHECKING:
    from yimaqing.domains.registry.linkage.verdicts import Found

NAME = "linkage"
#: Not the seed on which the model was set (1).
SEED = 20200819
PEOPLE = int(os.environ.get("BENCH_LINKAGE_PEOPLE", "590000"))
ROWS = int(os.environ.get("BENCH_LINKAGE_ROWS", "100000"))
SECONDS, GIB, PRECISION, RECALL = 120, 4, 0.99, 0.95


def run() -> dict[str, Any]:
    """Draw, link, count."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimaqing.config.settings")
    import django  # noqa: PLC0415 - after the settings are named

    django.setup()
    from yimaqing.domains.registry.linkage.verdicts import find_people  # noqa: PLC0415

    known = truth(people=PEOPLE, rows=ROWS, seed=SEED, as_of=dt.date(2026, 9, 30))
    started = time.perf_counter()
    with PeakMemory() as memory:
        found = find_people(known.listed, known.registered)
    seconds = time.perf_counter() - started
    figures = judged(known, found)
    met = (
        seconds < SECONDS
        and memory.peak_mib < GIB * 1024
        and figures["precision"] >= PRECISION
        and figures["recall"] >= RECALL
    )
    return {
        "name": NAME,
        "value": round(seconds, 1),
        "unit": "s",
        "baseline": {
            "what": "recall of exact name, birth date and village (the only one so)",
            "value": plainly_alike(known),
        },
        "ratio": round(seconds / SECONDS, 2),
        "bar": f"under {SECONDS} s and {GIB} GiB, precision ≥ {PRECISION}, recall ≥ {RECALL}",
        "met": met,
        "peak_mib": memory.peak_mib,
        "rows": ROWS + known.registered.height,
        "machine": describe(),
        **figures,
    }


def judged(known: Truth, found: dict[int, Found]) -> dict[str, Any]:
    """Precision, recall, recall when reviewers choose rightly, and rows that they must look at."""
    verdicts = {row: one.verdict for row, one in found.items()}
    matched = {row for row, verdict in verdicts.items() if verdict == "matched"}
    right = {row for row in matched if found[row].candidates[0].record == known.meant[row]}
    about = sum(1 for person in known.meant if person is not None)
    shown = {
        row
        for row, one in found.items()
        if row not in matched and known.meant[row] in {c.record for c in one.candidates}
    }
    return {
        "precision": round(len(right) / max(len(matched), 1), 4),
        "recall": round(len(right) / about, 4),
        "recall_after_review": round((len(right) + len(shown)) / about, 4),
        "uncertain": len(found) - len(matched),
    }


def plainly_alike(known: Truth) -> float:
    """What comparing for equality finds: the share of registered rows with one such person."""
    by = Counter(_plain(known.registered))
    about = [row for row, person in enumerate(known.meant) if person is not None]
    told = list(_plain(known.listed))
    return round(sum(1 for row in about if by[told[row]] == 1) / len(about), 4)


def _plain(people: Any) -> Any:
    return people.select("name", "born", "place").iter_rows()
