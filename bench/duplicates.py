"""Duplicates found among the persons of the demo, of whom some stand there twice on purpose.

Recall is the share of planted pairs that is found, precision the share of found pairs that
was planted; both over all kinds of demo.doubles, and recall by kind beside them.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from bench.machine import describe
from bench.memory import PeakMemory
from demo.doubles import KINDS, Double, neighbour
from demo.generate import generate

NAME = "duplicates"
SEED = 20200819
#: Pairs of each kind; an official's morning of review is worth nothing below these shares.
EACH = 150
RECALL, PRECISION = 0.85, 0.95
PIECE = 20_000
SCALE = os.environ.get("BENCH_DUPLICATES_SCALE", "small")


def run() -> dict[str, Any]:
    """Plant, search, count."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimaqing.config.settings")
    import django  # noqa: PLC0415 - after the settings are named

    django.setup()
    from yimaqing.domains.registry.duplicates.finding import person_pairs  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        people, doubles = planted(Path(folder))
    records = table_of(people)
    started = time.perf_counter()
    with PeakMemory() as memory:
        found = {frozenset((pair.left, pair.right)) for pair in person_pairs(records)}
    seconds = time.perf_counter() - started
    truth = {frozenset((d.original, d.copy)): d.kind for d in doubles}
    hit = Counter(kind for pair, kind in truth.items() if pair in found)
    recall, precision = sum(hit.values()) / len(truth), len(found & set(truth)) / len(found)
    return {
        "name": NAME,
        "value": round(recall, 3),
        "unit": "of planted pairs found",
        "baseline": {"what": f"kinds of error, {EACH} pairs each", "value": len(KINDS)},
        "ratio": None,
        "bar": f"recall ≥ {RECALL}, precision ≥ {PRECISION}",
        "met": recall >= RECALL and precision >= PRECISION,
        "peak_mib": memory.peak_mib,
        "rows": records.num_rows,
        "machine": describe(),
        "precision": round(precision, 3),
        "seconds": round(seconds, 1),
        "by_kind": {kind: round(hit[kind] / EACH, 3) for kind in KINDS},
    }


def planted(folder: Path) -> tuple[list[dict[str, Any]], list[Double]]:
    """Persons of a generated register with second entries of some, and which those are."""
    written = generate(folder, scale=SCALE, as_of=dt.date(2026, 9, 30))
    people = _people(written.files["persons"], written.files["households"])
    draw = random.Random(SEED)  # noqa: S311 - a repeatable draw, no secret
    fit = [at for at, one in enumerate(people) if len(one["name"]) >= 3 and one["id17"]]
    chosen = draw.sample(fit, EACH * len(KINDS))
    villages = sorted({one["village"] for one in people})
    households: dict[str, list[int]] = {}
    for one in people:
        households.setdefault(one["village"], []).append(one["household"])
    doubles: list[Double] = []
    first = people[-1]["id"] + 1
    for at, kind in zip(chosen, [k for k in KINDS for _ in range(EACH)], strict=True):
        original = people[at]
        village = neighbour(original["village"], villages, draw)
        home = draw.choice(households[village])
        copy = original | {"id": first + len(doubles), "village": village, "household": home}
        people.append(copy | KINDS[kind](copy, draw))
        doubles.append(Double(original["id"], copy["id"], kind))
    return people, doubles


def table_of(people: list[dict[str, Any]]) -> pa.Table:
    """The persons as the search reads them, household after household."""
    from yimaqing.domains.registry.duplicates.extract import (  # noqa: PLC0415 - needs Django
        SCHEMA,
        Member,
        batch_of,
    )

    ordered = sorted(people, key=lambda one: (one["household"], one["id"]))
    pieces: list[list[Member]] = [[]]
    for one in ordered:
        if len(pieces[-1]) > PIECE and pieces[-1][-1].household != one["household"]:
            pieces.append([])
        pieces[-1].append(Member(**one))
    return pa.Table.from_batches([batch_of(piece) for piece in pieces], SCHEMA)


def _people(persons: Path, households: Path) -> list[dict[str, Any]]:
    """Rows of a generated persons sheet that a careful import would take."""
    homes = _read(households).select("户编号", "村编号").unique("户编号", keep="first")
    rows = _read(persons).unique("人编号", keep="first", maintain_order=True)
    rows = rows.unique("证件号码", keep="first", maintain_order=True)
    rows = rows.join(homes, on="户编号").filter(
        pl.col("证件号码").str.contains(r"^\d{17}[\dX]$"), pl.col("村编号").str.len_chars() == 12
    )
    number = {home: at for at, home in enumerate(sorted(set(rows["户编号"])))}
    return [
        {
            "id": at,
            "household": number[row["户编号"]],
            "village": row["村编号"],
            "name": row["姓名"],
            "sex": {"男": "male", "女": "female"}.get(row["性别"], ""),
            "born": dt.date.fromisoformat(row["出生日期"]),
            "id17": row["证件号码"][:17],
            "phone": None,
        }
        for at, row in enumerate(rows.iter_rows(named=True))
        if _is_day(row["出生日期"]) and row["姓名"]
    ]


def _is_day(text: str | None) -> bool:
    try:
        dt.date.fromisoformat(text or "")
    except ValueError:
        return False
    return True


def _read(path: Path) -> pl.DataFrame:
    if path.suffix == ".xlsx":
        return pl.read_excel(path, infer_schema_length=0)
    return pl.read_csv(path, infer_schema_length=0, encoding="utf8-lossy")
