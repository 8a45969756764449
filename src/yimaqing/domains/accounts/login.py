"""Checking a password, with pauses after repeated failures."""

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
from yimaqing.domains.accounts.devices import known_device
from yimaqing.domains.accounts.guesses import ADDRESS, DEVICE, NAME, PAUSE
from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import home_place
from yimaqing.domains.audit.actions import record
from yimaqing.kit.visitors import visitor_address

logger = logging.getLogger(__name__)

MAX_FAILURES = 5
LOCKED_FOR = PAUSE
STRANGER = "stranger"


class LockingBackend(BaseBackend):
    """Five wrong passwords lock a name for fifteen minutes, forty an address.

    A browser in which the user has logged in before is counted by itself: neither lock holds
    for it, so that nobody can keep somebody else out by typing nonsense.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_credentials: Any,
    ) -> User | None:
        """The user, or None for a wrong, unknown, inactive or locked name alike.

        Every refusal of a name takes the time of one hash, so that names cannot be probed by
        the clock. Failures are written in the request's transaction, which an ordinary page
        commits. ``barred_until`` says how long to wait.
        """
        name, address = normal_username(username or ""), _address(request)
        user = _active(name)
        device = _trusted_device(request, user)
        if not device and address and ADDRESS.barred_until(address):
            logger.warning("log-in refused: too many failures from %s", address)
            return None
        if user is None:
            make_password(password)
            # No audit row: strangers could fill the trail without end.
            logger.warning("log-in refused: unknown or inactive name, from %s", address)
            if not NAME.barred_until(name):
                NAME.count(name)
        else:
            with transaction.atomic():
                if found := _try(user.pk, password or "", device):
                    return found
        _count_address(address)
        return None

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; an inactive one is logged out."""
        return User.objects.filter(pk=user_id, is_active=True).first()


def barred_until(request: HttpRequest, username: str) -> dt.datetime | None:
    """Until when this name may not log in from here; None when a further attempt is open.

    The same for a name that exists and for one that does not.
    """
    name, address = normal_username(username), _address(request)
    user = _active(name)
    if _trusted_device(request, user):
        return None
    if user is None:
        of_name = NAME.barred_until(name)
    else:
        of_name = user.locked_until if user.is_locked else None
    of_address = ADDRESS.barred_until(address) if address else None
    return max(filter(None, (of_name, of_address)), default=None)


def _active(name: str) -> User | None:
    return User.objects.filter(username=name, is_active=True).first()


def _address(request: HttpRequest | None) -> str:
    return visitor_address(request.META) if request else ""


def _trusted_device(request: HttpRequest | None, user: User | None) -> str:
    """A device of the user's own, unless too many wrong passwords came from it as well."""
    device = known_device(request, user) if user else ""
    return "" if device and DEVICE.barred_until(device) else device


def _try(user_id: int, password: str, device: str) -> User | None:
    """One attempt at a time for each name: a burst of guesses cannot outrun the counter."""
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    if not user.is_active or (user.is_locked and not device):
        make_password(password)
        logger.warning("log-in refused: user %s is locked", user_id)
        return None
    if not user.check_password(password):
        _count_failure(user, device)
        return None
    if device:
        DEVICE.forget(device)
    if user.failed_logins or user.locked_until:
        user.failed_logins, user.locked_until = 0, None
        user.save(update_fields=["failed_logins", "locked_until"])
    return user


def _count_failure(user: User, device: str) -> None:
    if device:
        DEVICE.count(device)
    user.failed_logins += 1
    _record("accounts.login_failed", user)
    if user.failed_logins >= MAX_FAILURES:
        user.failed_logins, user.locked_until = 0, timezone.now() + LOCKED_FOR
        _record("accounts.locked", user)
        logger.warning("log-in: user %s is locked until %s", user.pk, user.locked_until)
    user.save(update_fields=["failed_logins", "locked_until"])


def _count_address(address: str) -> None:
    if address and (until := ADDRESS.count(address)):
        logger.warning("log-in: %s failures from %s, paused until %s", ADDRESS.most, address, until)


def _record(action: str, user: User) -> None:
    record(
        action=action,
        by=None,
        actor=STRANGER,
        place_code=home_place(user),
        subject=("user", user.pk),
    )
