"""Every request runs inside one transaction that sees only its user's scope."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.posts import read_once
from yimaqing.domains.accounts.queries import may, scope_of
from yimaqing.kit.rowscope import Scope, set_scope

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
    " worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
_FAILED = 500
_READING = frozenset({"GET", "HEAD"})


class ContentPolicy:
    """Adds the content security policy: nothing is loaded from elsewhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy header."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response


class RequestScope:
    """Opens the transaction, sets the scope, renders inside it, rolls back on failure.

    A template response is rendered before the transaction ends. The body of a streaming
    response is produced after it, without any scope: it opens its own with ``scoped``.
    A user who must change his password has no scope and reaches only the page for that. Posts
    are read once for a page, and anew at each question of a request that may change something.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the scope of the request's user; ``request.scope`` holds it."""
        reading = read_once() if request.method in _READING else nullcontext()
        with reading, transaction.atomic():
            user = request.user if isinstance(request.user, User) else None
            held_back = user is not None and user.must_change_password
            scope = scope_of(user) if user and not held_back else Scope.nothing()
            request.scope = scope  # type: ignore[attr-defined] # read by views, typed there
            # Domains below this one may not import it: they ask through the request.
            request.may = partial(_may, user if not held_back else None)  # type: ignore[attr-defined]
            set_scope(scope)
            if held_back and not _is_open_to_held_back(request.path):
                return HttpResponseRedirect(reverse("accounts:password"))
            response = self.get_response(request)
            if response.status_code >= _FAILED:
                transaction.set_rollback(True)
            if user is not None:
                # What a logged-in user saw must not come back after he has logged out.
                response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _may(
    user: User | None, permission: str, place_code: str, household_id: int | None = None
) -> bool:
    return user is not None and may(user, permission, place_code, household_id)


def _is_open_to_held_back(path: str) -> bool:
    own_pages = {reverse("accounts:password"), reverse("accounts:logout")}
    return path in own_pages or path.startswith(("/i18n/", "/ui/", "/static/"))
