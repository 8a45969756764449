"""Writing codes."""

from yimaqing.domains.codes.actions.bulk import issue_subtree
from yimaqing.domains.codes.actions.labels import BadStart, ask_for_labels, take_labels
from yimaqing.domains.codes.actions.merging import end_for_merger, restore_after_merger
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
    "end_for_merger",
    "issue",
    "issue_subtree",
    "reissue",
    "restore_after_merger",
    "revoke",
    "take_labels",
]
