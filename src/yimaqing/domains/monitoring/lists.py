"""The list of open warnings."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS
from yimaqing.kit.dataset import CodeTable, Kind
from yimaqing.kit.listing import Column, Listing, Sort

_COLOURS = {"red": ("红色", "Red"), "orange": ("橙色", "Orange"), "yellow": ("黄色", "Yellow")}
_NAMES = ("吃", "穿", "义务教育", "基本医疗", "住房安全", "饮水安全", "收入")
_ENGLISH = ("Food", "Clothing", "Education", "Medical care", "Housing", "Water", "Income")
_INDICATORS = {code: (zh, en) for code, zh, en in zip(INDICATORS, _NAMES, _ENGLISH, strict=True)}


def _in_words(texts: Collection[str]) -> Mapping[str, str]:
    """The rule in the reader's language, of its text in both."""
    at = 1 if (get_language() or "").startswith("en") else 0
    return {both: both.split("\n")[at] for both in texts}


_WARNINGS = Listing(
    slug="warnings",
    label=_("预警"),
    unit=_("条"),
    permission=permissions.READ,
    table="monitoring_warning",
    where="t.closed_at IS NULL",
    joins={
        "h": "JOIN registry_household h ON h.place_code = t.place_code AND h.id = t.household_id"
    },
    right="warnings",
    address="registry:file",
    place_in_menu=6,
    empty=_("评判后发现的问题会显示在这里。"),
    columns=(
        Column(
            "colour",
            _("等级"),
            "t.colour",
            Kind.CODE,
            table=CodeTable.of("colour", _COLOURS),
            mark=True,
        ),
        Column("head_name", _("户主"), "h.head_name", Kind.NAME, join="h", filter=False),
        Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False),
        Column(
            "indicator",
            _("指标"),
            "t.indicator",
            Kind.CODE,
            table=CodeTable.of("indicator", _INDICATORS),
            blank="t.indicator = ''",
        ),
        Column(
            "text", _("情况"), "t.text_zh || chr(10) || t.text_en", filter=False, words=_in_words
        ),
        Column("since", _("起始日期"), "t.since", Kind.DATE),
        Column("act_by", _("处理期限"), "t.act_by", Kind.DATE),
        Column("household_number", _("户编号"), "h.household_number", join="h", shown=False),
        Column("rule_code", _("规则编号"), "t.rule_code", shown=False),
    ),
    sorts=(
        Sort("severe", _("严重的在前"), ("t.colour_rank", "t.id")),
        Sort("place", _("按地点"), ("t.place_code", "t.id")),
    ),
)

listings = [_WARNINGS]
