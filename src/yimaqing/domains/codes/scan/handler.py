"""From a request to the scanned card: which page, for whom, with which status."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from yimaqing.domains.codes.policies import policies
from yimaqing.domains.codes.scan import store
from yimaqing.domains.codes.scan.answers import LARGE, Answer, Request
from yimaqing.domains.codes.scan.pages import content_policy, fragment, page_context, render
from yimaqing.domains.codes.scan.statement import PUBLIC_ROLES, kept_seconds, parts
from yimaqing.domains.codes.scan.viewer import remember, session_holds, standing_of
from yimaqing.domains.codes.tokens import is_well_formed, printed_number
from yimaqing.ui.context import LARGE_TYPE_COOKIE

PREFIX = "/c/"
LOGIN_PATH = "/login/"
YEAR = dt.timedelta(days=365)

#: Status of the pages that tell why nothing is shown.
NOTICES = {
    "revoked": 410,
    "replaced": 410,
    "unknown": 404,
    "malformed": 404,
    "throttled": 429,
    "unavailable": 503,
    "method": 405,
}


def answer(request: Request) -> Answer:
    """Answer a scan, the policy page, or a request that is neither."""
    with translation.override(request.language):
        if request.method not in {"GET", "HEAD"}:
            return _notice(request, "method")
        rest = request.path.removeprefix(PREFIX).rstrip("/")
        if rest == "policy":
            return _respond(request, 200, _policy_page(request))
        # Typed by hand, a token may come in capitals.
        token = rest.lower()
        if not is_well_formed(token):
            return _notice(request, "malformed")
        return _scan(request, token)


def _scan(request: Request, token: str) -> Answer:
    try:
        scanned = _asked(request, token)
        if scanned.outcome != "shown":
            return _notice(request, scanned.outcome)
        if scanned.role in PUBLIC_ROLES and scanned.kind in kept_seconds() and not scanned.was_kept:
            store.keep(scanned)
    except store.StoreUnavailable:
        return _notice(request, "unavailable")
    return _respond(request, 200, _card_page(scanned, token, request))


def _asked(request: Request, token: str) -> store.Scanned:
    """What the code shows; a session that no longer holds is a stranger's."""
    key = request.session_key
    scanned = store.scan(token, key, standing_of(key), request.client)
    if scanned.outcome == "verify" and session_holds(
        scanned.session_data or "", scanned.user_id or 0, scanned.password_changed_at
    ):
        standing = scanned.standing or ""
        remember(key, standing)
        scanned = store.scan(token, key, standing, request.client)
    if scanned.outcome == "verify":
        scanned = store.scan(token, "", "", request.client)
    return scanned


def _card_page(scanned: store.Scanned, token: str, request: Request) -> str:
    kind, role = str(scanned.kind), str(scanned.role)
    bodies = scanned.bodies or []
    page = page_context(
        {
            "role": role,
            "kind": kind,
            "place_code": scanned.place_code,
            "subject_id": scanned.subject_id,
            "place": scanned.place or [],
            "number": printed_number(scanned.code_id or 0),
            "user_name": scanned.user_name or "",
            "now": dt.datetime.now(timezone.get_default_timezone()) if scanned.user_id else None,
            "path": PREFIX + token,
            "large": request.large,
            "login": f"{LOGIN_PATH}?next={PREFIX}{token}",
        },
    )
    data: Any = None
    above: list[str] = []
    below: list[str] = []
    for index, (part, body) in enumerate(zip(parts(kind, role), bodies, strict=True)):
        if body is None:
            continue
        shown = part.prepare(body, str(page["language"])) if part.prepare else body
        if index == 0:
            data = shown
        else:
            beside = above if part.order < 100 else below
            beside.append(fragment(part.template, data=shown, page=page))
    if data is None:  # the subject has gone, though its code has not
        return render("codes/scan/notice.jinja", notice="gone", page=page)
    template = parts(kind, role)[0].template
    return render(template, data=data, page=page, above=above, below=below)


def _policy_page(request: Request) -> str:
    english = translation.get_language() == "en"
    page = page_context({"path": PREFIX + "policy", "large": request.large})
    return render("codes/scan/policy.jinja", policies=policies(english=english), page=page)


def _notice(request: Request, notice: str) -> Answer:
    page = page_context({"path": "", "large": request.large})
    answered = _respond(
        request, NOTICES[notice], render("codes/scan/notice.jinja", notice=notice, page=page)
    )
    more = {"throttled": ("Retry-After", "600"), "unavailable": ("Retry-After", "10")}
    if notice == "method":
        more["method"] = ("Allow", "GET, HEAD")
    return replace(answered, headers=answered.headers + ([more[notice]] if notice in more else []))


def _respond(request: Request, status: int, text: str) -> Answer:
    body = text.encode()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Content-Language", "en" if translation.get_language() == "en" else "zh-CN"),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", content_policy()),
        # The address is the key: it must not travel on to where a link leads.
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("X-Robots-Tag", "noindex, nofollow"),
        ("Vary", "Cookie, Accept-Language"),
    ]
    if request.chosen_language:
        headers.append(_cookie(settings.LANGUAGE_COOKIE_NAME, request.chosen_language))
    if request.chosen_type:
        headers.append(_cookie(LARGE_TYPE_COOKIE, "1" if request.chosen_type == LARGE else ""))
    return Answer(status, headers, b"" if request.method == "HEAD" else body)


def _cookie(name: str, value: str) -> tuple[str, str]:
    """A reader's choice kept for a year; without a value, forgotten."""
    secure = "; Secure" if settings.SESSION_COOKIE_SECURE else ""
    age = int(YEAR.total_seconds()) if value else 0
    return "Set-Cookie", f"{name}={value}; Path=/; Max-Age={age}; SameSite=Lax{secure}"
