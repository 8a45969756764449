"""Every write of recognition: each is one transaction with its step, its to-dos and the trail."""

from yimaqing.domains.recognition.actions.office import (
    Forbids,
    add_measure,
    approve,
    leave,
    pass_on,
    propose_removal,
    refuse,
    return_back,
    step_many,
    track,
)
from yimaqing.domains.recognition.actions.opening import (
    AlreadyOpen,
    adopt_household,
    open_procedure,
)
from yimaqing.domains.recognition.actions.stepping import BadStep, NotNow
from yimaqing.domains.recognition.actions.village import (
    accept,
    answer,
    appraise,
    authorise,
    compare,
    conclude,
    dismiss,
    object_to,
    publish,
    verify,
    withdraw,
)

__all__ = [
    "AlreadyOpen",
    "BadStep",
    "Forbids",
    "NotNow",
    "accept",
    "add_measure",
    "adopt_household",
    "answer",
    "appraise",
    "approve",
    "authorise",
    "compare",
    "conclude",
    "dismiss",
    "leave",
    "object_to",
    "open_procedure",
    "pass_on",
    "propose_removal",
    "publish",
    "refuse",
    "return_back",
    "step_many",
    "track",
    "verify",
    "withdraw",
]
