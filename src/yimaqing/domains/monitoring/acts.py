"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from yimaqing.domains.audit.queries import Entry

ACTS = {
    "monitoring.evaluated": _("运行监测"),
    "monitoring.backtested": _("回测预警"),
    "monitoring.checked": _("运行数据核查"),
    "monitoring.doubt_confirmed": _("确认疑点属实"),
    "monitoring.doubt_reopened": _("撤销对疑点的确认"),
    "monitoring.income_lines_set": _("设定收入线"),
    "monitoring.rules_drafted": _("开始修改规则"),
    "monitoring.rules_published": _("发布规则"),
    "monitoring.rules_returned": _("退回规则修改"),
    "monitoring.rules_submitted": _("提交规则修改"),
    "monitoring.rules_withdrawn": _("撤回规则修改"),
}

ACTORS = {
    "system:backtest": _("回测预警"),
    "system:monitoring": _("运行监测"),
    "system:rules": _("设定规则"),
}

SUBJECTS = {"doubt": _("疑点"), "ruleset": _("规则"), "snapshot": _("快照"), "warning": _("预警")}

FIELDS = {
    "changed": _("变色"),
    "check": _("核查项"),
    "closed": _("解除"),
    "days": _("评判日数"),
    "lines": _("收入线"),
    "outcomes": _("结果数"),
    "raised": _("新增"),
    "version": _("版本"),
}


def _snapshots(entries: list[Entry]) -> dict[int, str]:
    """The day that a snapshot was taken: its name begins with it."""
    return {e.pk: _day(e.subject_id) for e in entries}


def _day(name: str) -> str:
    try:
        taken = dt.datetime.strptime(name[:8], "%Y%m%d").replace(tzinfo=dt.UTC)
    except ValueError:
        return name
    return date_format(taken.date(), "DATE_FORMAT")


NAMES = {"snapshot": _snapshots}
