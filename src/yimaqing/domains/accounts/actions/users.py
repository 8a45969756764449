"""Users: made, unlocked, switched off and on."""

from __future__ import annotations

import re
import unicodedata

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.actions.passwords import set_password
from yimaqing.domains.accounts.actions.reach import (
    an_administrator_left,
    check_user,
    reach_of,
)
from yimaqing.domains.accounts.errors import BadUsername, OutOfReach
from yimaqing.domains.accounts.models import Session, User
from yimaqing.domains.accounts.queries import home_place, managed_from
from yimaqing.domains.audit.actions import record

_USERNAME = re.compile(r"[\w.@-]{2,64}")


def normal_username(text: str) -> str:
    """Log-in names are compared without case, full width and surrounding spaces."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


@transaction.atomic
def create_user(
    *,
    username: str,
    display_name: str,
    by: User | None,
    password: str | None = None,
    office: str = "",
    office_phone: str = "",
    must_change_password: bool = True,
    actor: str = "",
) -> User:
    """A new user without any assignment; without ``password`` he cannot log in yet.

    Raise BadUsername when the name is malformed or taken, WeakPassword, and OutOfReach when
    ``by`` manages no accounts.
    """
    if by is not None and not reach_of(by).ranges:
        raise OutOfReach(_("你没有管理账号的权限。"))
    name = normal_username(username)
    if not _USERNAME.fullmatch(name):
        raise BadUsername(_("登录名须为 2–64 个字母、数字、汉字或 . _ - @。"))
    if User.objects.filter(username=name).exists():
        raise BadUsername(_("登录名 %(name)s 已被使用，请换一个。") % {"name": name})
    user = User.objects.create(
        username=name,
        display_name=display_name.strip() or name,
        office=office,
        office_phone=office_phone,
        created_from=managed_from(by) if by else "",
    )
    record(
        action="accounts.user_created",
        by=by,
        actor=actor,
        place_code=home_place(by) if by else "",
        subject=("user", user.pk),
        after={"username": name, "office": office},
    )
    if password is not None:
        set_password(
            user=user,
            password=password,
            by=by,
            actor=actor,
            must_change_password=must_change_password,
        )
    return user


@transaction.atomic
def unlock(*, user: User, by: User | None, actor: str = "") -> None:
    """Lift a lock before its time."""
    check_user(user, by)
    user.failed_logins, user.locked_until = 0, None
    user.save(update_fields=["failed_logins", "locked_until"])
    _record("accounts.unlocked", user, by, actor)


@transaction.atomic
def deactivate(*, user: User, reason: str, by: User | None, actor: str = "") -> None:
    """Switch a user off: no log-in, no scope, all sessions ended. Nothing is deleted.

    Raise OutOfReach, and LastAdministrator when nobody would be left who can undo it.
    """
    check_user(user, by)
    with an_administrator_left(timezone.localdate()):
        user.is_active = False
        user.save(update_fields=["is_active"])
    end_sessions(user)
    _record("accounts.deactivated", user, by, actor, reason)


@transaction.atomic
def activate(*, user: User, reason: str, by: User | None, actor: str = "") -> None:
    """Switch a user on again."""
    check_user(user, by)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("accounts.activated", user, by, actor, reason)


def end_sessions(user: User) -> int:
    """End every session of the user; the number ended."""
    ended, _models = Session.objects.filter(user_id=user.pk).delete()
    return ended


def _record(action: str, user: User, by: User | None, actor: str, purpose: str = "") -> None:
    record(
        action=action,
        by=by,
        actor=actor,
        place_code=home_place(user),
        subject=("user", user.pk),
        purpose=purpose,
    )
