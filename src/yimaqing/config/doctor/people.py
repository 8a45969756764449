"""The people: somebody must be there who can give and take roles."""

from __future__ import annotations

import datetime as dt

from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.config.doctor.findings import Finding, fault, fine, warning
from yimaqing.domains.accounts.roles import ROLES

NOTICE = dt.timedelta(days=30)
# Asked in SQL: the command line is put together before Django has loaded any model.
_HOLDERS = """
SELECT count(DISTINCT u.id) FROM accounts_user u JOIN accounts_assignment a ON a.user_id = u.id
WHERE u.is_active AND a.role = ANY(%(roles)s) AND a.starts_on <= %(day)s
  AND (a.ends_on IS NULL OR a.ends_on > %(day)s)
"""


def administrator() -> Finding:
    """An active user holds the administrator's role, today and for a month to come."""
    today = timezone.localdate()
    remedy = _(
        "运行 yimaqing user add 登录名 --name 姓名（已有用户可略），"
        "再运行 yimaqing user assign 登录名 administrator --place 12位区划代码。"
    )
    now, later = _administrators(today), _administrators(today + NOTICE)
    if now and later:
        return fine("administrator", _("在任系统管理员 %(count)d 位。") % {"count": now})
    if now:
        words = _("所有系统管理员的任职将在 %(days)d 天内到期。") % {"days": NOTICE.days}
        return warning("administrator", words, remedy)
    words = _("没有在任的系统管理员，无人能新增用户、授权或解锁。")
    # Before the first user there is nobody to be helped.
    return (fault if _count("SELECT count(*) FROM accounts_user") else warning)(
        "administrator", words, remedy
    )


def _administrators(day: dt.date) -> int:
    roles = [role.slug for role in ROLES.values() if "accounts.manage" in role.permissions]
    return _count(_HOLDERS, {"roles": roles, "day": day})


def _count(query: str, values: dict[str, list[str] | dt.date] | None = None) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(query, values)
        (count,) = cursor.fetchone()
        return int(count)
