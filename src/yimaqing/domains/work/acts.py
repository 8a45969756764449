"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimaqing.domains.audit.queries import Entry
from yimaqing.domains.work.kinds import kinds

ACTS = {
    "work.todo_opened": _("新增待办"),
    "work.todo_done": _("办结待办"),
    "work.todo_dropped": _("撤销待办"),
}

SUBJECTS = {"todo": pgettext_lazy("subject", "待办")}

FIELDS = {"kind": _("类别"), "subject": None}


def _kind(slug: Any) -> str:
    known = kinds().get(slug)
    return str(known.short) if known else str(slug)


def _todos(entries: list[Entry]) -> dict[int, str]:
    return {e.pk: _kind((e.after or {}).get("kind", "")) for e in entries}


VALUES = {"kind": _kind}
NAMES = {"todo": _todos}
