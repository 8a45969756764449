"""Each department's list as a list that is filtered, sorted and exported like any other."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.departments.declared import LISTS
from yimaqing.domains.registry.departments.kinds import DepartmentList
from yimaqing.kit import dataset as kinds
from yimaqing.kit.dataset import CodeTable, Kind
from yimaqing.kit.listing import Column, Listing, Sort

_STATES = CodeTable.of(
    "listed_state",
    {
        "new": ("等待比对", "Not compared yet"),
        "matched": ("自动对上", "Found automatically"),
        "waiting": ("待核对", "To be reviewed"),
        "nobody": ("自动判为不在册", "Automatically taken as not registered"),
        "chosen": ("核对后对上", "Found in review"),
        "none": ("核对后不在册", "Not registered, by review"),
    },
)
#: A row that means nobody has no household.
_HOME = {
    "h": "LEFT JOIN registry_household h ON h.place_code = t.place_code AND h.id = t.household_id"
}
_CASTS = {Kind.DATE: "::date", Kind.INTEGER: "::int"}


def listing_of(one: DepartmentList) -> Listing:
    """The list's own page."""
    who = (
        ()
        if one.of_places
        else (
            Column("name", _("姓名"), "t.name", Kind.NAME),
            Column("head_name", _("户主"), "h.head_name", Kind.NAME, join="h", filter=False),
        )
    )
    about = (
        ()
        if one.of_places
        else (
            Column("state", _("比对结果"), "t.state", Kind.CODE, table=_STATES),
            Column("household_number", _("户编号"), "h.household_number", join="h", shown=False),
        )
    )
    amount = (Column("amount", _(one.amount), "t.amount_fen", Kind.MONEY),) if one.amount else ()
    return Listing(
        slug=one.name,
        label=_(one.label),
        unit=_("行"),
        permission=permissions.READ,
        table="registry_listedperson",
        where=f"t.list_name = '{one.name}'",
        joins={} if one.of_places else _HOME,
        right=one.right,
        address="" if one.of_places else "registry:file",
        in_menu=False,
        empty=_("导入这种名单后会显示在这里。"),
        columns=(
            *who,
            Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False),
            *(_fact(fact) for fact in one.facts),
            *amount,
            Column("counted_until", _("统计截止日期"), "t.counted_until", Kind.DATE),
            *about,
            Column("serial", _("流水号"), "t.serial", shown=False),
            Column("source", _("来源"), "t.source", shown=False),
        ),
        sorts=(
            Sort("newest", _("最近的在前"), ("t.counted_until", "t.id"), descending=True),
            Sort("place", _("按地点"), ("t.place_code", "t.id")),
        ),
    )


def _fact(fact: kinds.Column) -> Column:
    value = f"(t.facts ->> '{fact.name}'){_CASTS.get(fact.kind, '')}"
    more: dict[str, Any] = {"blank": f"{value} IS NULL"}
    return Column(fact.name, _(fact.label), value, fact.kind, table=fact.table, **more)


department_listings = [listing_of(one) for one in LISTS]
