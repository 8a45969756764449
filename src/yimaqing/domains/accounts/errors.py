"""What goes wrong with users and assignments, in words that a page can show."""

from __future__ import annotations


class AccountError(ValueError):
    """Base of what an action on accounts refuses; its text is shown to the person who asked."""


class BadUsername(AccountError):
    """The log-in name is malformed or taken."""


class BadAssignment(AccountError):
    """Role, place, department, households or dates do not fit together."""


class OutOfReach(AccountError):
    """The administrator's own assignment does not reach that user, place or household."""


class WeakPassword(AccountError):
    """The password breaks a rule; the text says which."""


class LastAdministrator(AccountError):
    """Nobody would be left who manages accounts."""
