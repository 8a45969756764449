"""Decisions about one to-do."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import colleagues
from yimaqing.domains.work.actions import (
    ACT,
    NotNow,
    ReasonMissing,
    close_todo,
    hand_over,
    put_back,
    reopen_todo,
    return_todo,
    take,
)
from yimaqing.domains.work.actions.standing import spot
from yimaqing.domains.work.models import Todo
from yimaqing.domains.work.views.asking import address_in, came_from
from yimaqing.domains.work.views.desk import show_desk
from yimaqing.kit.ids import whole_number

_Act = Callable[[Todo, User, str, str], str]


@login_required
@require_POST
def step(request: HttpRequest, todo_id: int) -> HttpResponse:
    """Take one step and go back to the desk; refused, the page says why and keeps the words."""
    act = _ACTS.get(request.POST.get("act", ""))
    if not isinstance(request.user, User) or act is None:
        raise PermissionDenied
    todo = get_object_or_404(Todo, pk=todo_id)
    words, onward = request.POST.get("words", ""), came_from(request)
    try:
        said = act(todo, request.user, words, request.POST.get("to", ""))
    except (NotNow, ReasonMissing) as error:
        address = address_in(onward)
        with_open = address_in(address.link(open=str(todo.pk)))
        return show_desk(request, with_open, error=str(error), words=words)
    messages.success(request, said)
    return HttpResponseRedirect(onward)


@login_required
@require_POST
def close(request: HttpRequest, todo_id: int) -> HttpResponse:
    """End one with what came of it, and go back to the page it was ended from."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    todo = get_object_or_404(Todo, pk=todo_id)
    try:
        close_todo(todo=todo, reason=request.POST.get("reason", ""), by=request.user)
    except (NotNow, ReasonMissing) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已办结。"))
    return HttpResponseRedirect(came_from(request))


def receiver(number: str, todos: list[Todo]) -> User:
    """The colleague that a form names, who may act on all of the to-dos; raise NotNow."""
    wanted = whole_number(number)
    found = colleagues(ACT, [spot(todo) for todo in todos])
    chosen = next((one.user for one in found if one.user.pk == wanted), None)
    if chosen is None:
        raise NotNow(_("请选择转交给谁。"))
    return chosen


def _take(todo: Todo, by: User, words: str, to: str) -> str:  # noqa: ARG001 - one signature for all
    take(todo=todo, by=by)
    return _("已领取，归你办理。")


def _hand(todo: Todo, by: User, words: str, to: str) -> str:
    whom = receiver(to, [todo])
    passed = hand_over(todo=todo, to=whom, by=by, words=words)
    return _went_up() if passed.raised_level else _("已转交给 %(name)s。") % {"name": whom}


def _return(todo: Todo, by: User, words: str, to: str) -> str:  # noqa: ARG001
    return _went_up() if return_todo(todo=todo, reason=words, by=by).raised_level else _("已退回。")


def _put_back(todo: Todo, by: User, words: str, to: str) -> str:  # noqa: ARG001
    put_back(todo=todo, by=by, words=words)
    return _("已放回，别人可以领取。")


def _done(todo: Todo, by: User, words: str, to: str) -> str:  # noqa: ARG001
    close_todo(todo=todo, reason=words, by=by)
    return _("已办结。")


def _reopen(todo: Todo, by: User, words: str, to: str) -> str:  # noqa: ARG001
    reopen_todo(todo=todo, reason=words, by=by)
    return _("已重办。")


def _went_up() -> str:
    return _("来回转交已到次数上限，已上交上一级办理。")


_ACTS: dict[str, _Act] = {
    "take": _take,
    "hand": _hand,
    "return": _return,
    "put_back": _put_back,
    "done": _done,
    "reopen": _reopen,
}
