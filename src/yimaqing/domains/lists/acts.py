"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimaqing.domains.audit.queries import Entry
from yimaqing.domains.lists.catalogue import listings, searches
from yimaqing.domains.lists.models import Export

ACTS = {
    "lists.searched": _("查找"),
    "lists.view_saved": _("保存视图"),
    "lists.view_removed": _("删除视图"),
    "lists.export_asked": _("要求导出名单"),
    "lists.export_written": _("导出名单"),
    "lists.export_cancelled": _("取消导出"),
    "lists.export_downloaded": _("下载导出文件"),
}

ACTORS = {"system:export": _("导出名单")}

SUBJECTS = {"view": pgettext_lazy("subject", "视图"), "export": pgettext_lazy("subject", "导出")}

FIELDS = {
    "ways": _("按什么查找"),
    "clear": _("完整信息"),
    "format": _("格式"),
    "hits": _("找到"),
    "listing": _("名单"),
    "rows": _("行数"),
    "sha256": _("文件指纹"),
    "shared": _("共享"),
}


def _listing(slug: Any) -> str:
    known = listings().get(slug)
    return str(known.label) if known else str(slug)


def _ways(kinds: Any) -> str:
    words = {one.kind: str(one.label) for one in searches()}
    return "、".join(words.get(kind, str(kind)) for kind in kinds or ())


def _exports(entries: list[Entry]) -> dict[int, str]:
    return {entry.pk: Export(pk=int(entry.subject_id)).number for entry in entries}


VALUES = {"listing": _listing, "ways": _ways}
NAMES = {"export": _exports}
