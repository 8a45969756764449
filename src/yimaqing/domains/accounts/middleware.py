"""Every request runs inside one transaction that sees only its user's scope."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may, scope_of
from yimaqing.kit.rowscope import Scope, set_scope

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
    " worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)


class ContentPolicy:
    """Adds the content security policy: nothing is loaded from elsewhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy header."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response


def _may(user: Any, permission: str, place_code: str, household_id: int | None = None) -> bool:
    return isinstance(user, User) and may(user, permission, place_code, household_id)


class RequestScope:
    """Opens the transaction, sets the scope, renders inside it, rolls back on failure.

    A template response is rendered before the transaction ends. Streaming responses
    run after it and open their own scoped transaction.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the scope of the request's user; ``request.scope`` holds it."""
        with transaction.atomic():
            user = request.user
            scope = scope_of(user) if isinstance(user, User) else Scope.nothing()
            request.scope = scope  # type: ignore[attr-defined] # read by views, typed there
            # Domains below this one may not import it; they ask through the request.
            request.may = partial(_may, user)  # type: ignore[attr-defined]
            set_scope(scope)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
