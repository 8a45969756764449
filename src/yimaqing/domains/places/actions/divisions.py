"""Loading a file of divisions: columns code, name, level, parent_code, unit_type."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.places.models import ADMINISTRATIVE
from yimaqing.kit.ids import place_prefix, subtree_bounds

COLUMNS = ("code", "name", "level", "parent_code", "unit_type")
MAX_ROWS = 2_000_000  # the whole country has 664,000


@dataclass(frozen=True)
class Fault:
    """One faulty row: line number as an editor shows it, column, reason with its remedy."""

    line: int
    column: str
    reason: str


class BadDivisionFile(ValueError):
    """The file cannot be loaded; ``faults`` says why, row by row. Nothing was changed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{f.line}/{f.column}: {f.reason}" for f in faults[:5]))
        self.faults = faults


@dataclass(frozen=True)
class LoadedDivisions:
    """How many places a load created, changed, left as they were, and ended.

    Of those changed, ``renamed`` got another name; the one before is kept.
    """

    created: int
    updated: int
    unchanged: int
    ended: int
    renamed: int


def load_divisions(
    path: Path, *, edition: dt.date, by: Actor | None = None, actor: str = "system:divisions"
) -> LoadedDivisions:
    """Load a division file of one edition; raise BadDivisionFile and change nothing if faulty.

    Administrative places of the file's own prefectures that the file no longer holds get
    ``valid_to = edition``: records keep pointing at them until `recode` moves them.
    """
    rows = list(_read(path))
    _check(rows)
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(
            'CREATE TEMP TABLE loaded (code text COLLATE "C" PRIMARY KEY, name text, kind text,'
            " level smallint, parent_code text, unit_type text) ON COMMIT DROP"
        )
        with cursor.copy("COPY loaded FROM STDIN") as copy:
            for _line, row in rows:
                copy.write_row(
                    (
                        row["code"],
                        row["name"],
                        row["level"],
                        ADMINISTRATIVE[row["level"]],
                        row["parent_code"],
                        row["unit_type"],
                    )
                )
        cursor.execute(RENAMED, {"edition": edition})
        renamed = cursor.rowcount
        cursor.execute(CORRECTED, {"edition": edition})
        cursor.execute(UPSERT, {"edition": edition})
        created, updated = cursor.fetchone()
        ended = _end_vanished(cursor, [row for _line, row in rows], edition)
        record(
            action="places.divisions_loaded",
            by=by,
            actor=actor,
            after={
                "file": path.name,
                "rows": len(rows),
                "created": created,
                "renamed": renamed,
                "ended": ended,
            },
            using="owner",
        )
    return LoadedDivisions(created, updated, len(rows) - created - updated, ended, renamed)


#: A name that comes back with the edition that took it away was never a former one.
CORRECTED = """
DELETE FROM places_formername f USING loaded l
WHERE f.place_id = l.code AND f.name = l.name AND f.valid_to = %(edition)s
"""

#: Names that the file changes. One that came with this edition, or a later one, is corrected.
RENAMED = """
INSERT INTO places_formername (place_id, name, valid_from, valid_to)
SELECT p.code, p.name, since.day, until.day
FROM loaded l JOIN places_place p ON p.code = l.code AND p.name <> l.name
CROSS JOIN LATERAL (SELECT coalesce(max(f.valid_to), p.valid_from) AS day
                    FROM places_formername f WHERE f.place_id = p.code) since
CROSS JOIN LATERAL (SELECT least(p.valid_to, %(edition)s) AS day) until
WHERE since.day IS NULL OR since.day < until.day
"""


UPSERT = """
WITH done AS (
  INSERT INTO places_place AS p (code, name, kind, level, parent_code, unit_type, valid_from)
  SELECT code, name, kind, level, parent_code, unit_type, %(edition)s FROM loaded
  ON CONFLICT (code) DO UPDATE
    SET name = excluded.name, kind = excluded.kind, level = excluded.level,
        parent_code = excluded.parent_code, unit_type = excluded.unit_type, valid_to = NULL
  WHERE (p.name, p.kind, p.level, p.parent_code, p.unit_type, p.valid_to)
        IS DISTINCT FROM (excluded.name, excluded.kind, excluded.level,
                          excluded.parent_code, excluded.unit_type, NULL)
  RETURNING (xmax = 0) AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM done
"""


def _end_vanished(cursor: CursorWrapper, rows: list[dict[str, str]], edition: dt.date) -> int:
    ended = 0
    for row in rows:
        if row["level"] != "prefecture":
            continue
        low, high = subtree_bounds(row["code"], 2)
        cursor.execute(
            "UPDATE places_place p SET valid_to = %s WHERE code >= %s AND code < %s"
            " AND level <= 5 AND valid_to IS NULL"
            " AND NOT EXISTS (SELECT FROM loaded l WHERE l.code = p.code)",
            [edition, low, high],
        )
        ended += cursor.rowcount
    return ended


def _read(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
        if missing:
            raise BadDivisionFile(
                [
                    Fault(1, c, _("缺少这一列：请在表头补上 %(column)s") % {"column": c})
                    for c in missing
                ]
            )
        for row in reader:
            if reader.line_num > MAX_ROWS:
                raise BadDivisionFile([Fault(reader.line_num, "", _("行数超过上限"))])
            yield reader.line_num, {c: (row[c] or "").strip() for c in COLUMNS}


def _check(rows: list[tuple[int, dict[str, str]]]) -> None:
    faults: list[Fault] = []
    level_of: dict[str, int] = {}
    for line, row in rows:
        fault = _row_fault(row, level_of)
        if fault:
            faults.append(Fault(line, *fault))
        else:
            level_of[row["code"]] = ADMINISTRATIVE[row["level"]]
    for line, row in rows:
        parent = row["parent_code"]
        if parent and row["code"] in level_of and parent not in level_of:
            faults.append(Fault(line, "parent_code", _("上级代码不在本文件中：请补上该上级")))
        elif parent and row["code"] in level_of and not _lies_below(row["code"], parent, level_of):
            faults.append(Fault(line, "parent_code", _("代码不在上级的号段内：请核对代码与上级")))
    if not rows:
        faults.append(Fault(1, "", _("文件没有数据行")))
    if faults:
        raise BadDivisionFile(faults)


def _lies_below(code: str, parent: str, level_of: dict[str, int]) -> bool:
    return code.startswith(place_prefix(parent, level_of[parent]))


def _row_fault(row: dict[str, str], seen: dict[str, int]) -> tuple[str, str] | None:
    code, level = row["code"], row["level"]
    if not (len(code) == 12 and code.isascii() and code.isdigit()):
        return "code", _("应为 12 位统计用区划代码")
    if code in seen:
        return "code", _("代码重复：请删去重复的行")
    if level not in ADMINISTRATIVE:
        return "level", _("应为 %(levels)s 之一") % {"levels": " / ".join(ADMINISTRATIVE)}
    prefix = place_prefix(code, ADMINISTRATIVE[level])
    if code[len(prefix) :].strip("0"):
        return "code", _("代码与级别不符：该级别之后的位数应全为 0")
    if not row["name"]:
        return "name", _("名称为空：请填写单位名称")
    return None
