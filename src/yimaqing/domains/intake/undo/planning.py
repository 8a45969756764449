"""What will become of each row that a batch wrote, found out by statements over whole tables.

Within one transaction of the owner. ``intake_taken`` holds the rows, ``intake_later`` who has
changed one of their fields since and was not undone, ``intake_conflict`` the same beside today's
value, and ``intake_left`` what is left as it is, and why. All are temporary.

What the batch wrote in a field is told by who came next: the first later change kept it as the
old value; without one it is what the field says today. So nothing of what a batch creates is
written twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yimaqing.domains.intake.models import Batch, Undo
from yimaqing.domains.intake.planning import MEMORY, is_secret, plain_name
from yimaqing.domains.intake.staging import execute, rows
from yimaqing.kit import dataset as kinds
from yimaqing.kit.rowscope import Scope

#: Where a row came from; put back with it, told to nobody.
ORIGIN = "origin"
OUT_OF_SCOPE = kinds.Hold(
    "undo_out_of_scope",
    "SELECT u.id, NULL::text[] AS keys, jsonb_build_object('place', u.place_code) AS detail"
    " FROM intake_taken u WHERE NOT %(ranges)s::place_multirange @> u.place_code",
)


@dataclass(frozen=True)
class UndoPlanner:
    """Plans one undo; ``scope`` is where who asked for it may write."""

    undo: Undo
    batch: Batch
    dataset: kinds.Dataset
    how: kinds.Undo
    scope: Scope

    @property
    def params(self) -> dict[str, Any]:
        """What every statement of an undo may refer to."""
        return {
            "batch": self.batch.pk,
            "actor": self.undo.actor,
            "source": self.undo.reason,
            "as_of": self.batch.as_of,
            "columns": self.batch.columns,
            "ranges": self.scope.settings()["yimaqing.ranges"],
            "dataset": self.batch.dataset,
            "applied": self.batch.finished_at,
            "undo": self.undo.pk,
        }

    def run(self, sql: str) -> int:
        """Execute a statement; the number of rows touched."""
        return execute(sql, self.params)

    def plan(self) -> None:
        """Fill the temporary tables. Unless it is a dry run, what goes is locked before."""
        for setting in MEMORY:
            execute(setting)
        self._name_columns()
        self._find()
        if not self.undo.dry_run:
            for statement in self.how.lock:
                self.run(statement)
            self.run(
                f"SELECT t.id FROM {self.dataset.table} t JOIN intake_taken u ON u.id = t.id"
                " ORDER BY t.id FOR UPDATE OF t"
            )
        for statement in self.how.prepare:
            self.run(statement)
        self._compare()
        for hold in (OUT_OF_SCOPE, *self.how.holds):
            self._hold(hold)
        execute(
            "UPDATE intake_taken SET wanted = '{}' WHERE outcome = 'updated'"
            " AND wanted <> '{}' AND wanted - ARRAY['source', 'batch_id'] = '{}'"
        )
        self._remember_what_goes()

    def _name_columns(self) -> None:
        """Which columns stand or fall together, and what history calls them."""
        execute(
            "CREATE TEMP TABLE intake_column (col text, hist text, grp text, compared boolean,"
            " secret boolean, recorded boolean) ON COMMIT DROP"
        )
        together = dict.fromkeys(self.how.together, self.dataset.table)
        told = {f.compare: plain_name(f) for f in self.dataset.fields if f.compare}
        values = [
            (
                plain_name(f),
                told.get(f.column, plain_name(f)).removesuffix("_sealed"),
                together.get(plain_name(f)) or f.stated_by or plain_name(f),
                not f.compare,
                is_secret(f),
                f.recorded,
            )
            for f in self.dataset.fields
        ]
        values += [
            (name, name, ORIGIN, True, False, False)
            for name in self.dataset.provenance
            if name != "changed_at"
        ]
        for value in values:
            execute(
                "INSERT INTO intake_column VALUES"
                " (%(c)s, %(h)s, %(g)s, %(compared)s, %(secret)s, %(recorded)s)",
                dict(zip(("c", "h", "g", "compared", "secret", "recorded"), value, strict=True)),
            )

    def _find(self) -> None:
        self.run(
            "CREATE TEMP TABLE intake_taken ON COMMIT DROP AS"
            f" SELECT t.id, x.outcome, {self.how.place} AS place_code, false AS stays, x.image,"
            " x.image AS wanted, NULL::jsonb AS gone"
            f" FROM (SELECT id, 'created' AS outcome, NULL::jsonb AS image"
            f" FROM ({self.how.created}) c UNION ALL SELECT subject_id, 'updated',"
            " before || coalesce(sealed, '{}') FROM intake_kept"
            f" WHERE batch_id = %(batch)s AND part = '') x JOIN {self.dataset.table} t"
            " ON t.id = x.id ORDER BY t.id"
        )
        execute("ALTER TABLE intake_taken ADD PRIMARY KEY (id)")
        execute("ANALYZE intake_taken")

    def _compare(self) -> None:
        """Who changed what since: it stays, also where it says again what the batch said."""
        by_hand = (
            " UNION ALL SELECT x.id, coalesce(c.col, x.key), x.was, NULL, x.actor, x.at"
            f" FROM ({self.how.edited}) x LEFT JOIN intake_column c ON c.hist = x.key"
            " AND c.compared"
            if self.how.edited
            else ""
        )
        self.run(
            "CREATE TEMP TABLE intake_later ON COMMIT DROP AS SELECT DISTINCT ON (id, col) *"
            " FROM (SELECT u.id, e.key AS col, e.value AS was, k.batch_id AS by_batch, b.actor,"
            " b.finished_at AS at FROM intake_batch b JOIN intake_kept k ON k.batch_id = b.id"
            " AND k.part = '' JOIN intake_taken u ON u.id = k.subject_id,"
            " LATERAL jsonb_each(k.before || coalesce(k.sealed, '{}')) e"
            " WHERE b.dataset = %(dataset)s AND b.state = 'applied' AND b.id <> %(batch)s"
            " AND b.finished_at > %(applied)s AND e.key NOT LIKE '%%\\_sealed'"
            f"{by_hand}) x ORDER BY id, col, at"
        )
        self.run(
            "CREATE TEMP TABLE intake_conflict ON COMMIT DROP AS SELECT l.*, u.outcome,"
            " coalesce(c.grp, l.col) AS grp, coalesce(c.hist, l.col) AS hist,"
            " coalesce(c.secret, false) AS secret, to_jsonb(t) -> l.col AS now"
            " FROM intake_later l JOIN intake_taken u ON u.id = l.id"
            f" JOIN {self.dataset.table} t ON t.id = l.id"
            " LEFT JOIN intake_column c ON c.col = l.col"
        )
        execute(
            "CREATE TEMP TABLE intake_left ON COMMIT DROP AS"
            " SELECT DISTINCT ON (f.id, f.grp) f.id, 'undo_changed' AS code, f.hist AS key,"
            " CASE WHEN NOT f.secret THEN f.was END AS was,"
            " CASE WHEN NOT f.secret THEN f.now END AS now, f.actor, f.at,"
            " '{}'::jsonb AS detail FROM intake_conflict f JOIN intake_taken u ON u.id = f.id"
            f" WHERE f.grp <> '{ORIGIN}' AND (f.outcome = 'created'"
            " OR (u.image ? f.col AND u.image -> f.col IS DISTINCT FROM f.now))"
            " ORDER BY f.id, f.grp, f.hist"
        )
        execute(
            "UPDATE intake_taken u SET stays = true FROM intake_conflict f"
            f" WHERE f.id = u.id AND u.outcome = 'created' AND f.grp <> '{ORIGIN}'"
        )
        execute(
            "UPDATE intake_taken u SET wanted = u.wanted - x.cols FROM (SELECT f.id,"
            " array_agg(c.col) AS cols FROM (SELECT id, grp FROM intake_conflict"
            f" UNION SELECT id, '{ORIGIN}' FROM intake_later WHERE by_batch IS NULL) f"
            " JOIN intake_column c ON c.grp = f.grp GROUP BY 1) x"
            " WHERE x.id = u.id AND u.outcome = 'updated'"
        )

    def _hold(self, hold: kinds.Hold) -> None:
        execute("DROP TABLE IF EXISTS intake_held")
        found = self.run(
            "CREATE TEMP TABLE intake_held ON COMMIT DROP AS"
            f" SELECT id, keys, detail FROM ({hold.sql}) x"
        )
        if not found:
            return
        execute(
            "UPDATE intake_taken u SET stays = u.outcome = 'created', wanted = CASE"
            " WHEN u.outcome = 'created' THEN NULL WHEN h.keys IS NULL THEN '{}'::jsonb"
            " ELSE u.wanted - h.keys END FROM intake_held h WHERE h.id = u.id"
        )
        execute(
            "INSERT INTO intake_left (id, code, key, detail)"
            " SELECT id, %(code)s, coalesce(keys[1], ''), detail FROM intake_held",
            {"code": hold.code},
        )

    def _remember_what_goes(self) -> None:
        """Today's values of what is put back, for the history: sealed ones are not told."""
        execute(
            "UPDATE intake_taken u SET gone = x.gone FROM (SELECT u.id, jsonb_object_agg(c.hist,"
            " CASE WHEN c.secret THEN '\"sealed\"' ELSE j.now -> c.col END) AS gone"
            f" FROM intake_taken u JOIN {self.dataset.table} t ON t.id = u.id,"
            " LATERAL (SELECT to_jsonb(t) AS now OFFSET 0) j,"
            " LATERAL jsonb_object_keys(u.wanted) w JOIN intake_column c"
            " ON c.col = w AND c.recorded WHERE u.outcome = 'updated' GROUP BY 1) x"
            " WHERE x.id = u.id"
        )

    def counts(self) -> dict[str, int]:
        """Rows that go, that get their old values back, that stay wholly or in part."""
        [(removed, restored)] = rows(
            "SELECT count(*) FILTER (WHERE outcome = 'created' AND NOT stays),"
            " count(*) FILTER (WHERE outcome = 'updated' AND wanted <> '{}') FROM intake_taken"
        )
        [(kept,)] = rows("SELECT count(DISTINCT id) FROM intake_left")
        return {"removed": removed, "restored": restored, "kept": kept}
