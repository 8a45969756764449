"""Writing codes."""

from yimaqing.domains.codes.actions.bulk import issue_subtree
from yimaqing.domains.codes.actions.single import (
    AlreadyIssued,
    CodeNotActive,
    ReasonMissing,
    issue,
    reissue,
    revoke,
)

__all__ = [
    "AlreadyIssued",
    "CodeNotActive",
    "ReasonMissing",
    "issue",
    "issue_subtree",
    "reissue",
    "revoke",
]
