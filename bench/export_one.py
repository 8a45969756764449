"""One export, in a process of its own: how long, how many rows, how much memory."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from django.conf import settings

from bench.lists_asked import officer
from bench.memory import PeakMemory
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.lists.asking import Question
from yimaqing.domains.lists.catalogue import listing
from yimaqing.domains.lists.producing import Task, write
from yimaqing.kit.rowscope import scoped


def run(kind: str, where: str) -> dict[str, Any]:
    """Export the people (``where``: some of them) as ``kind``, sealed, and take the file away."""
    viewer, people = officer(), listing("persons")
    if where:
        people = replace(people, where=f"{people.where} AND {where}")
    task = Task(people, Question("persons"), viewer, kind, "bench", "DC00000000")
    path = settings.FILES / f"bench.{kind}"
    began = time.monotonic()
    with PeakMemory() as memory, scoped(scope_of(viewer, people.permission)):
        stored, rows = write(task, path)
    seconds = time.monotonic() - began
    path.unlink()
    return {
        "seconds": round(seconds, 1),
        "rows": rows,
        "mib": round(stored.size / 2**20, 1),
        "peak_mib": memory.peak_mib,
    }
