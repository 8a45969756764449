"""Who asks, and the procedure or household that he asks for."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import columns_for, may
from yimaqing.domains.recognition import permissions
from yimaqing.domains.recognition.models import Procedure
from yimaqing.domains.registry.queries import openable_household


def user_of(request: HttpRequest) -> User:
    """The user who asks; raise PermissionDenied for a stranger."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def reached(user: User, procedure_id: int) -> Procedure:
    """The procedure, in scope and allowed; outside the scope it does not exist."""
    held = Procedure.objects.filter(pk=procedure_id).first()
    if held is None:
        raise Http404
    require_sight(user, held.place_code, held.household_id)
    return held


def reached_household(user: User, household_id: int, permission: str) -> Any:
    """The household, where the user holds the permission."""
    household = openable_household(household_id)
    if household is None:
        raise Http404
    if not may(user, permission, household.place_code, household.pk):
        raise PermissionDenied
    return household


def require_sight(user: User, place_code: str, household_id: int) -> None:
    """Raise PermissionDenied for who may not read procedures, or not see warnings, there."""
    sees = "warnings" in columns_for(user, place_code, household_id)
    if not (sees and may(user, permissions.READ, place_code, household_id)):
        raise PermissionDenied
