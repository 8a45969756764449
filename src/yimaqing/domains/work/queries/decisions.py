"""What a user may decide about a to-do at this moment, for the buttons of a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import Colleague, colleagues
from yimaqing.domains.work.actions.ending import require_reopenable
from yimaqing.domains.work.actions.standing import ACT, NotNow, Standing, look, spot
from yimaqing.domains.work.models import State, Todo


@dataclass(frozen=True)
class Decisions:
    """Which buttons there are, who has it in hand, and to whom it may be handed over."""

    take: bool = False
    done: bool = False
    hand: bool = False
    give_back: bool = False
    put_back: bool = False
    reopen: bool = False
    holder_id: int | None = None
    colleagues: tuple[Colleague, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there is anything to decide."""
        return self.take or self.done or self.reopen


def decisions(todo: Todo, by: User) -> Decisions:
    """What ``by`` may do with the to-do as it stands; the actions ask again."""
    standing = look(todo, by)
    holder = standing.holder(todo) if todo.state == State.OPEN else None
    if todo.state != State.OPEN:
        return Decisions(reopen=_may_reopen(standing, todo, by))
    try:
        standing.require_free(by, todo)
    except (PermissionDenied, NotNow):
        return Decisions(holder_id=holder)
    others = [one for one in colleagues(ACT, [spot(todo)]) if one.user.pk not in {by.pk, holder}]
    return Decisions(
        take=holder is None,
        done=True,
        hand=bool(others),
        give_back=holder == by.pk and todo.handed_by is not None,
        put_back=holder is not None,
        holder_id=holder,
        colleagues=tuple(others),
    )


def _may_reopen(standing: Standing, todo: Todo, by: User) -> bool:
    try:
        require_reopenable(standing, todo, by)
    except (PermissionDenied, NotNow):
        return False
    return True
