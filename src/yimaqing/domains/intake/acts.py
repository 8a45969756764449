"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yimaqing.domains.audit.queries import Entry
from yimaqing.domains.intake.catalogue import datasets

ACTS = {
    "intake.file_received": _("接收导入文件"),
    "intake.apply_requested": _("要求入库"),
    "intake.batch_checked": _("试运行导入"),
    "intake.batch_applied": _("导入入库"),
    "intake.batch_unusable": _("导入文件不可用"),
    "intake.batch_discarded": _("放弃导入批次"),
    "intake.undo_requested": _("要求撤销批次"),
    "intake.undo_checked": _("试算撤销批次"),
    "intake.undo_undone": _("撤销批次"),
    "intake.undo_refused": _("不能撤销批次"),
    "intake.columns_chosen": _("核对导入文件的各列"),
    "intake.return_settled": _("核对交回的名单"),
    "intake.mapping_saved": _("保存各列的对应"),
    "intake.mapping_removed": _("删除各列的对应"),
    "intake.original_opened": _("下载导入原文件"),
    "intake.error_workbook_opened": _("下载错误工作簿"),
}

ACTORS = {"system:import": _("导入入库"), "system:undo": _("撤销批次")}

SUBJECTS = {"batch": _("导入批次"), "mapping": _("各列的对应")}

FIELDS = {
    "name": _("名称"),
    "new": _("新增"),
    "dry_run": _("试算"),
    "mine": _("用名单里的"),
    "conflicts": _("两边都改过的格"),
    "kept": _("保留"),
    "removed": _("移出"),
    "restored": _("恢复"),
    "bytes": _("字节"),
    "created": _("新增"),
    "dataset": _("数据集"),
    "rejected": _("拒绝"),
    "rows_total": _("行数"),
    "sha256": _("文件指纹"),
    "unchanged": _("不变"),
    "updated": _("更新"),
    "warned": _("提醒"),
}


def _dataset(name: Any) -> str:
    known = datasets().get(name)
    return str(known.label) if known else str(name)


def _batches(entries: list[Entry]) -> dict[int, str]:
    """The number that the page of batches shows too."""
    return {e.pk: e.subject_id for e in entries}


VALUES = {"dataset": _dataset}
NAMES = {"batch": _batches}
