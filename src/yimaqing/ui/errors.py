"""Error pages that say what to do next."""

from __future__ import annotations

import logging
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yimaqing.ui.context import UiContext
from yimaqing.ui.vite import AssetsNotBuilt, styles

#: The minute that the page speaks of; a killed embedded database is back by then.
RETRY_SECONDS = 60

logger = logging.getLogger(__name__)


def unreadable(request: HttpRequest) -> HttpResponse:
    """400: characters that cannot be in any text."""
    reason = _("请求里有无法识别的字符。")
    remedy = _("请删去后重新填写；如果是点链接来的，请从首页重新进入。")
    return _page(request, 400, _("无法读懂这次请求"), reason, remedy)


def forbidden(
    request: HttpRequest,
    exception: Exception | None = None,
) -> HttpResponse:
    """403: who may, and whom to ask. A PermissionDenied with a message shows it."""
    reason = str(exception or "") or _("你的角色或管辖范围不包括这一页。")
    remedy = _("请向县级管理员申请相应的角色或范围；如果刚换了账号，请重新登录。")
    return _page(request, 403, _("没有权限"), reason, remedy, topbar=_topbar(request))


def not_found(
    request: HttpRequest,
    exception: Exception | None = None,  # noqa: ARG001 Django passes it by name
) -> HttpResponse:
    """404."""
    reason = _("地址不完整、已经失效，或者记录不在你的管辖范围内。")
    remedy = _("请从首页重新进入；如果是扫码来的，请再扫一次完整的二维码。")
    return _page(request, 404, _("没有找到这一页"), reason, remedy, topbar=_topbar(request))


def not_this_way(request: HttpRequest) -> HttpResponse:
    """405: an address that only a page's button leads to, typed in or opened again."""
    reason = _("这个地址只接受页面上的按钮或表单发来的请求，不能直接打开。什么都没有改动。")
    remedy = _("请返回上一页，用那里的按钮办理；或从首页重新进入。")
    return _page(request, 405, _("这一步不能直接打开"), reason, remedy, topbar=_topbar(request))


def broken(request: HttpRequest) -> HttpResponse:
    """500, with a number that the log repeats."""
    number = uuid4().hex[:8]
    logger.error("error page %s for %s", number, request.path)
    reason = _("系统出错，刚才的操作没有保存。")
    remedy = _("请稍后重试；如果仍然出错，请把编号 %(number)s 告诉管理员。") % {"number": number}
    return _page(request, 500, _("系统出错"), reason, remedy)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away for a while. Knows nothing but the request, so it cannot fail."""
    reason = _("数据库暂时连不上，这一页现在打不开；刚才的操作可能没有保存。")
    remedy = _("请过一分钟再试；恢复后先核对刚才的操作。一直这样，请告诉管理员。")
    response = _page(request, 503, _("暂时无法使用"), reason, remedy)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(
    request: HttpRequest, status: int, title: str, reason: str, remedy: str, *, topbar: str = ""
) -> HttpResponse:
    # Without context processors: one that failed must not fail the error page too.
    text = {
        "ui": UiContext(request),
        "status": status,
        "title": title,
        "reason": reason,
        "remedy": remedy,
        "styles": _styles(),
        "topbar": topbar,
    }
    return HttpResponse(render_to_string("ui/error.html", text), status=status)


def _topbar(request: HttpRequest) -> str:
    """The menu of a reader who is logged in: he was only refused one page. Else empty.

    An error on the way to it leaves the page without a menu, and the refusal as it was.
    """
    user = getattr(request, "user", None)
    try:
        with transaction.atomic():
            if user is None or not user.is_authenticated:
                return ""
            known = {"ui": UiContext(request), "user": user, "csrf_token": get_token(request)}
            return render_to_string("ui/topbar.html", known)
    except Exception:
        logger.exception("error page for %s without its menu", request.path)
        return ""


def _styles() -> str:
    try:
        return styles("app")
    except AssetsNotBuilt:
        return ""  # plain, but it still says what to do
