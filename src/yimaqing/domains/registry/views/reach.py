"""Who asks, what he may see, and the household that he asks for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.registry.models import Household
from yimaqing.domains.registry.queries import openable_household


def user_of(request: HttpRequest) -> User:
    """The user who asks; raise PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def within_reach(user: User, household_id: int, permission: str) -> Household:
    """The household, in scope and allowed; outside the scope it simply does not exist."""
    household = openable_household(household_id)
    if household is None:
        raise Http404
    if not may(user, permission, household.place_code, household.pk):
        raise PermissionDenied
    return household
