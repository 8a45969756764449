"""What the actions of this domain are called on the page of the trail; see audit/words.py."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yimaqing.domains.accounts.queries import names_of_users
from yimaqing.domains.accounts.roles import ROLES
from yimaqing.domains.audit.queries import Entry
from yimaqing.kit.ids import whole_number

ACTS = {
    "accounts.logged_in": _("登录"),
    "accounts.logged_out": _("退出登录"),
    "accounts.login_failed": _("登录失败"),
    "accounts.locked": _("账号锁定"),
    "accounts.unlocked": _("账号解锁"),
    "accounts.user_created": _("新增用户"),
    "accounts.deactivated": _("停用账号"),
    "accounts.activated": _("启用账号"),
    "accounts.password_set": _("设置密码"),
    "accounts.assigned": _("授予角色"),
    "accounts.assignment_ended": _("结束任职"),
    "accounts.households_named": _("指定负责的户"),
    "accounts.households_unnamed": _("不再负责的户"),
    "audit.head_accepted": _("接受恢复后的记录链末端"),
}

ACTORS = {
    "stranger": _("未登录的人"),
    "system:audit": _("操作记录"),
    "system:demo": _("演示数据"),
    "system:user": _("用户"),
}

SUBJECTS = {"user": pgettext_lazy("subject", "用户")}

FIELDS = {
    "assignment": None,
    "department": _("部门"),
    "ends_on": _("结束日期"),
    "households": None,
    "must_change": _("须改密码"),
    "of": _("户数"),
    "office": _("单位"),
    "role": _("角色"),
    "seq": _("序号"),
    "starts_on": _("开始日期"),
    "username": _("登录名"),
}


def _role(slug: Any) -> Any:
    return ROLES[slug].label if slug in ROLES else slug


def _users(entries: list[Entry]) -> dict[int, str]:
    numbers = {e.pk: whole_number(e.subject_id) for e in entries}
    names = names_of_users({number for number in numbers.values() if number is not None})
    return {entry: names.get(number or 0, "") for entry, number in numbers.items()}


VALUES = {"role": _role}
NAMES = {"user": _users}
