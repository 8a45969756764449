"""Checking a password, with a lock-out after repeated failures."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from yimaqing.domains.accounts.actions.users import normal_username
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import home_place
from yimaqing.domains.audit.actions import record

logger = logging.getLogger(__name__)

MAX_FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
STRANGER = "stranger"


class LockingBackend(BaseBackend):
    """Five wrong passwords lock a name for fifteen minutes."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_credentials: Any,
    ) -> User | None:
        """The user, or None for a wrong, unknown, inactive or locked name alike.

        Every refusal takes the time of one hash, so that names cannot be probed by the clock.
        Failures are written in the request's transaction, which an ordinary page commits.
        """
        name = normal_username(username or "")
        user = User.objects.filter(username=name).first()
        if user is None or not user.is_active or user.is_locked:
            make_password(password)
            # No audit row: strangers could fill the trail without end.
            logger.warning("log-in refused for a name that is unknown, inactive or locked")
            return None
        with transaction.atomic():
            return _try(user.pk, password or "")

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; an inactive one is logged out."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def _try(user_id: int, password: str) -> User | None:
    """One attempt at a time for each name: a burst of guesses cannot outrun the counter."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if user.is_locked or not user.is_active:
        make_password(password)
        return None
    if not user.check_password(password):
        _count_failure(user)
        return None
    if user.failed_logins or user.locked_until:
        user.failed_logins, user.locked_until = 0, None
        user.save(update_fields=["failed_logins", "locked_until"])
    return user


def _count_failure(user: User) -> None:
    user.failed_logins += 1
    _record("accounts.login_failed", user)
    if user.failed_logins >= MAX_FAILURES:
        user.failed_logins, user.locked_until = 0, timezone.now() + LOCKED_FOR
        _record("accounts.locked", user)
    user.save(update_fields=["failed_logins", "locked_until"])


def _record(action: str, user: User) -> None:
    record(
        action=action,
        by=None,
        actor=STRANGER,
        place_code=home_place(user),
        subject=("user", user.pk),
    )
