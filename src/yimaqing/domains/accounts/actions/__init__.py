"""Every write to users, assignments and passwords."""

from yimaqing.domains.accounts.actions.assignments import (
    assign,
    end_assignment,
    follow_merger,
    leave_merger,
    name_households,
    unname_households,
)
from yimaqing.domains.accounts.actions.passwords import set_password, temporary_password
from yimaqing.domains.accounts.actions.users import (
    activate,
    create_user,
    deactivate,
    end_sessions,
    normal_username,
    unlock,
)
from yimaqing.domains.accounts.errors import (
    AccountError,
    BadAssignment,
    BadUsername,
    LastAdministrator,
    OutOfReach,
    WeakPassword,
)

__all__ = [
    "AccountError",
    "BadAssignment",
    "BadUsername",
    "LastAdministrator",
    "OutOfReach",
    "WeakPassword",
    "activate",
    "assign",
    "create_user",
    "deactivate",
    "end_assignment",
    "end_sessions",
    "follow_merger",
    "leave_merger",
    "name_households",
    "normal_username",
    "set_password",
    "temporary_password",
    "unlock",
    "unname_households",
]
