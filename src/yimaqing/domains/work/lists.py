"""The list of open to-dos."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.work.actions import ACT, HeldByAnother, close_todos
from yimaqing.domains.work.kinds import kinds, title_in_words
from yimaqing.kit.dataset import Kind
from yimaqing.kit.listing import Bulk, Column, Listing, Sort


def _kinds(slugs: Collection[str]) -> Mapping[str, str]:
    known = kinds()
    return {slug: str(known[slug].short) for slug in slugs if slug in known}


def _all_kinds() -> Mapping[str, str]:
    return {slug: str(kind.short) for slug, kind in kinds().items()}


def _titles(told: Collection[str]) -> Mapping[str, str]:
    """What is to be done, of kind and detail as ``_TITLE`` tells them."""
    known = kinds()
    return {one: title_in_words(**json.loads(one), known=known) for one in told}


def close(*, ids: Collection[int], reason: str, by: User) -> int:
    """Done with one result, all or none; how many. Raise ValueError in words."""
    try:
        return len(close_todos(ids=ids, reason=reason, by=by))
    except (PermissionDenied, HeldByAnother) as error:
        raise ValueError(str(error)) from error


_TITLE = "json_build_object('slug', t.kind, 'detail', t.detail)::text"
_TODOS = Listing(
    slug="todos",
    label=_("待办"),
    unit=_("件"),
    permission=ACT,
    table="work_todo",
    where="t.state = 'open'",
    address="work:opened",
    own_page=True,
    place_in_menu=7,
    empty=_("导入、预警或核对中发现需要办理的事，会出现在这里。"),
    columns=(
        Column("title", _("要办的事"), _TITLE, filter=False, words=_titles),
        Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False),
        Column("due_on", _("期限"), "t.due_on", Kind.DATE),
        Column("household_number", _("户编号"), "t.detail->>'household_number'"),
        Column("kind", _("类型"), "t.kind", words=_kinds, choices=_all_kinds),
        Column("opened_on", _("开始日期"), "t.opened_at::date", Kind.DATE),
    ),
    sorts=(
        Sort("due", _("期限近的在前"), ("coalesce(t.due_on, date '9999-12-31')", "t.id")),
        Sort("place", _("按地点"), ("t.place_code", "t.id")),
    ),
    bulk=(Bulk("close", _("办结"), ACT, close, reason=_("办理结果")),),
)

listings = [_TODOS]
