"""Every write to to-dos."""

from yimaqing.domains.work.actions.dating import ask_for_dates, date_todos
from yimaqing.domains.work.actions.ending import (
    close_todo,
    close_todos,
    drop_todo,
    reopen_todo,
    settle_todo,
)
from yimaqing.domains.work.actions.holding import (
    hand_over,
    hand_over_todos,
    put_back,
    return_todo,
    take,
    take_todos,
)
from yimaqing.domains.work.actions.opening import OpenElsewhere, open_todo
from yimaqing.domains.work.actions.standing import (
    ACT,
    HeldByAnother,
    NotNow,
    ReasonMissing,
)

__all__ = [
    "ACT",
    "HeldByAnother",
    "NotNow",
    "OpenElsewhere",
    "ReasonMissing",
    "ask_for_dates",
    "close_todo",
    "close_todos",
    "date_todos",
    "drop_todo",
    "hand_over",
    "hand_over_todos",
    "open_todo",
    "put_back",
    "reopen_todo",
    "return_todo",
    "settle_todo",
    "take",
    "take_todos",
]
