"""Setting a password; the hash goes where only a function can reach it."""

from __future__ import annotations

import secrets

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from yimaqing.domains.accounts.actions.reach import check_user
from yimaqing.domains.accounts.errors import WeakPassword
from yimaqing.domains.accounts.models import Session, User
from yimaqing.domains.accounts.queries import home_place
from yimaqing.domains.audit.actions import record

# Read aloud over a telephone: no letters or digits that look or sound alike.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_TEMPORARY_LENGTH = 12


def temporary_password() -> str:
    """A random password to hand over once; 12 characters of 31, over 59 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_TEMPORARY_LENGTH))


@transaction.atomic
def set_password(
    *,
    user: User,
    password: str,
    by: User | None,
    must_change_password: bool = True,
    actor: str = "",
) -> None:
    """Set a password, lift a lock and end all sessions of the user.

    ``by`` is the user himself (then nothing more must be changed), an administrator whose
    reach holds him, or None for the system. Raise WeakPassword with the rule broken, OutOfReach.
    """
    own = by is not None and by.pk == user.pk
    if not own:
        check_user(user, by)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from error
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_keep_password(%s, %s)", [user.pk, make_password(password)])
    user.password_changed_at = timezone.now()
    user.must_change_password = must_change_password and not own
    user.failed_logins, user.locked_until = 0, None
    user.save(
        update_fields=[
            "password_changed_at",
            "must_change_password",
            "failed_logins",
            "locked_until",
        ]
    )
    Session.objects.filter(user_id=user.pk).delete()
    record(
        action="accounts.password_set",
        by=by,
        actor=actor,
        place_code=home_place(user),
        subject=("user", user.pk),
        after={"must_change": user.must_change_password},
    )
