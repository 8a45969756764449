"""Browsers in which a user has logged in before: a stranger's guesses do not lock them out.

A name locks after five wrong passwords, and anybody can type five wrong passwords. So a
browser that the user has used carries a signed mark and is counted by itself. The mark is
worth nothing without the password, and nothing at all after the password has changed.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from yimaqing.domains.accounts.models import User

COOKIE = "yimaqing_device"
KEPT_FOR = dt.timedelta(days=180)
_MOST_USERS = 4  # of one shared machine
_BETWEEN = "|"


def known_device(request: HttpRequest | None, user: User) -> str:
    """The number of the device, if the user has logged in on it before; else empty."""
    for mark in _marks(request) if request else ():
        try:
            return _signer(user).unsign(mark, max_age=KEPT_FOR)
        except BadSignature:  # another user's, from before a new password, or forged
            continue
    return ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Mark the browser as one in which the user has logged in."""
    device = known_device(request, user) or secrets.token_hex(8)
    others = [mark for mark in _marks(request) if not mark.startswith(f"{device}:")]
    response.set_cookie(
        COOKIE,
        _BETWEEN.join([_signer(user).sign(device), *others][:_MOST_USERS]),
        max_age=KEPT_FOR,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marks(request: HttpRequest) -> list[str]:
    return [mark for mark in request.COOKIES.get(COOKIE, "").split(_BETWEEN) if mark][:_MOST_USERS]


def _signer(user: User) -> TimestampSigner:
    return TimestampSigner(salt=f"yimaqing.device {user.get_session_auth_hash()}")
