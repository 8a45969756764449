"""Writing what users ask of lists: kept questions, saved views, exports."""

from yimaqing.domains.lists.actions.exports import (
    NotAllowed,
    PurposeMissing,
    ask_export,
    cancel_export,
    log_download,
)
from yimaqing.domains.lists.actions.questions import (
    NameMissing,
    keep_question,
    log_search,
    opened,
    remove_view,
    save_view,
    seal_questions_anew,
    sealed,
)

__all__ = [
    "NameMissing",
    "NotAllowed",
    "PurposeMissing",
    "ask_export",
    "cancel_export",
    "keep_question",
    "log_download",
    "log_search",
    "opened",
    "remove_view",
    "save_view",
    "seal_questions_anew",
    "sealed",
]
