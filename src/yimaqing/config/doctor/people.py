"""The people: somebody must be there who can give and take roles."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.config.doctor.findings import Finding, fault, fine, warning
from yimaqing.domains.accounts.queries import User, administrators

NOTICE = dt.timedelta(days=30)


def administrator() -> Finding:
    """An active user holds the administrator's role, today and for a month to come."""
    today = timezone.localdate()
    remedy = _(
        "运行 yimaqing user add 登录名 --name 姓名（已有用户可略），"
        "再运行 yimaqing user assign 登录名 administrator --place 12位区划代码。"
    )
    now, later = administrators(today).count(), administrators(today + NOTICE).count()
    if now and later:
        return fine("administrator", _("在任系统管理员 %(count)d 位。") % {"count": now})
    if now:
        words = _("所有系统管理员的任职将在 %(days)d 天内到期。") % {"days": NOTICE.days}
        return warning("administrator", words, remedy)
    words = _("没有在任的系统管理员，无人能新增用户、授权或解锁。")
    broken = User.objects.exists()  # before the first user there is nobody to be helped
    return (fault if broken else warning)("administrator", words, remedy)
