"""The lists of open warnings and of doubts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.core.exceptions import PermissionDenied
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.actions import confirm_doubts
from yimaqing.domains.monitoring.doubts import label_of_check, text_of
from yimaqing.domains.monitoring.evidence import evidence_of
from yimaqing.domains.monitoring.models import Effect, RulesetVersion
from yimaqing.domains.monitoring.rulebook import checks_in_force
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS
from yimaqing.kit.dataset import CodeTable, Kind
from yimaqing.kit.listing import Bulk, Column, Listing, Sort

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


def confirm_all(*, ids: Collection[int], reason: str, by: User) -> int:
    """Confirmed with one reason, all or none; how many. Raise ValueError in words."""
    try:
        return confirm_doubts(ids=ids, reason=reason, by=by)
    except PermissionDenied as error:
        raise ValueError(str(error)) from error


def _checks(codes: Collection[str]) -> Mapping[str, str]:
    return {code: label_of_check(code) for code in codes}


def _all_checks() -> Mapping[str, str]:
    return {check.code: text_of(check)[0] for check in checks_in_force().asked}


def _facts(told: Collection[str]) -> Mapping[str, str]:
    """The evidence without names: what a list shows and takes along."""
    return {facts: str(_("；")).join(said.words for said in evidence_of(facts)) for facts in told}


_DOUBTS = Listing(
    slug="doubts",
    label=_("疑点"),
    unit=_("处"),
    permission=permissions.READ,
    table="monitoring_doubt",
    where="t.closed_at IS NULL",
    joins=_WARNINGS.joins,
    right="warnings",
    address="registry:file",
    place_in_menu=8,
    empty=_("数据核查发现的疑点会显示在这里。"),
    columns=(
        Column("check", _("疑点"), "t.check_code", words=_checks, choices=_all_checks),
        Column("head_name", _("户主"), "h.head_name", Kind.NAME, join="h", filter=False),
        Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False),
        Column("facts", _("登记的情况"), "t.facts", filter=False, words=_facts),
        Column("confirmed", _("已确认属实"), "(t.confirmed_at IS NOT NULL)", Kind.YES_NO),
        Column("opened_on", _("发现日期"), "t.opened_at::date", Kind.DATE),
        Column("household_number", _("户编号"), "h.household_number", join="h", shown=False),
        Column("reason", _("为什么属实"), "t.reason", filter=False, shown=False),
    ),
    sorts=(
        Sort("place", _("按地点"), ("t.place_code", "t.id")),
        Sort("newest", _("新发现的在前"), ("t.id",), descending=True),
    ),
    bulk=(Bulk("confirm", _("确认属实"), permissions.EDIT, confirm_all, reason=_("为什么属实")),),
)

_CHANGES = {
    "enters": ("新进入", "Enters"),
    "leaves": ("不再预警", "Leaves"),
    "worse": ("加重", "Worse"),
    "milder": ("减轻", "Milder"),
}


def _previewed() -> Mapping[str, str]:
    """Versions that stand in the list."""
    numbers = Effect.objects.values_list("version_id", flat=True).distinct()
    return _identities(set(map(str, numbers)))


def _identities(numbers: Collection[str]) -> Mapping[str, str]:
    held = RulesetVersion.objects.filter(pk__in=list(map(int, numbers)))
    return {str(number): identity for number, identity in held.values_list("pk", "identity")}


_EFFECTS = Listing(
    slug="rule-effects",
    label=_("规则试算名单"),
    unit=_("户"),
    permission=permissions.RULES,
    table="monitoring_effect",
    joins=_WARNINGS.joins,
    right="warnings",
    address="registry:file",
    place_in_menu=9,
    empty=_("在规则版本页上试算后，变动的户会显示在这里。"),
    columns=(
        Column("change", _("变动"), "t.change", Kind.CODE, table=CodeTable.of("change", _CHANGES)),
        Column("head_name", _("户主"), "h.head_name", Kind.NAME, join="h", filter=False),
        Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False),
        Column(
            "before",
            _("现在的等级"),
            "t.before",
            Kind.CODE,
            table=CodeTable.of("colour", _COLOURS),
            blank="t.before = ''",
            mark=True,
        ),
        Column(
            "after",
            _("修改后的等级"),
            "t.after",
            Kind.CODE,
            table=CodeTable.of("colour", _COLOURS),
            blank="t.after = ''",
            mark=True,
        ),
        Column(
            "version",
            _("规则版本"),
            "t.version_id::text",
            words=_identities,
            choices=_previewed,
            shown=False,
        ),
        Column("household_number", _("户编号"), "h.household_number", join="h", shown=False),
    ),
    sorts=(Sort("place", _("按地点"), ("t.place_code", "t.id")),),
)

listings = [_WARNINGS, _DOUBTS, _EFFECTS]
