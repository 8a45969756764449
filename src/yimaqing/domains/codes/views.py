"""Pages of codes: the scan on a single-service installation, QR images, reissue and revoke."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.codes import permissions
from yimaqing.domains.codes.actions import (
    AlreadyIssued,
    CodeNotActive,
    ReasonMissing,
    UnknownSubject,
    issue,
    reissue,
    revoke,
)
from yimaqing.domains.codes.addresses import AddressNotPrintable, printable_address
from yimaqing.domains.codes.forms import IssueForm, ReasonForm
from yimaqing.domains.codes.models import Code
from yimaqing.domains.codes.scan.answers import request_of
from yimaqing.domains.codes.scan.handler import answer
from yimaqing.domains.codes.tokens import printed_number
from yimaqing.kit import qr


@csrf_exempt  # it takes no POST
def scan(request: HttpRequest, **_: str) -> HttpResponse:
    """The scan service's own answer, for an installation that runs one service."""
    given = answer(request_of(request.META))
    response = HttpResponse(given.body, status=given.status)
    for name, value in given.headers:
        if name == "Set-Cookie":
            response.cookies.load(value)
        else:
            response.headers[name] = value
    return response


@login_required
@require_GET
def qr_svg(request: HttpRequest, code_id: int) -> HttpResponse:
    """The symbol as SVG; a notice in its place where the address leads nowhere."""
    code = _within_reach(request, code_id, permissions.SCAN)
    try:
        image = qr.svg(printable_address(code.token), printed_number(code.pk))
    except AddressNotPrintable:
        return _image(_notice_svg(), "image/svg+xml", status=409)
    return _image(image.encode(), "image/svg+xml")


@login_required
@require_GET
def qr_png(request: HttpRequest, code_id: int) -> HttpResponse:
    """The symbol as PNG, to be saved; a sentence in its place where the address leads nowhere."""
    code = _within_reach(request, code_id, permissions.SCAN)
    try:
        image = qr.png(printable_address(code.token))
    except AddressNotPrintable:
        return HttpResponse(not_printable(), status=409, content_type="text/plain; charset=utf-8")
    response = _image(image, "image/png")
    response["Content-Disposition"] = f'attachment; filename="{printed_number(code.pk)}.png"'
    return response


@login_required
@require_POST
def issue_code(request: HttpRequest) -> HttpResponse:
    """Issue a code for a subject that has none."""
    form = IssueForm(request.POST)
    if not form.is_valid():
        raise Http404
    given = form.cleaned_data
    household_id = given["subject_id"] if given["kind"] == "household" else None
    user = _user(request)
    if not may(user, permissions.ISSUE, given["place_code"], household_id):
        raise PermissionDenied
    try:
        issue(
            kind=given["kind"],
            place_code=given["place_code"],
            subject_id=given["subject_id"],
            by=user,
        )
    except UnknownSubject as error:
        raise Http404 from error
    except AlreadyIssued:
        messages.error(request, _("已有有效的码，没有再发。"))
    else:
        messages.success(request, _("已发码。"))
    return redirect(_back(given["next"]))


@login_required
@require_POST
def reissue_code(request: HttpRequest, code_id: int) -> HttpResponse:
    """A new code in the old one's place."""
    done = _("已换发新码，旧码停用。请打印新码，并收回旧码。")
    return _end(request, code_id, permissions.ISSUE, reissue, done)


@login_required
@require_POST
def revoke_code(request: HttpRequest, code_id: int) -> HttpResponse:
    """End a code."""
    return _end(request, code_id, permissions.REVOKE, revoke, _("已停用。"))


def not_printable() -> str:
    """Why there is no symbol, and what to do."""
    return _(
        "还不能生成二维码：系统地址（YIMAQING_PUBLIC_URL）是内网地址，村里的手机打不开，"
        "印出来的码会作废。请管理员先设好对外的网址。"
    )


def _end(
    request: HttpRequest,
    code_id: int,
    permission: str,
    act: Callable[..., Code],
    done: str,
) -> HttpResponse:
    code = _within_reach(request, code_id, permission)
    form = ReasonForm(request.POST)
    back = _back(request.POST.get("next", ""))
    if not form.is_valid():
        messages.error(request, _("请写明原因，至少四个字。"))
        return redirect(back)
    try:
        act(code=code, reason=form.cleaned_data["reason"], by=_user(request))
    except ReasonMissing:
        messages.error(request, _("请写明原因，至少四个字。"))
    except CodeNotActive:
        messages.error(request, _("这个码已经停用或换发，请刷新后再看。"))
    except AlreadyIssued:
        messages.error(request, _("已有有效的码，没有再发。"))
    else:
        messages.success(request, done)
    return redirect(back)


def _within_reach(request: HttpRequest, code_id: int, permission: str) -> Code:
    """The code, in scope and allowed; outside the scope it simply does not exist."""
    code = Code.objects.filter(pk=code_id).first()
    if code is None:
        raise Http404
    if not may(_user(request), permission, code.place_code, code.household_id):
        raise PermissionDenied
    return code


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _back(path: str) -> str:
    """Where the form stood; only a path of this site."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"


def _image(content: bytes, kind: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(content, content_type=kind, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def _notice_svg() -> bytes:
    text = escape(_("内网地址，不能印码"))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240" role="img">'
        '<rect width="240" height="240" fill="#f5f6f3" stroke="#b3261e" stroke-width="4"/>'
        '<text x="120" y="112" text-anchor="middle" font-size="20" fill="#8c1d18">'
        f'{text}</text><text x="120" y="144" text-anchor="middle" font-size="13"'
        ' fill="#1f2328">YIMAQING_PUBLIC_URL</text></svg>'
    ).encode()
