"""The list of procedures, with what an office does for many at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimaqing.domains.accounts.models import User
from yimaqing.domains.recognition import permissions
from yimaqing.domains.recognition.actions import BadStep, NotNow, step_many
from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.machine import COURSE, State
from yimaqing.domains.recognition.procedureset import is_english
from yimaqing.domains.recognition.queries import ended_words, step_words
from yimaqing.domains.recognition.words import WAYS
from yimaqing.domains.registry.queries import label_of
from yimaqing.kit.dataset import Kind
from yimaqing.kit.listing import Bulk, Column, Listing, Sort

_TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"
_ON_THE_WAY = ", ".join(f"'{state}'" for state in COURSE)
_STEP = (
    f"CASE WHEN t.round > 0 AND t.state IN ({_ON_THE_WAY}) THEN 'removal_' || t.state"
    " ELSE t.state END"
)


def _all_steps() -> Mapping[str, str]:
    return {step: str(word) for step, word in (step_words() | ended_words()).items()}


def _steps(found: Collection[str]) -> Mapping[str, str]:
    known = _all_steps()
    return {step: known.get(step, step) for step in found}


def _all_ways() -> Mapping[str, str]:
    return {way: str(word) for way, word in WAYS.items()}


def _ways(found: Collection[str]) -> Mapping[str, str]:
    return {way: str(WAYS.get(way, way)) for way in found}


def _groups(found: Collection[str]) -> Mapping[str, str]:
    return {slug: label_of("group", slug, english=is_english()) if slug else "" for slug in found}


def _all_groups() -> Mapping[str, str]:
    return _groups([group.code for group in in_force().groups])


def _for_many(state: State) -> Callable[..., int]:
    def run(*, ids: Collection[int], reason: str, by: User) -> int:
        try:
            return step_many(ids=ids, state=state, reason=reason, by=by)
        except (NotNow, BadStep, PermissionDenied) as error:
            raise ValueError(str(error)) from error

    return run


_PROCEDURES = Listing(
    slug="procedures",
    label=pgettext_lazy("list", "识别与退出"),
    unit=_("件"),
    permission=permissions.READ,
    table="recognition_procedure",
    joins={
        "h": "JOIN registry_household h ON h.place_code = t.place_code AND h.id = t.household_id"
    },
    right="warnings",
    address="recognition:procedure",
    own_page=True,
    place_in_menu=9,
    empty=_("登记线索后，识别和退出的程序会显示在这里。"),
    columns=(
        Column("step", _("步骤"), _STEP, words=_steps, choices=_all_steps),
        Column("head_name", _("户主"), "h.head_name", Kind.NAME, join="h", filter=False),
        Column("place_code", _("地点"), "t.place_code", Kind.PLACE, filter=False),
        Column("due_on", _("办理期限"), "t.due_on", Kind.DATE, blank="t.due_on IS NULL"),
        Column(
            "overdue",
            _("已逾期"),
            f"(t.due_on IS NOT NULL AND t.due_on < {_TODAY})",
            Kind.YES_NO,
        ),
        Column(
            "group",
            _("监测类别"),
            't."group"',
            words=_groups,
            choices=_all_groups,
            blank="t.\"group\" = ''",
        ),
        Column("way", _("线索来源"), "t.way", words=_ways, choices=_all_ways),
        Column("opened_on", _("线索日期"), "t.opened_on", Kind.DATE),
        Column("green", _("绿色通道"), "t.green", Kind.YES_NO, shown=False),
        Column("open", _("正在办理"), "(t.ended_on IS NULL)", Kind.YES_NO, shown=False),
        Column("recognised_on", _("认定日期"), "t.recognised_on", Kind.DATE, shown=False),
        Column("tracked", _("跟踪监测"), "(t.tracked_on IS NOT NULL)", Kind.YES_NO, shown=False),
        Column("household_number", _("户编号"), "h.household_number", join="h", shown=False),
    ),
    sorts=(
        Sort("urgent", _("最急的在前"), ("coalesce(t.due_on, date '9999-12-31')", "t.id")),
        Sort("place", _("按地点"), ("t.place_code", "t.id")),
        Sort("newest", _("新登记的在前"), ("t.id",), descending=True),
    ),
    bulk=(
        Bulk(
            "pass",
            _("乡镇审核通过"),
            permissions.TOWNSHIP,
            _for_many(State.TOWNSHIP),
            reason=_("审核意见"),
            most=200,
        ),
        Bulk(
            "approve",
            _("县级审定通过"),
            permissions.COUNTY,
            _for_many(State.COUNTY),
            reason=_("审定意见和文号"),
            most=200,
        ),
    ),
)

listings = [_PROCEDURES]
