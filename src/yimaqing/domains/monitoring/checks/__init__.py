"""核查: the register asked about itself. Pure Ibis expressions, without Django.

``check`` and ``../checksets`` say which checks there are; ``members``, ``households`` and
``composition`` hold their conditions; ``doubts`` makes one table of what they find.
"""

from yimaqing.domains.monitoring.checks import composition, households, members
from yimaqing.domains.monitoring.checks.check import (
    SHIPPED,
    TOPICS,
    Check,
    Checks,
    load_checks,
    shipped_checks,
)
from yimaqing.domains.monitoring.checks.conditions import CONDITIONS
from yimaqing.domains.monitoring.checks.doubts import (
    Question,
    Register,
    doubts,
    households_of,
    members_of,
)

__all__ = [
    "CONDITIONS",
    "SHIPPED",
    "TOPICS",
    "Check",
    "Checks",
    "Question",
    "Register",
    "composition",
    "doubts",
    "households",
    "households_of",
    "load_checks",
    "members",
    "members_of",
    "shipped_checks",
]
