"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.audit.queries import Entry
from yimaqing.domains.codes.kinds import cards
from yimaqing.domains.codes.labels.forms import ONLY, layout_name
from yimaqing.domains.codes.models import State
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.kit.ids import whole_number

ACTS = {
    "codes.issued": _("发码"),
    "codes.reissued": _("换发码"),
    "codes.revoked": _("停用码"),
    "codes.subtree_issued": _("批量发码"),
    "codes.scanned": _("扫码查看"),
    "codes.labels_asked": _("要求印标签"),
    "codes.labels_printed": _("生成标签"),
    "codes.labels_taken": _("下载标签"),
}

ACTORS = {
    "system:labels": _("生成标签"),
    "system:codes issue": _("批量发码"),
    "system:codes reissue": _("换发码"),
    "system:codes revoke": _("停用码"),
}

PURPOSES = {"codes.scanned": {"扫码": _("扫码")}}

SUBJECTS = {"code": _("码"), "label_run": _("标签")}

FIELDS = {
    "kind": _("哪类码"),
    "labels": _("标签枚数"),
    "layout": _("版式"),
    "only": _("印哪些"),
    "part": _("第几份"),
    "sheets": _("张数"),
    "outcome": _("扫码结果"),
    "reason": _("原因"),
    "replaced_by": _("换发为"),
    "seen_as": _("角色"),
    "state": _("状态"),
}

_OUTCOMES = {"shown": _("已显示"), "revoked": _("已停用"), "replaced": _("已换发")}


def _codes(entries: list[Entry]) -> dict[int, str]:
    """The number printed below the symbol."""
    return {e.pk: _printed(e.subject_id) for e in entries}


def _runs(entries: list[Entry]) -> dict[int, str]:
    """The number that the page of labels shows too."""
    return {e.pk: e.subject_id for e in entries}


def _printed(number: Any) -> str:
    code_id = whole_number(str(number))
    return str(number) if code_id is None else printed_number(code_id)


def _state(slug: Any) -> str:
    return gettext(State(slug).label) if slug in State.values else str(slug)


VALUES = {
    "kind": lambda slug: str(cards()[slug].label) if slug in cards() else slug,
    "layout": layout_name,
    "only": lambda slug: str(dict(ONLY).get(slug, slug)),
    "outcome": lambda slug: _OUTCOMES.get(slug, slug),
    "replaced_by": _printed,
    "state": _state,
}
NAMES = {"code": _codes, "label_run": _runs}
