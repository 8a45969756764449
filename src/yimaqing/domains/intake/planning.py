"""What will become of each staged row, found out by statements over whole tables.

Within one transaction of the owner: ``intake_found`` holds what the dataset's lookup
found, ``intake_rejected`` the rows that are not taken, ``intake_plan`` what is to be done
with the others. All three are temporary and vanish with the transaction.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from yimaqing.domains.intake.common_rules import duplicates, needed_for_new, outside
from yimaqing.domains.intake.mapping.wide import parts_of, shown_sql
from yimaqing.domains.intake.models import Batch
from yimaqing.domains.intake.returned.planning import (
    fields_by_row,
    known_by_record,
    moved_rule,
)
from yimaqing.domains.intake.staging import (
    MOST_FAULTS,
    execute,
    rows,
    table_of,
)
from yimaqing.kit.dataset import Dataset, Field, Rule
from yimaqing.kit.rowscope import Scope

#: Memory of a sort or hash of the import's own transaction: 590,000 rows fit.
MEMORY = (
    "SET LOCAL work_mem = '320MB'",
    "SET LOCAL hash_mem_multiplier = 1",
    "SET LOCAL temp_buffers = '64MB'",
)


@dataclass(frozen=True)
class Planner:
    """Plans one batch; ``scope`` is where its sender may write."""

    batch: Batch
    dataset: Dataset
    scope: Scope

    @property
    def params(self) -> dict[str, Any]:
        """What every statement of a dataset may refer to."""
        return {
            "batch": self.batch.pk,
            "actor": self.batch.actor,
            "source": self.batch.source,
            "as_of": self.batch.as_of,
            "columns": self.batch.columns,
            "read_at": (self.batch.plan or {}).get("read_at"),
            "ranges": self.scope.settings()["yimaqing.ranges"],
        }

    def plan(self) -> None:
        """Find, reject, plan. Fills the three tables and writes the faults."""
        self._forget_earlier()
        self._find()
        moved = [moved_rule(self.dataset)] if self.batch.returned else []
        for rule in (*moved, *duplicates(self.dataset, self.run), *outside(self.dataset)):
            self.apply_rule(rule)
        for rule in (r for r in self.dataset.rules if not r.warning):
            self.apply_rule(rule)
        for rule in needed_for_new(self.dataset, self.run):
            self.apply_rule(rule)
        for rule in (r for r in self.dataset.rules if r.warning):
            self.apply_rule(rule)
        self._decide()

    def sql(self, text: str) -> str:
        """A dataset's statement with the name of this batch's staging table."""
        return text.replace("{stage}", table_of(self.batch.pk))

    def run(self, text: str) -> int:
        """Execute a dataset's statement; the number of rows touched."""
        return execute(self.sql(text), self.params)

    def apply_rule(self, rule: Rule) -> None:
        """Write down the rows that break a rule and, unless it warns only, reject them."""
        execute("DROP TABLE IF EXISTS intake_broken")
        taken = " WHERE row_no NOT IN (SELECT row_no FROM intake_rejected)" if rule.warning else ""
        self.run(
            "CREATE TEMP TABLE intake_broken ON COMMIT DROP AS"
            f" SELECT row_no, value, params FROM ({rule.sql}) x{taken}"
        )
        if not rows("SELECT count(*) FROM intake_broken")[0][0]:
            return
        self._write_down(rule)
        if not rule.warning:
            execute(
                "INSERT INTO intake_rejected SELECT DISTINCT row_no FROM intake_broken"
                " ON CONFLICT DO NOTHING"
            )

    def _write_down(self, rule: Rule) -> None:
        """Keep what is broken as its sender's sheet has it: rows, columns."""
        parts = parts_of(self.batch.plan)
        row, column, told = shown_sql(parts, rule.column)
        once = "DISTINCT" if parts else ""
        params = {
            "batch": self.batch.pk,
            "column": rule.column,
            "code": rule.code,
            "warning": rule.warning,
            "parts": parts,
        }
        execute("DROP TABLE IF EXISTS intake_told")
        execute(
            f'CREATE TEMP TABLE intake_told ON COMMIT DROP AS SELECT {once} {row} AS "row",'
            f' {column} AS "column", value, {told} AS params FROM intake_broken',
            params,
        )
        tally = Counter(self.batch.tally)
        room = max(0, MOST_FAULTS - sum(tally.values()))
        for name, count in rows('SELECT "column", count(*) FROM intake_told GROUP BY 1'):
            tally[f"{rule.code} {name}".strip()] += count
        self.batch.tally = dict(tally)
        execute(
            'INSERT INTO intake_error (batch_id, "row", "column", value, code, params, warning,'
            ' whole) SELECT %(batch)s, "row", "column", coalesce(value, \'\'), %(code)s, params,'
            ' %(warning)s, true FROM intake_told ORDER BY "row", value, params LIMIT %(room)s',
            params | {"room": room},
        )

    def _forget_earlier(self) -> None:
        """A dry run or an interrupted attempt may have compared before."""
        gone = rows(
            "WITH gone AS (DELETE FROM intake_error WHERE batch_id = %(batch)s AND whole"
            ' RETURNING code, "column") SELECT code, "column", count(*) FROM gone GROUP BY 1, 2',
            {"batch": self.batch.pk},
        )
        tally = Counter(self.batch.tally)
        for code, column, count in gone:
            tally[f"{code} {column}".strip()] -= count
        self.batch.tally = dict(+tally)

    def _find(self) -> None:
        for setting in MEMORY:
            execute(setting)
        execute("CREATE TEMP TABLE intake_rejected (row_no integer PRIMARY KEY) ON COMMIT DROP")
        self.run(f"CREATE TEMP TABLE intake_found ON COMMIT DROP AS {self.dataset.lookup}")
        if self.batch.returned:
            self.run(known_by_record(self.dataset))
        execute("ANALYZE intake_found")

    def _decide(self) -> None:
        """Number the new rows, compare the others with what is there.

        Numbers follow the places, so that whatever is written later goes by number alone.
        """
        table, fields = self.dataset.table, self.stated_fields()
        sequence = rows("SELECT pg_get_serial_sequence(%(table)s, 'id')", {"table": table})[0][0]
        self.run(
            "CREATE TEMP TABLE intake_plan ON COMMIT DROP AS SELECT x.*, CASE WHEN x.target_id"
            " IS NULL THEN 'created' WHEN x.before IS NULL THEN 'unchanged' ELSE 'updated' END"
            " AS outcome FROM (SELECT r.*,"
            f" coalesce(r.target_id, nextval('{sequence}'::regclass)) AS id,"
            f" CASE WHEN r.target_id IS NOT NULL THEN {before(fields)} END AS before"
            " FROM intake_found r JOIN {stage} s ON s.row_no = r.row_no"
            f" LEFT JOIN {table} t ON t.id = r.target_id"
            " WHERE r.row_no NOT IN (SELECT row_no FROM intake_rejected)"
            " ORDER BY r.place_code, r.row_no) x"
        )
        execute("ANALYZE intake_plan")

    def stated_fields(self) -> list[Field]:
        """Fields that the file says something about."""
        stated = set(self.batch.columns)
        if self.batch.returned:
            return fields_by_row(self.dataset, stated)
        stated |= {column.name for column in self.dataset.columns if column.follows}
        # A month without its day is no reason to forget a day that is known.
        told = (key.partition(" ") for key in self.batch.tally)
        unsure = {column for code, _, column in told if code == "date_month"}
        return [
            replace(f, keep_blank=f.keep_blank or f.column in unsure)
            for f in self.dataset.fields
            if not f.stated_by or f.stated_by in stated
        ]


def new_value(field: Field) -> str:
    """The value that a row which is there already will get."""
    return f"coalesce({field.value}, t.{field.column})" if field.keep_blank else field.value


def before(fields: list[Field]) -> str:
    """SQL of the old values of what changes, as a JSON object; NULL when nothing does."""
    compared = [f for f in fields if not f.compare]
    old = ", ".join(f"t.{f.column}" for f in compared)
    new = ", ".join(new_value(f) for f in compared)
    by_column = {f.column: f for f in compared}
    parts = [_before(f, by_column.get(f.compare, f)) for f in fields if f.recorded]
    return f"CASE WHEN ROW({old}) IS DISTINCT FROM ROW({new}) THEN {' || '.join(parts)} END"


def _before(field: Field, compared: Field) -> str:
    key = field.column.strip('"').removesuffix("_sealed")
    shown = "'sealed'::text" if field.compare else f"t.{field.column}"
    return (
        f"CASE WHEN t.{compared.column} IS DISTINCT FROM {new_value(compared)}"
        f" THEN jsonb_build_object('{key}', {shown}) ELSE '{{}}'::jsonb END"
    )


def images(fields: list[Field], provenance: tuple[str, ...]) -> tuple[str, str]:
    """SQL of all old values of what changes, by column: the plain ones, and the sealed ones."""
    by_column = {f.column: f for f in fields}
    parts: dict[bool, list[str]] = {False: ["'{}'::jsonb"], True: ["'{}'::jsonb"]}
    for field in fields:
        compared = by_column.get(field.compare, field)
        parts[is_secret(field)].append(
            f"CASE WHEN t.{compared.column} IS DISTINCT FROM {new_value(compared)} THEN"
            f" jsonb_build_object('{plain_name(field)}', t.{field.column})"
            " ELSE '{}'::jsonb END"
        )
    origin = [name for name in provenance if name != "changed_at"]
    parts[False] += [f"jsonb_build_object('{name}', t.{name})" for name in origin]
    return " || ".join(parts[False]), " || ".join(parts[True])


def plain_name(field: Field) -> str:
    """The column's name without the quotes that SQL needs."""
    return field.column.strip('"')


def is_secret(field: Field) -> bool:
    """Whether the column holds a sealed value or the index of one."""
    return bool(field.compare) or plain_name(field).endswith("_index")
