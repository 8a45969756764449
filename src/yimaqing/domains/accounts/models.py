"""People who log in, what they are assigned to, and their sessions."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection, models
from django.utils import timezone
from django.utils.crypto import salted_hmac


class User(AbstractBaseUser):
    """A person who logs in. The hash of the password is not here: see Credential."""

    password = None  # type: ignore[assignment] # takes Django's column away
    username = models.TextField(unique=True)
    display_name = models.TextField()
    office = models.TextField(blank=True, default="")
    office_phone = models.TextField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    failed_logins = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)
    created_from = models.TextField(
        blank=True,
        default="",
        db_default="",
        db_collation="C",
        help_text="the creating administrator's place: answers for the user who never held an"
        " assignment",
    )

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects = BaseUserManager()

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_locked(self) -> bool:
        """Whether too many wrong passwords keep the user out at this moment."""
        return self.locked_until is not None and self.locked_until > timezone.now()

    def set_password(self, raw_password: str | None) -> None:
        """Refused: a password is set by ``accounts.actions.set_password``, which is audited."""
        raise TypeError("use accounts.actions.set_password")

    def check_password(self, raw_password: str) -> bool:
        """Whether this is the user's password; always False for one who has none."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT accounts_password(%s)", [self.pk])
            row = cursor.fetchone()
        return bool(row and row[0]) and check_password(raw_password, row[0])

    def get_session_auth_hash(self) -> str:
        """Changes with the password, so that sessions from before it end."""
        at = self.password_changed_at
        # The same moment in whatever zone it was read.
        changed = at.astimezone(dt.UTC).isoformat() if at else ""
        return salted_hmac(
            "yimaqing.session", f"{self.pk}|{changed}", algorithm="sha256"
        ).hexdigest()


class Credential(models.Model):
    """The hash of a user's password. The application role has no right on this table."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    password = models.TextField()


class Guess(models.Model):
    """Wrong passwords of one address, device or unknown name, by hash (unlogged table)."""

    key = models.BinaryField(primary_key=True)
    failures = models.IntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)


class Assignment(models.Model):
    """A role held by a user at a place (with all below it) or for named households."""

    user = models.ForeignKey(User, models.CASCADE, related_name="assignments")
    role = models.TextField()
    place_code = models.TextField(null=True, db_collation="C")
    place_level = models.SmallIntegerField(null=True)
    department = models.TextField(blank=True, default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, help_text="first day on which it no longer holds")
    reason = models.TextField(blank=True, default="")
    appointed_from = models.TextField(
        blank=True,
        default="",
        db_collation="C",
        help_text="the appointing administrator's place: answers for it where it names no place",
    )


class NamedToday(models.Manager["AssignedHousehold"]):
    """Households that are named today: nobody sees one a day longer than he is to."""

    def get_queryset(self) -> models.QuerySet[AssignedHousehold]:
        """Without those whose time is over or has not come."""
        today = timezone.localdate()
        begun = models.Q(starts_on=None) | models.Q(starts_on__lte=today)
        running = models.Q(ends_on=None) | models.Q(ends_on__gt=today)
        return super().get_queryset().filter(begun & running)


class AssignedHousehold(models.Model):
    """A household named by an assignment: a helper's pairing, an interviewer's sample."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="households")
    household_id = models.BigIntegerField(db_index=True)
    starts_on = models.DateField(null=True, help_text="first day; none: from the first on")
    ends_on = models.DateField(null=True, help_text="first day on which it no longer holds")

    objects = NamedToday()
    every = models.Manager["AssignedHousehold"]()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "household_id"], name="accounts_assignedhousehold_once"
            )
        ]


class Session(AbstractBaseSession):
    """A log-in session that knows its user, so that the scan finds it in one query."""

    user_id = models.BigIntegerField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls) -> type:
        """The store that writes these rows."""
        from yimaqing.domains.accounts.sessions import SessionStore  # noqa: PLC0415 - Django's own cycle: the store needs the model

        return SessionStore
