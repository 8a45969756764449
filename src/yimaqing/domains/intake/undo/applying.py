"""Carrying out an undo: one transaction in which a batch is taken back whole or not at all."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.staging import execute, rows
from yimaqing.domains.intake.undo.planning import UndoPlanner

Progress = Callable[[str], None]
#: Fields and rows that are left, listed in detail for one undo; beyond it they are counted.
MOST_LEFT = 100_000


def carry_out(planner: UndoPlanner, progress: Progress) -> None:
    """Take away and put back what is planned, with what follows from it."""
    _pass_on()
    for statement in planner.how.before:
        planner.run(statement)
    progress("removing")
    _remove(planner)
    progress("restoring")
    _restore(planner)
    progress("following")
    for statement in planner.how.after:
        planner.run(statement)
    _forget(planner)


def write_report(planner: UndoPlanner) -> None:
    """Counts, what else goes, later batches, and what is left and why (the undo unsaved)."""
    undo, table = planner.undo, planner.dataset.table
    for name, count in planner.counts().items():
        setattr(undo, name, count)
    undo.notes = {name: rows(sql, planner.params)[0][0] for name, sql in planner.how.notes.items()}
    later = Batch.objects.using("owner").filter(
        dataset=planner.batch.dataset,
        state=State.APPLIED,
        finished_at__gt=planner.batch.finished_at or timezone.now(),
    )
    undo.later = list(later.order_by("pk").values_list("pk", flat=True)[:20])
    planner.run("DELETE FROM intake_undoleft WHERE undo_id = %(undo)s")
    planner.run(
        "INSERT INTO intake_undoleft (undo_id, subject_id, label, key, code,"
        " detail, was, now, actor, at)"
        f" SELECT %(undo)s, x.id, {planner.how.label},"
        " coalesce(x.key, ''), x.code, x.detail, x.was, x.now, coalesce(x.actor, ''), x.at"
        f" FROM intake_left x JOIN {table} t ON t.id = x.id"
        f" ORDER BY 3, x.id, x.key LIMIT {MOST_LEFT}"
    )


def _pass_on() -> None:
    """A later batch that changed the same field, or one that holds only together with it, shall,
    when undone, bring back what was before this one: this batch's value is nowhere any more.
    """
    execute(
        "CREATE TEMP TABLE intake_passed ON COMMIT DROP AS SELECT f.id, f.by_batch, c.col,"
        " u.image -> c.col AS old, c.secret FROM (SELECT DISTINCT ON (id, grp) id, grp, by_batch"
        " FROM intake_conflict ORDER BY id, grp, at) f"
        " JOIN intake_column c ON c.grp = f.grp JOIN intake_taken u ON u.id = f.id"
        " WHERE f.by_batch IS NOT NULL AND u.outcome = 'updated' AND u.image ? c.col"
    )
    for part, secret in (("before", "false"), ("sealed", "true")):
        execute(
            f"UPDATE intake_kept k SET {part} = coalesce(k.{part}, '{{}}') || x.old FROM"
            " (SELECT p.id, p.by_batch, jsonb_object_agg(p.col, p.old) AS old FROM intake_passed p"
            f" WHERE p.secret = {secret} GROUP BY 1, 2) x"
            " WHERE k.batch_id = x.by_batch AND k.part = '' AND k.subject_id = x.id"
        )


def _remove(planner: UndoPlanner) -> None:
    planner.run(
        f"DELETE FROM {planner.dataset.table} t USING intake_taken u"
        " WHERE u.id = t.id AND u.outcome = 'created' AND NOT u.stays"
    )


def _restore(planner: UndoPlanner) -> None:
    """All columns that some row gets back, in one statement; the others keep what they have."""
    found = rows(
        "SELECT DISTINCT w FROM intake_taken u, LATERAL jsonb_object_keys(u.wanted) w"
        " WHERE u.outcome = 'updated' ORDER BY 1"
    )
    if not found:
        return
    columns = [f'"{name}"' for (name,) in found]
    moment = ", changed_at = now()" if "changed_at" in planner.dataset.provenance else ""
    planner.run(
        f"UPDATE {planner.dataset.table} t SET ({', '.join(columns)}) ="
        f" (SELECT {', '.join(f'x.{c}' for c in columns)}"
        f" FROM jsonb_populate_record(t, u.wanted) x){moment} FROM intake_taken u"
        " WHERE u.id = t.id AND u.outcome = 'updated' AND u.wanted <> '{}'"
    )


def _forget(planner: UndoPlanner) -> None:
    """Old values that were put back or passed on are kept no longer."""
    planner.run(
        "UPDATE intake_kept k SET before = k.before - x.cols, sealed = k.sealed - x.cols FROM"
        " (SELECT id, array_agg(col) AS cols FROM (SELECT u.id, w AS col FROM intake_taken u,"
        " LATERAL jsonb_object_keys(u.wanted) w WHERE u.outcome = 'updated'"
        " AND u.wanted <> u.image UNION SELECT id, col FROM intake_passed) p GROUP BY 1) x"
        " WHERE k.batch_id = %(batch)s AND k.part = '' AND k.subject_id = x.id"
    )
    planner.run(
        "DELETE FROM intake_kept k USING intake_taken u WHERE k.batch_id = %(batch)s"
        " AND k.part = '' AND k.subject_id = u.id AND (u.wanted = u.image"
        " OR (k.before - ARRAY['source', 'batch_id'] = '{}'"
        " AND coalesce(k.sealed, '{}') = '{}'))"
    )
