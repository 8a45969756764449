"""What the terminal says of a batch."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from yimaqing.domains.intake.messages import explain
from yimaqing.domains.intake.models import Batch, State
from yimaqing.domains.intake.queries import ErrorLine, error_lines, error_rows

_SHOWN_ERRORS = 20


def summary(batch: Batch) -> str:
    """What came of a batch: counts, how it was read, the first faults."""
    if batch.state == State.UNUSABLE:
        return _failure(batch)
    if batch.state == State.COLUMNS:
        hint = _("用 --guess 看各列的猜测，改好后用 --mapping 给出。")
        return f"{_failure(batch)}\n{hint}"
    if batch.state == State.RECEIVED and batch.waits_for:
        said = _("等批次 %(number)s 入库或放弃后再检查，因为要用到它的数据。") % {
            "number": batch.waits_for
        }
        return f"#{batch.pk} {batch.dataset} {batch.get_state_display()}\n{said}"
    counts = _(
        "%(total)s 行 = 新增 %(created)s + 更新 %(updated)s + 不变 %(unchanged)s"
        " + 拒绝 %(rejected)s；提醒 %(warned)s 行"
    ) % {
        "total": f"{batch.rows_total:,}",
        "created": f"{batch.created:,}",
        "updated": f"{batch.updated:,}",
        "unchanged": f"{batch.unchanged:,}",
        "rejected": f"{batch.rejected:,}",
        "warned": f"{batch.warned:,}",
    }
    lines = [f"#{batch.pk} {batch.dataset} {batch.get_state_display()}", counts]
    lines += [str(explain(batch.dataset, n["code"], n["params"])) for n in batch.notes]
    if batch.failure:
        lines.append(_failure(batch))
    return "\n".join([*lines, *map(_fault, error_lines(batch, limit=_SHOWN_ERRORS))])


def _fault(line: ErrorLine) -> str:
    values = dict(vars(line))
    values["cell"] = (_("%(column)s “%(value)s”") if line.value else "%(column)s") % values
    if line.row:
        return _("第 %(row)s 行 %(cell)s：%(reason)s → %(remedy)s") % values
    return _("%(cell)s：%(reason)s → %(remedy)s") % values


def _failure(batch: Batch) -> str:
    failure = batch.failure or {}
    said = explain(batch.dataset, failure.get("code", ""), failure.get("params", {}))
    return _("%(file)s：%(said)s") % {"file": batch.file_name, "said": said}


def write_errors(batches: list[Batch], path: Path) -> None:
    """All faults as one file that a spreadsheet opens."""
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        for batch in batches:
            opened.writelines(error_rows(batch))
