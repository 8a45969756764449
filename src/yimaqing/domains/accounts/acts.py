"""What the actions of this domain are called on the page of the trail."""

from django.utils.translation import gettext_lazy as _

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
