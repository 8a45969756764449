"""Mapping: of the columns of foreign layouts, the share that is guessed right.

Real files (XLSX with merged headings and cells, XLS, CSV, TSV in GB18030, Parquet) of layouts
that no dataset knows by its own headings. A column counts as right when its target is the one
that a clerk would choose, or none where the dataset keeps nothing of it; a layout whose dataset
is guessed wrong has no right column. The guess sees a sheet, never its name or truth.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from bench.machine import describe
from bench.mapping_forms import FOREIGN
from bench.mapping_layouts import ROWS, Foreign, write
from bench.mapping_more import MORE
from yimaqing.config.cli import set_up_django

NAME = "mapping"
BAR = 0.95
LAYOUTS = (*FOREIGN, *MORE)


def run() -> dict[str, Any]:
    """Guess every layout; the share of right columns, and each wrong one on standard error."""
    set_up_django()
    wrong: list[str] = []
    total, began = 0, time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for foreign in LAYOUTS:
            total += len(foreign.columns)
            wrong += [f"{foreign.name}: {one}" for one in mistakes(foreign, Path(folder))]
    seconds = time.perf_counter() - began
    print("\n".join(wrong))
    share = 1 - len(wrong) / total
    return {
        "name": NAME,
        "value": round(100 * share, 1),
        "unit": "%",
        "baseline": {"what": "columns in all layouts", "value": total},
        "ratio": round(seconds / len(LAYOUTS), 2),
        "bar": f"≥ {100 * BAR:.0f} % of columns right ({len(LAYOUTS)} layouts)",
        "met": share >= BAR,
        "peak_mib": None,
        "rows": ROWS * len(LAYOUTS),
        "machine": describe(),
    }


def mistakes(foreign: Foreign, folder: Path) -> list[str]:
    """Columns of a layout that are taken for something else than they are."""
    from yimaqing.domains.intake.mapping.commands import guesses  # noqa: PLC0415 - needs Django

    [found] = guesses("auto", (write(foreign, folder),))
    if found.get("dataset") != foreign.dataset:
        said = found.get("failure") or found.get("dataset")
        return [f"{heading} → dataset {said}" for heading in foreign.truth]
    targets = {c["heading"]: c["targets"] for c in found["columns"]}
    wrong = []
    for heading, truth in foreign.truth.items():
        # A number by which the household is looked up too is still what it is.
        own = [t for t in targets.get(heading, ["not found"]) if t != "household_number@holder"]
        if own != ([truth] if truth else []):
            wrong.append(f"{heading} → {own}, should be {truth or 'left out'}")
    return wrong
