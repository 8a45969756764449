"""Who asks, what he may see, and the household that he asks for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may, require
from yimaqing.domains.registry import permissions
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.queries import openable_household
from yimaqing.kit.rowscope import Scope, set_scope


def user_of(request: HttpRequest) -> User:
    """The user who asks; raise PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def scope_of(request: HttpRequest) -> Scope:
    """What the request's connection may read."""
    scope: Scope = request.scope  # type: ignore[attr-defined] # set by the scope middleware
    return scope


def narrow(request: HttpRequest) -> None:
    """See only where the user may read files: another role may reach further than that."""
    scope = require(request.user, permissions.READ)
    request.scope = scope  # type: ignore[attr-defined] # typed by scope_of
    set_scope(scope)


def within_reach(user: User, household_id: int, permission: str) -> Household:
    """The household, in scope and allowed; outside the scope it simply does not exist."""
    household = openable_household(household_id)
    if household is None:
        raise Http404
    if not may(user, permission, household.place_code, household.pk):
        raise PermissionDenied
    return household
