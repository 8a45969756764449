"""What a kind of to-do is called and where it leads: said by the domain that opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from yimaqing.domains.accounts.models import User
from yimaqing.domains.work.models import Todo
from yimaqing.kit.plugins import plugins


@dataclass(frozen=True)
class TodoKind:
    """``short`` names the kind in a list of kinds; ``title`` says what is to be done.

    ``title`` may name keys of the to-do's ``detail`` (``%(members)s``). ``address`` gives the
    page where the thing is done; None when there is none. ``who`` says of many at once, by
    their number, whom they are about, as the viewer may see it.
    """

    kind: str
    short: str | Promise
    title: str | Promise
    address: Callable[[Todo], str] | None = None
    who: Callable[[Sequence[Todo], User], dict[int, str]] | None = None


def kinds() -> dict[str, TodoKind]:
    """Every kind that an enabled domain's ``todos.py`` describes."""
    return {k.kind: k for module in plugins("todos") for k in module.todos}


def title_of(todo: Todo, known: dict[str, TodoKind]) -> str:
    """The to-do in words; its slug when nobody described it or the detail lacks a key."""
    return title_in_words(todo.kind, todo.detail, known)


def title_in_words(slug: str, detail: Mapping[str, Any], known: dict[str, TodoKind]) -> str:
    """``title_of`` for what is read without its row."""
    kind = known.get(slug)
    if kind is None:
        return slug
    try:
        words: str = str(kind.title) % detail
    except (KeyError, TypeError, ValueError):
        return str(kind.title)
    return words


def address_of(todo: Todo, known: dict[str, TodoKind]) -> str:
    """Where it is done; empty when there is no such page."""
    kind = known.get(todo.kind)
    return kind.address(todo) if kind and kind.address else ""


def whom(todos: Sequence[Todo], known: dict[str, TodoKind], viewer: User) -> dict[int, str]:
    """Whom each is about, by its number: each domain is asked once, however many there are."""
    asked: dict[Callable[[Sequence[Todo], User], dict[int, str]], list[Todo]] = {}
    for todo in todos:
        kind = known.get(todo.kind)
        if kind and kind.who:
            asked.setdefault(kind.who, []).append(todo)
    return {n: said for who, of in asked.items() for n, said in who(of, viewer).items()}
