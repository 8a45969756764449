"""Reading to-dos, within the scope of the connection."""

from yimaqing.domains.work.deadlines import Due, reckon
from yimaqing.domains.work.kinds import TodoKind
from yimaqing.domains.work.models import State, Step, Todo
from yimaqing.domains.work.queries.decisions import Decisions, decisions
from yimaqing.domains.work.queries.desk import Asked, Desk, Reach, desk_counts, page_of
from yimaqing.domains.work.queries.todos import acted_upon, history_of, last_words, of_household
from yimaqing.domains.work.workdays import announced

__all__ = [
    "Asked",
    "Decisions",
    "Desk",
    "Due",
    "Reach",
    "State",
    "Step",
    "Todo",
    "TodoKind",
    "acted_upon",
    "announced",
    "decisions",
    "desk_counts",
    "history_of",
    "last_words",
    "of_household",
    "page_of",
    "reckon",
]
