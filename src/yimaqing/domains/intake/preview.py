"""What a batch does, by examples and by village: looked at before it is let in, or after.

Personal values are masked before they are stored; names of codes are put into words when shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yimaqing.domains.intake.catalogue import dataset
from yimaqing.domains.intake.mapping.wide import parts_of, row_of
from yimaqing.domains.intake.models import Batch, Preview
from yimaqing.domains.intake.planning import Planner
from yimaqing.domains.intake.showing import column_behind, label_behind, shown
from yimaqing.domains.intake.staging import rows
from yimaqing.domains.places.queries import full_names
from yimaqing.kit.dataset import Column, Dataset, Kind
from yimaqing.kit.ids import mask_name

EXAMPLES = 20
_HIDDEN = "****"


@dataclass(frozen=True)
class Example:
    """One row of a file and what it does: fields as (label, before, after)."""

    row: int
    outcome: str
    label: str
    fields: list[tuple[str, str, str]]


def look(planner: Planner) -> None:
    """Store what the plan does; the caller holds the transaction, the plan is there."""
    samples = []
    for outcome in ("updated", "created"):  # what changes is read first
        found = rows(
            planner.sql(
                # What a row does not state may have been found with its record.
                "SELECT s.row_no, coalesce(r.before, '{}')::text,"
                " (jsonb_strip_nulls(to_jsonb(r)) || jsonb_strip_nulls(to_jsonb(s)))::text"
                " FROM (SELECT * FROM intake_plan WHERE outcome = %(outcome)s"
                " ORDER BY id LIMIT %(most)s) r"
                " JOIN {stage} s ON s.row_no = r.row_no ORDER BY r.id"
            ),
            {"outcome": outcome, "most": EXAMPLES},
        )
        samples += [_sample(planner, outcome, *one) for one in found]
    places = rows(
        "SELECT place_code, count(*) FILTER (WHERE outcome = 'created'),"
        " count(*) FILTER (WHERE outcome = 'updated'),"
        " count(*) FILTER (WHERE outcome = 'unchanged') FROM intake_plan GROUP BY 1 ORDER BY 1"
    )
    Preview.objects.using("owner").update_or_create(
        batch=planner.batch,
        defaults={"samples": samples, "places": [list(one) for one in places]},
    )


def _sample(planner: Planner, outcome: str, row: int, before: str, staged: str) -> dict[str, Any]:
    kind, was, now = planner.dataset, json.loads(before), json.loads(staged)
    if outcome == "created":
        fields = [[c.name, None, masked(c, now)] for c in kind.columns]
    else:
        fields = [[key, *_change(kind, key, was[key], now)] for key in was]
    key = kind.column(kind.key_column)
    return {
        "row": row_of(row, parts_of(planner.batch.plan)),
        "outcome": outcome,
        "label": masked(key, now),
        "fields": [one for one in fields if one[1:] != [None, None]],
    }


def _change(kind: Dataset, key: str, was: Any, now: dict[str, Any]) -> list[Any]:
    column = column_behind(kind, key)
    if column is None:
        return ["", now.get("household_number", "")]
    secret = column.secret or column.personal
    old = _HIDDEN if secret and was else mask_name(was) if column.kind == Kind.NAME else was
    return [old, masked(column, now)]


def masked(column: Column, staged: dict[str, Any]) -> Any:
    """A staged value that may be stored in a report; None for an empty cell."""
    if column.secret:
        return staged.get(f"{column.name}_masked")
    value = staged.get(column.name)
    if value is None or value == "":
        return None
    if column.personal:
        return _HIDDEN
    return mask_name(value) if column.kind == Kind.NAME else value


def examples_of(batch: Batch) -> list[Example]:
    """Rows of a batch in words: what they create or change."""
    held = Preview.objects.using(batch._state.db).filter(batch=batch).first()  # noqa: SLF001 - the alias that the batch was read by
    if held is None:
        return []
    kind = dataset(batch.dataset)
    codes = {
        str(value)
        for one in held.samples
        for key, *values in one["fields"]
        for value in values
        if value and _is_place(kind, key)
    }
    places = full_names(codes)
    return [
        Example(
            one["row"],
            one["outcome"],
            str(one["label"] or ""),
            [
                (
                    label_behind(kind, key),
                    words_of(kind, key, was, places),
                    words_of(kind, key, now, places),
                )
                for key, was, now in one["fields"]
            ],
        )
        for one in held.samples
    ]


def places_of(batch: Batch) -> list[list[Any]]:
    """Place, created, updated, unchanged: of every village that the batch writes to."""
    held = Preview.objects.using(batch._state.db).filter(batch=batch).first()  # noqa: SLF001 - as above
    return list(held.places) if held else []


def words_of(kind: Dataset, key: str, value: Any, places: Mapping[str, str] | None = None) -> str:
    """A stored example in words of the current language; ``places`` are names that were read."""
    column = column_behind(kind, key)
    if column is not None and (column.secret or column.personal or column.kind == Kind.NAME):
        return str(value or "")
    if value and _is_place(kind, key):
        code = str(value)
        return (full_names({code}) if places is None else places).get(code) or code
    return shown(column, value)


def _is_place(kind: Dataset, key: str) -> bool:
    column = column_behind(kind, key)
    return column is not None and column.kind == Kind.PLACE
