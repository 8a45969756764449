"""Who may take a step at a to-do, and the traces that each step leaves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import Spot, levels_at, names_of_users
from yimaqing.domains.audit.actions import record
from yimaqing.domains.work.models import State, Step, Todo, What

ACT = "work.act"
#: Fits a person's note; what is longer belongs into the file.
MOST_WORDS = 500


class ReasonMissing(ValueError):
    """A to-do is ended or returned with a reason: whoever asks later must find it."""


class NotNow(ValueError):
    """The step does not fit how the to-do stands; the message says what does."""


class HeldByAnother(NotNow):
    """Somebody else has it in hand, who stands as high."""


@dataclass(frozen=True)
class Standing:
    """How high those concerned stand over some to-dos, which are locked for the transaction."""

    todos: list[Todo]
    levels: dict[tuple[int, Spot], int]

    def level(self, user_id: int | None, todo: Todo) -> int | None:
        """3 the county's officer … 6 who acts for the household; None: not, or no longer."""
        return None if user_id is None else self.levels.get((user_id, spot(todo)))

    def holder(self, todo: Todo) -> int | None:
        """Who has it in hand: its holder while his post reaches it."""
        return todo.holder_id if self.level(todo.holder_id, todo) is not None else None

    def require(self, by: User, todo: Todo) -> int:
        """How high ``by`` stands; raise PermissionDenied where he may not act on it.

        One that went up is for the officers of the unit above, and for those over them.
        """
        level = self.level(by.pk, todo)
        if level is None:
            raise PermissionDenied(_("你的角色在这里不能办理待办。"))
        if todo.raised_level is not None and level > todo.raised_level:
            raise PermissionDenied(_("这件已上交，由上一级办理。"))
        return level

    def require_free(self, by: User, todo: Todo) -> None:
        """Raise HeldByAnother unless ``by`` has it, nobody has, or who has it stands lower."""
        mine, holder = self.require(by, todo), self.holder(todo)
        if holder in {None, by.pk}:
            return
        theirs = self.level(holder, todo)
        if theirs is not None and mine >= theirs:
            name = names_of_users([todo.holder_id or 0]).get(todo.holder_id or 0, "")
            raise HeldByAnother(_("%(name)s 正在办理这件，请先与其联系。") % {"name": name})


def spot(todo: Todo) -> Spot:
    """Where a to-do belongs."""
    return todo.place_code, todo.household_id


def stand(ids: Collection[int], concerned: Collection[int]) -> Standing:
    """Lock some to-dos, in one order, and ask how high those stand who have to do with them."""
    found = Todo.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return _standing(list(found), concerned)


def look(todo: Todo, by: User) -> Standing:
    """The same of one to-do without locking it: for what is shown, not for what is written."""
    return _standing([todo], [by.pk])


def _standing(todos: list[Todo], concerned: Collection[int]) -> Standing:
    had = {number for todo in todos for number in (todo.holder_id, todo.handed_by, todo.closed_by)}
    people = {number for number in {*concerned, *had} if number is not None}
    return Standing(todos, levels_at(ACT, people, [spot(todo) for todo in todos]))


def the_one(found: Sequence[Todo]) -> Todo:
    """The first of those asked for; raise PermissionDenied where they are out of sight."""
    if not found:
        raise PermissionDenied(_("你的角色在这里不能办理待办。"))
    return found[0]


def require_open(todo: Todo) -> None:
    """Raise NotNow for one that is ended."""
    if todo.state != State.OPEN:
        raise NotNow(_("这件已经办结或撤销。"))


def require_words(words: str, missing: str) -> str:
    """The words without blanks around them; raise ReasonMissing."""
    if not (kept := words.strip()[:MOST_WORDS]):
        raise ReasonMissing(missing)
    return kept


def trace(
    what: What,
    todos: Sequence[Todo],
    *,
    by: User | None,
    actor: str = "",
    to: int | None = None,
    words: str = "",
    using: str = "default",
) -> None:
    """Each to-do's own history and the trail get a row."""
    Step.objects.using(using).bulk_create(
        Step(
            todo=todo,
            place_code=todo.place_code,
            household_id=todo.household_id,
            what=what,
            by_id=by.pk if by else None,
            to_id=to,
            words=words,
        )
        for todo in todos
    )
    for todo in todos:
        tell(f"work.todo_{what.value}", todo, by, actor, purpose=words, to=to, using=using)


def tell(
    action: str,
    todo: Todo,
    by: User | None,
    actor: str,
    *,
    purpose: str = "",
    to: int | None = None,
    using: str = "default",
) -> None:
    """One row of the trail."""
    after: dict[str, object] = {
        "kind": todo.kind,
        "subject": f"{todo.subject_kind}:{todo.subject_id}",
    }
    if to is not None:
        after["handed_to"] = to
    record(
        action=action,
        by=by,
        actor=actor,
        place_code=todo.place_code,
        household_id=todo.household_id,
        subject=("todo", todo.pk),
        purpose=purpose,
        after=after,
        using=using,
    )
