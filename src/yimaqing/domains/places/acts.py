"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.audit.queries import Entry
from yimaqing.domains.places.models import Duty, Standing
from yimaqing.domains.places.queries import names_of

ACTS = {
    "places.divisions_loaded": _("导入区划"),
    "places.place_added": _("新增地点"),
    "places.contact_added": _("登记值班人员"),
    "places.contact_ended": _("值班人员离任"),
    "places.status_set": _("登记地点属性"),
    "places.boundaries_loaded": _("导入边界"),
    "places.origins_set": _("登记迁出村"),
    "places.former_codes_loaded": _("导入旧代码对照"),
    "places.recoded": _("区划调整"),
}

ACTORS = {
    "system:boundaries": _("导入边界"),
    "system:divisions": _("导入区划"),
    "system:former": _("导入旧代码对照"),
    "system:recode": _("区划调整"),
}

SUBJECTS = {
    "contact": _("值班人员"),
    "county": _("县"),
    "place": _("地点"),
    "township": _("乡镇"),
    "village": _("村"),
}

FIELDS = {
    "created": _("新增"),
    "duty": _("职责"),
    "ended": _("停用"),
    "file": _("文件"),
    "loaded": _("导入"),
    "new_code": _("新编号"),
    "renamed": _("更名"),
    "rows": _("行数"),
    "source": _("来源"),
    "status": _("属性"),
    "unknown": _("不认识的"),
    "villages": _("村"),
}


def _places(entries: list[Entry]) -> dict[int, str]:
    names = names_of({e.subject_id for e in entries})
    return {e.pk: f"{names.get(e.subject_id, '')} {e.subject_id}".strip() for e in entries}


def _duty(slug: Any) -> str:
    return gettext(Duty(slug).label) if slug in Duty.values else str(slug)


def _status(slug: Any) -> str:
    return gettext(Standing(slug).label) if slug in Standing.values else str(slug)


VALUES = {"duty": _duty, "status": _status}
NAMES = {"place": _places}
