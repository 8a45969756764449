"""Checking a password, with a lock-out after repeated failures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from yimaqing.domains.accounts.models import User

MAX_FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=15)


class LockingBackend(BaseBackend):
    """Five wrong passwords lock a name for fifteen minutes."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", password: str = "", **kwargs: Any
    ) -> User | None:
        """The user, or None for a wrong, unknown, inactive or locked name alike."""
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)  # the same time is spent for an unknown name
            return None
        if user.locked_until and user.locked_until > timezone.now():
            return None
        if not (user.is_active and user.check_password(password)):
            _count_failure(user)
            return None
        if user.failed_logins or user.locked_until:
            User.objects.filter(pk=user.pk).update(failed_logins=0, locked_until=None)
        return user

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; an inactive one is logged out."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def _count_failure(user: User) -> None:
    User.objects.filter(pk=user.pk).update(failed_logins=F("failed_logins") + 1)
    user.refresh_from_db(fields=["failed_logins"])
    if user.failed_logins >= MAX_FAILURES:
        User.objects.filter(pk=user.pk).update(
            failed_logins=0, locked_until=timezone.now() + LOCKED_FOR
        )
