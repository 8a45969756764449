"""The list of open to-dos."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.work.actions import ACT, HeldByAnother, close_todos
from yimaqing.domains.work.kinds import kinds
from yimaqing.kit.dataset import Kind
from yimaqing.kit.listing import Bulk, Column, Listing, Sort


def _kinds(slugs: Collection[str]) -> Mapping[str, str]:
    known = kinds()
    return {slug: str(known[slug].short) for slug in slugs if slug in known}


def close(*, ids: Collection[int], reason: str, by: User) -> int:
    """Done with one result, all or none; how many. Raise ValueError in words."""
    try:
        return len(close_todos(ids=ids, reason=reason, by=by))
    except (PermissionDenied, HeldByAnother) as error:
        raise ValueError(str(error)) from error


_TODOS = Listing(
    slug="todos",
    label=_("待办"),
    unit=_("件"),
    permission=ACT,
    table="work_todo",
    where="t.state = 'open'",
    address="registry:file",
    place_in_menu=7,
    empty=_("导入、预警或核对中发现需要办理的事，会出现在这里。"),
    columns=(
        Column("kind", _("类别"), "t.kind", words=_kinds),
        Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False),
        Column("due_on", _("期限"), "t.due_on", Kind.DATE),
        Column("opened_on", _("开始日期"), "t.opened_at::date", Kind.DATE),
    ),
    sorts=(
        Sort("due", _("期限近的在前"), ("coalesce(t.due_on, date '9999-12-31')", "t.id")),
        Sort("place", _("按地点"), ("t.place_code", "t.id")),
    ),
    bulk=(Bulk("close", _("办结"), ACT, close, reason=_("办理结果")),),
)

listings = [_TODOS]
