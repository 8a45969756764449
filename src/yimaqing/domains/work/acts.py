"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.audit.queries import Entry
from yimaqing.domains.work.kinds import kinds

ACTS = {
    "work.todo_opened": _("新增待办"),
    "work.todo_done": _("办结待办"),
    "work.todo_dropped": _("撤销待办"),
    "work.todo_taken": _("领取待办"),
    "work.todo_handed": _("转交待办"),
    "work.todo_returned": _("退回待办"),
    "work.todo_raised": _("上交待办"),
    "work.todo_put_back": _("放回待办"),
    "work.todo_reopened": _("重办待办"),
    "work.todos_dated": _("给待办定期限"),
}

SUBJECTS = {"todo": pgettext_lazy("subject", "待办")}

FIELDS = {"kind": _("类别"), "subject": None, "handed_to": _("给谁"), "dated": _("件数")}


def _kind(slug: Any) -> str:
    known = kinds().get(slug)
    return str(known.short) if known else str(slug)


def _todos(entries: list[Entry]) -> dict[int, str]:
    return {e.pk: _kind((e.after or {}).get("kind", "")) for e in entries}


def _user(number: Any) -> str:
    return names_of_users([int(number)]).get(int(number), str(number))


VALUES = {"kind": _kind, "handed_to": _user}
NAMES = {"todo": _todos}
