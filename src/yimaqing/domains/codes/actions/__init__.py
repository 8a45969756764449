"""Writing codes."""

from yimaqing.domains.codes.actions.bulk import issue_subtree
from yimaqing.domains.codes.actions.labels import BadStart, ask_for_labels, take_labels
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
    "BadStart",
    "CodeNotActive",
    "ReasonMissing",
    "UnknownSubject",
    "ask_for_labels",
    "issue",
    "issue_subtree",
    "reissue",
    "revoke",
    "take_labels",
]
