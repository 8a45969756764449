"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yimaqing.domains.audit.queries import Entry
from yimaqing.domains.cockpit.queries import measures

ACTS = {
    "cockpit.figures_stored": _("保存驾驶舱数据"),
    "cockpit.target_removed": _("取消驾驶舱目标"),
    "cockpit.target_set": _("设定驾驶舱目标"),
}

ACTORS = {"system:figures": _("保存驾驶舱数据"), "system:targets": _("设定驾驶舱目标")}

SUBJECTS = {"measure": _("指标")}

FIELDS = {
    "as_of": _("数据截至"),
    "bound": _("目标"),
    "document": _("依据"),
    "due_on": _("期限"),
    "value": _("值"),
}

_BOUNDS = {"most": "≤", "least": "≥"}


def _measures(entries: list[Entry]) -> dict[int, str]:
    known = measures()
    return {
        e.pk: str(known[e.subject_id].label) if e.subject_id in known else e.subject_id
        for e in entries
    }


def _bound(slug: Any) -> str:
    return _BOUNDS.get(slug, str(slug))


VALUES = {"bound": _bound}
NAMES = {"measure": _measures}
