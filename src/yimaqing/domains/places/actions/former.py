"""Loading a file of former codes: columns old_code, new_code, on, reason.

What became of codes that this register never held, so that nothing has to be moved: lists that
still use them are told the code of today (``former.CODE_RULES``). A code that is in use is moved
with its records by ``recode``.
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.audit.actions import Actor, record
from yimaqing.domains.places.actions.divisions import Fault
from yimaqing.domains.places.models import Place, Recode

COLUMNS = ("old_code", "new_code", "on", "reason")
#: What the last column may be called too: merged, renumbered, moved.
SYNONYMS = {"kind": "reason"}
MAX_ROWS = 1_000_000
_CUTS = ((2, 1), (4, 2), (6, 3), (9, 4))


class BadFormerCodes(ValueError):
    """The file cannot be loaded; ``faults`` says why, row by row. Nothing was changed."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{f.line}/{f.column}: {f.reason}" for f in faults[:5]))
        self.faults = faults


@dataclass(frozen=True)
class LoadedFormerCodes:
    """How many were new, and how many had been entered before."""

    created: int
    unchanged: int


@dataclass(frozen=True)
class _Row:
    line: int
    old_code: str
    new_code: str
    on: str
    reason: str

    @property
    def day(self) -> dt.date:
        return dt.datetime.strptime(self.on, "%Y-%m-%d").date()


def load_former_codes(
    path: Path, *, by: Actor | None = None, actor: str = "system:former"
) -> LoadedFormerCodes:
    """Enter what former codes became. Sent again, a file changes nothing.

    Raise BadFormerCodes, and enter none, where a row is faulty.
    """
    rows = _read(path)
    with transaction.atomic(using="owner"):
        # One load at a time; whoever only reads is not held up.
        with connections["owner"].cursor() as cursor:
            cursor.execute("LOCK TABLE places_recode IN SHARE ROW EXCLUSIVE MODE")
        if faults := _faults(rows):
            raise BadFormerCodes(faults)
        held = set(Recode.objects.using("owner").values_list("old_code", "new_code", "on"))
        fresh = [
            Recode(old_code=r.old_code, new_code=r.new_code, on=r.day, reason=r.reason)
            for r in rows
            if (r.old_code, r.new_code, r.day) not in held
        ]
        Recode.objects.using("owner").bulk_create(fresh, batch_size=5_000)
        record(
            action="places.former_codes_loaded",
            by=by,
            actor=actor,
            after={"file": path.name, "rows": len(rows), "created": len(fresh)},
            using="owner",
        )
    return LoadedFormerCodes(len(fresh), len(rows) - len(fresh))


def _read(path: Path) -> list[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            reader.fieldnames = [SYNONYMS.get(n, n) for n in reader.fieldnames or ()]
            if missing := [c for c in COLUMNS if c not in reader.fieldnames]:
                raise BadFormerCodes([Fault(1, c, _("缺少这一列")) for c in missing])
            rows: list[_Row] = []
            for row in reader:
                if len(rows) == MAX_ROWS:
                    raise BadFormerCodes([Fault(reader.line_num, "", _("行数超过上限"))])
                cells = {c: (row[c] or "").strip() for c in COLUMNS}
                rows.append(_Row(line=reader.line_num, **cells))
    except UnicodeDecodeError as error:
        raise BadFormerCodes([Fault(1, "", _("不是 UTF-8 文本：请另存为 CSV（UTF-8）"))]) from error
    except csv.Error as error:
        raise BadFormerCodes([Fault(reader.line_num, "", _("引号不配对或格式不对"))]) from error
    if not rows:
        raise BadFormerCodes([Fault(1, "", _("文件没有数据行"))])
    return rows


def _faults(rows: list[_Row]) -> list[Fault]:
    codes = {code for r in rows for code in (r.old_code, r.new_code)}
    known = dict(
        Place.objects.using("owner").filter(code__in=codes).values_list("code", "valid_to")
    )
    entered = Recode.objects.using("owner").filter(old_code__in=codes)
    became = {(old, on): new for old, new, on in entered.values_list("old_code", "new_code", "on")}
    former = {old for old, _on in became} | {r.old_code for r in rows}
    faults = []
    for row in rows:
        fault = _cell_fault(row)
        if fault is None and row.old_code in known and known[row.old_code] is None:
            fault = "old_code", _("仍是现行代码：请用 yimaqing places recode，记录随之迁移")
        elif fault is None and row.new_code not in known and row.new_code not in former:
            fault = "new_code", _("不在区划表中，也不是另一行的旧代码")
        elif fault is None and became.setdefault((row.old_code, row.day), row.new_code) != (
            row.new_code
        ):
            fault = (
                "new_code",
                _("同一旧代码同一天已记为 %(code)s") % {"code": became[row.old_code, row.day]},
            )
        if fault:
            faults.append(Fault(row.line, *fault))
    return faults


def _cell_fault(row: _Row) -> tuple[str, str] | None:
    for column, code in (("old_code", row.old_code), ("new_code", row.new_code)):
        if not (len(code) == 12 and code.isascii() and code.isdigit()):
            return column, _("应为 12 位统计用区划代码")
    if row.old_code == row.new_code:
        return "new_code", _("与旧代码相同")
    if _level(row.old_code) != _level(row.new_code):
        return "new_code", _("与旧代码不是同一级")
    try:
        late = row.day > timezone.localdate()
    except ValueError:
        return "on", _("不是有效日期：按 2020-08-19 的样子填写")
    if late:
        return "on", _("日期在将来：到那天再用 yimaqing places recode")
    return None if row.reason else ("reason", _("没有写依据（文号或撤并、更码等）"))


def _level(code: str) -> int:
    return next((level for cut, level in _CUTS if not code[cut:].strip("0")), 5)
