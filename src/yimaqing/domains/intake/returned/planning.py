"""How the rows of a returned list are planned: each record by its number, each cell by itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from yimaqing.kit.dataset import Dataset, Field, Rule


def known_by_record(dataset: Dataset) -> str:
    """Whatever the lookup found: a row is the record that was exported."""
    return (
        "UPDATE intake_found f SET target_id = s.record_id, held_place = t.place_code"
        f" FROM {{stage}} s LEFT JOIN {dataset.table} t ON t.id = s.record_id"
        " WHERE s.row_no = f.row_no"
    )


def moved_rule(dataset: Dataset) -> Rule:
    """Rows of records that somebody touched since their cells were compared, a moment ago."""
    fixed = [f for f in dataset.fields if not _stated_by(dataset, f)]
    held = ", ".join(f"t.{f.column}" for f in fixed)
    found = ", ".join(f.value for f in fixed)
    touched = (
        " OR t.changed_at > %(read_at)s::timestamptz" if "changed_at" in dataset.provenance else ""
    )
    return Rule(
        "return_moved",
        "",
        "SELECT s.row_no, '' AS value, '{}'::jsonb AS params"
        " FROM {stage} s JOIN intake_found r ON r.row_no = s.row_no"
        f" LEFT JOIN {dataset.table} t ON t.id = s.record_id"
        f" WHERE t.id IS NULL OR ROW({held}) IS DISTINCT FROM ROW({found}){touched}",
    )


def fields_by_row(dataset: Dataset, stated: Collection[str]) -> list[Field]:
    """Fields that some row states; in the other rows they keep what they have."""
    return [
        replace(
            field,
            value=f"CASE WHEN '{name}' = ANY (s.stated) THEN {field.value}"
            f" ELSE t.{field.column} END",
            keep_blank=False,
        )
        for field in dataset.fields
        if (name := _stated_by(dataset, field)) in stated
    ]


def _stated_by(dataset: Dataset, field: Field) -> str:
    """The column of a file behind a field; empty for what a row is found and placed by."""
    known = {column.name for column in dataset.columns}
    if field.stated_by or field.column not in known or dataset.found_by(field.column):
        return field.stated_by
    return field.column
