"""The list of codes, and the search by a code's token or printed number."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.codes import permissions
from yimaqing.domains.codes.queries import find_code
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.domains.places.queries import full_name
from yimaqing.kit.dataset import CodeTable, Kind
from yimaqing.kit.listing import Column, Hit, Listing, Search, Sort
from yimaqing.kit.rowscope import Scope

_VILLAGE = 12


_KINDS = CodeTable.of(
    "code_kind",
    {
        "household": ("户", "Household"),
        "village": ("村", "Village"),
        "township": ("乡镇", "Township"),
        "county": ("县", "County"),
    },
)
_STATES = CodeTable.of(
    "code_state",
    {
        "active": ("有效", "Active"),
        "revoked": ("已停用", "Revoked"),
        "replaced": ("已换发", "Replaced"),
    },
)


def _numbers(ids: Collection[str]) -> Mapping[str, str]:
    return {one: printed_number(int(one)) for one in ids}


def by_code(text: str, _scope: Scope, _viewer: User, _most: int) -> list[Hit]:
    """The code of an address, a token or a printed number."""
    code = find_code(text)
    if code is None:
        return []
    title = printed_number(code.pk)
    return [Hit(title, full_name(code.place_code[:_VILLAGE]), _("二维码"), f"/c/{code.token}")]


searches = [Search("code", _("二维码"), permissions.SCAN, by_code)]

_CODES = Listing(
    slug="codes",
    label=_("二维码"),
    unit=_("枚"),
    permission=permissions.ISSUE,
    table="codes_code",
    household="t.household_id",
    address="registry:file",
    place_in_menu=8,
    empty=_("生成二维码后会显示在这里。"),
    columns=(
        Column("number", _("编号"), "t.id", filter=False, words=_numbers),
        Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False),
        Column("kind", _("类别"), "t.kind", Kind.CODE, table=_KINDS),
        Column("state", _("状态"), "t.state", Kind.CODE, table=_STATES),
        Column("issued_on", _("生成日期"), "t.issued_at::date", Kind.DATE),
        Column("ended_on", _("停用日期"), "t.ended_at::date", Kind.DATE),
        Column("reason", _("原因"), "t.reason", blank="t.reason = ''", shown=False),
    ),
    sorts=(
        Sort("place", _("按地点"), ("t.place_code", "t.id")),
        Sort("newest", _("新的在前"), ("t.id",), descending=True),
    ),
)

listings = [_CODES]
