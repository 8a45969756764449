"""Writing codes."""

from yimaqing.domains.codes.actions.bulk import issue_subtree
from yimaqing.domains.codes.actions.single import (
    AlreadyIssued,
    CodeNotActive,
    ReasonMissing,
    UnknownSubject,
    issue,
    reissue,
    revoke,
)

__all__ = [
    "AlreadyIssued",
    "CodeNotActive",
    "ReasonMissing",
    "UnknownSubject",
    "issue",
    "issue_subtree",
    "reissue",
    "revoke",
]
