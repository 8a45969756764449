"""Carrying out a plan: one transaction in which a batch is applied whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.planning import Planner, before, images, new_value
from yimaqing.domains.intake.staging import execute, rows

Progress = Callable[[str], None]
#: New rows from which on the planner must be told, lest it take the table for empty.
WORTH_ANALYSING = 20_000


def carry_out(planner: Planner, progress: Progress) -> None:
    """Write the planned rows, what follows from them, and the remarks on the result."""
    _hold_changed_rows(planner)
    _keep_old_values(planner)
    progress("updating")
    _update(planner)
    progress("inserting")
    inserted = _insert(planner)
    progress("following")
    if inserted > WORTH_ANALYSING:
        execute(f"ANALYZE {planner.dataset.table}")
    for statement in planner.dataset.after:
        planner.run(statement)
    _remark(planner)


def foresee(planner: Planner) -> None:
    """Make the remarks that applying the plan would make; nothing of it is written."""
    for statement in planner.dataset.foresee:
        planner.run(statement)
    _remark(planner)


def _remark(planner: Planner) -> None:
    for notice in planner.dataset.notices:
        planner.apply_rule(notice)


def count(batch: Batch) -> None:
    """Put the outcome of the plan into the batch's counts (unsaved)."""
    outcomes = dict(rows("SELECT outcome, count(*) FROM intake_plan GROUP BY 1"))
    batch.created = outcomes.get("created", 0)
    batch.updated = outcomes.get("updated", 0)
    batch.unchanged = outcomes.get("unchanged", 0)
    batch.rejected = batch.rows_total - sum(outcomes.values())
    warned = (
        'SELECT count(DISTINCT "row") FILTER (WHERE "row" > 0) + count(*) FILTER (WHERE "row" = 0)'
        " FROM intake_error WHERE batch_id = %(batch)s AND warning"
    )
    batch.warned = rows(warned, {"batch": batch.pk})[0][0]


def common_place() -> str | None:
    """The smallest administrative place that holds every planned row; None without rows."""
    [(low, high)] = rows("SELECT min(place_code), max(place_code) FROM intake_plan")
    if low is None:
        return None
    shared = next((n for n in (12, 9, 6, 4, 2) if low[:n] == high[:n]), 0)
    return str(low[:shared]).ljust(12, "0")


def _hold_changed_rows(planner: Planner) -> None:
    """Lock the rows that will change and compare again: somebody may have edited one since."""
    table = planner.dataset.table
    held = execute(
        f"SELECT t.id FROM {table} t JOIN intake_plan r ON r.target_id = t.id"
        " WHERE r.outcome = 'updated' ORDER BY t.id FOR NO KEY UPDATE OF t"
    )
    if not held:
        return
    planner.run(
        f"UPDATE intake_plan r SET before = {before(planner.stated_fields())}"
        f" FROM {table} t, {{stage}} s WHERE t.id = r.target_id AND s.row_no = r.row_no"
        " AND r.outcome = 'updated'"
    )
    execute(
        "UPDATE intake_plan SET outcome = 'unchanged' WHERE outcome = 'updated' AND before IS NULL"
    )


def _keep_old_values(planner: Planner) -> None:
    """What an undo of this batch puts back, sealed values as they are."""
    plain, sealed = images(planner.stated_fields(), planner.dataset.provenance)
    planner.run(
        "INSERT INTO intake_kept (batch_id, part, subject_id, before, sealed)"
        f" SELECT %(batch)s, '', t.id, {plain}, nullif({sealed}, '{{}}'::jsonb)"
        f" FROM {planner.dataset.table} t JOIN intake_plan r ON r.target_id = t.id"
        " JOIN {stage} s ON s.row_no = r.row_no WHERE r.outcome = 'updated' ORDER BY t.id"
    )
    planner.batch.keeps = True


def _insert(planner: Planner) -> int:
    """New rows in the order of places: the indexes and later reads follow it."""
    dataset = planner.dataset
    columns = {f.column: f.value for f in dataset.fields} | _provenance(dataset.provenance)
    return planner.run(
        f"INSERT INTO {dataset.table} (id, {', '.join(columns)})"
        f" SELECT r.id, {', '.join(columns.values())}"
        " FROM {stage} s JOIN intake_plan r ON r.row_no = s.row_no"
        " WHERE r.outcome = 'created' ORDER BY r.id"
    )


def _update(planner: Planner) -> None:
    dataset = planner.dataset
    columns = {f.column: new_value(f) for f in planner.stated_fields()}
    columns |= _provenance(dataset.provenance)
    planner.run(
        f"UPDATE {dataset.table} t SET {', '.join(f'{c} = {v}' for c, v in columns.items())}"
        " FROM {stage} s JOIN intake_plan r ON r.row_no = s.row_no"
        " WHERE r.outcome = 'updated' AND t.id = r.target_id"
    )


def _provenance(columns: tuple[str, ...]) -> dict[str, str]:
    values = {"source": "%(source)s", "batch_id": "%(batch)s", "changed_at": "now()"}
    return {name: values[name] for name in columns}
