"""Rules that hold for rows of any dataset: named once, complete where new, inside the area.

Each is made when the ones before it were applied: ``run`` executes a statement of the dataset.
"""

from __future__ import annotations

from collections.abc import Callable

from yimaqing.domains.intake.staging import execute, staged_columns
from yimaqing.kit.dataset import Dataset, Kind, Rule

#: Rows whose place is known; the others have been refused for that, once.
_PLACED = "{stage} s JOIN intake_found r ON r.row_no = s.row_no AND r.place_code IS NOT NULL"


def duplicates(dataset: Dataset, run: Callable[[str], int]) -> list[Rule]:
    """The same key twice in one file: the first row is taken, the later ones are not."""
    key = ", ".join(dataset.key)
    clear = [n for n in staged_columns(dataset) if not n.endswith("_sealed")]
    image = "md5(ROW(" + ", ".join(f"s.{name}" for name in clear) + ")::text)"
    filled = " AND ".join(f"{part} IS NOT NULL" for part in dataset.key)
    execute("DROP TABLE IF EXISTS intake_twice")
    run(
        "CREATE TEMP TABLE intake_twice ON COMMIT DROP AS SELECT row_no, min(row_no) OVER w"
        " AS first, first_value(image) OVER w = image AS same"
        f" FROM (SELECT s.row_no, {image} AS image, ROW({key})::text AS key FROM {_PLACED}"
        f" WHERE {filled} AND ({key}) IN (SELECT {key} FROM {_PLACED} WHERE {filled}"
        f" GROUP BY {key} HAVING count(*) > 1)) i"
        " WINDOW w AS (PARTITION BY key ORDER BY row_no)"
    )
    column = dataset.key_column
    later = (
        f"SELECT s.row_no, {_shown(dataset, column)} AS value, jsonb_build_object('other', first)"
        " AS params FROM intake_twice w JOIN {stage} s ON s.row_no = w.row_no"
        " WHERE w.row_no > first AND"
    )
    rules = [
        Rule("duplicate_row", column, f"{later} same"),
        Rule("duplicate_conflict", column, f"{later} NOT same"),
    ]
    for name, expression in dataset.further_keys:
        taken = "row_no NOT IN (SELECT row_no FROM intake_rejected)"
        rules.append(
            Rule(
                "duplicate_value",
                name,
                "SELECT row_no, value, jsonb_build_object('other', first) AS params FROM"
                f" (SELECT s.row_no, {_shown(dataset, name)} AS value, min(s.row_no) OVER"
                f" (PARTITION BY {expression}) AS first FROM {{stage}} s WHERE s.{taken} AND"
                f" {expression} IN (SELECT {expression} FROM {{stage}} s WHERE s.{taken}"
                " GROUP BY 1 HAVING count(*) > 1)) x WHERE row_no > first",
            )
        )
    return rules


def needed_for_new(dataset: Dataset, run: Callable[[str], int]) -> list[Rule]:
    """New records without what only they need; told at once of all of a row's cells."""
    names = [column.name for column in dataset.columns if column.for_new]
    if not names:
        return []
    cells = ", ".join(f"s.{name}" for name in names)
    blank = " OR ".join(f"s.{name} IS NULL" for name in names)
    execute("DROP TABLE IF EXISTS intake_bare")
    run(
        "CREATE TEMP TABLE intake_bare ON COMMIT DROP AS"
        f" SELECT s.row_no, {cells} FROM {{stage}} s"
        f" JOIN intake_found r ON r.row_no = s.row_no WHERE r.target_id IS NULL AND ({blank})"
        " AND s.row_no NOT IN (SELECT row_no FROM intake_rejected)"
    )
    return [
        Rule(
            "needed_for_new",
            name,
            "SELECT s.row_no, '' AS value, '{}'::jsonb AS params FROM intake_bare s"
            f" WHERE s.{name} IS NULL",
        )
        for name in names
    ]


def outside(dataset: Dataset) -> list[Rule]:
    """Rows of places outside the sender's area, or that would be taken from there."""
    column, inside = dataset.key_column, "%(ranges)s::place_multirange @> "
    rows = (
        f"SELECT s.row_no, {_shown(dataset, column)} AS value, {{params}} AS params"
        " FROM {{stage}} s JOIN intake_found r ON r.row_no = s.row_no"
        f" WHERE r.{{place}} IS NOT NULL AND NOT {inside} r.{{place}}"
    )
    where = "jsonb_build_object('place', r.place_code)"
    # Where a record is held that lies elsewhere is not said to whoever has only its number.
    named = " AND r.place_code IS DISTINCT FROM r.held_place"
    return [
        Rule("out_of_scope", column, rows.format(params=where, place="place_code") + named),
        Rule("held_elsewhere", column, rows.format(params="'{}'::jsonb", place="held_place")),
    ]


def _shown(dataset: Dataset, name: str) -> str:
    """SQL of a cell as a report may show it."""
    column = dataset.column(name)
    if column.secret:
        return f"s.{name}_masked"
    hidden = column.personal or column.kind == Kind.NAME
    return "''" if hidden else f"s.{name}::text"
