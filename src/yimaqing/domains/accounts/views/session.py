"""Logging in and out, and changing one's own password."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yimaqing.domains.accounts.actions import WeakPassword, set_password
from yimaqing.domains.accounts.devices import remember_device
from yimaqing.domains.accounts.forms import LoginForm, PasswordForm
from yimaqing.domains.accounts.login import LOCKED_FOR, MAX_FAILURES, barred_until
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import home_place
from yimaqing.domains.accounts.views.start import home_of
from yimaqing.domains.audit.actions import record

logger = logging.getLogger(__name__)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page. A refusal is an ordinary page, so that what was counted is kept."""
    onward = _safe(request, request.POST.get("next") or request.GET.get("next", ""))
    if isinstance(request.user, User):
        return redirect(onward or "accounts:start")
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User):
            login(request, user)
            _record("accounts.logged_in", user)
            held_back = user.must_change_password
            onward = reverse("accounts:password") if held_back else onward or home_of(user)
            answer = HttpResponseRedirect(onward)
            remember_device(request, answer, user)
            return answer
        form.add_error(None, _refusal(request, form.cleaned_data["username"]))
    return render(request, "accounts/login.html", {"form": form, "next": onward})


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if isinstance(request.user, User):
        _record("accounts.logged_out", request.user)
    logout(request)
    return redirect("accounts:login")


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session of the user ends."""
    user = request.user
    if not isinstance(user, User):
        return redirect("accounts:login")
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if authenticate(request, username=user.username, password=form.cleaned_data["old"]) is None:
            form.add_error("old", _("现在的密码不正确；连续输错会锁定账号。"))
        elif _changed(form, user):
            update_session_auth_hash(request, user)
            messages.success(request, _("密码已修改，其他设备上的登录已全部退出。"))
            answer = HttpResponseRedirect(home_of(user))
            remember_device(request, answer, user)
            return answer
    return render(request, "accounts/password.html", {"form": form})


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token no longer fits: left open too long, or sent from another site."""
    logger.warning("form refused at %s: %s", request.path, reason)
    return render(request, "accounts/stale_form.html", status=403)


def _refusal(request: HttpRequest, username: str) -> str:
    """Why the log-in failed, as far as a stranger may know, and when to try again."""
    if until := barred_until(request, username):
        return _(
            "输错次数过多，%(time)s 之前不能再试。急用请找管理员解锁，"
            "或改用您登录过的电脑、手机和浏览器。"
        ) % {"time": formats.date_format(timezone.localtime(until), "H:i")}
    return _(
        "登录名或密码不正确，或者账号已停用。"
        "连续输错 %(times)s 次会锁定 %(minutes)s 分钟；忘记密码请找管理员重置。"
    ) % {"times": MAX_FAILURES, "minutes": int(LOCKED_FOR.total_seconds() // 60)}


def _changed(form: PasswordForm, user: User) -> bool:
    try:
        set_password(user=user, password=form.cleaned_data["new"], by=user)
    except WeakPassword as error:
        form.add_error("new", str(error))
        return False
    return True


def _record(action: str, user: User) -> None:
    record(action=action, by=user, place_code=home_place(user), subject=("user", user.pk))


def _safe(request: HttpRequest, address: str) -> str:
    """The address to go on to, when it is one of ours; else nothing."""
    ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else ""
