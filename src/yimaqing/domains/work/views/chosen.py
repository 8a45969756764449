"""Several to-dos at once: taken, handed over, done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import colleagues
from yimaqing.domains.places.queries import names_of
from yimaqing.domains.work.actions import (
    ACT,
    NotNow,
    ReasonMissing,
    close_todos,
    hand_over_todos,
    take_todos,
)
from yimaqing.domains.work.actions.standing import spot
from yimaqing.domains.work.models import State, Todo
from yimaqing.domains.work.queries import Reach
from yimaqing.domains.work.views.asking import came_from
from yimaqing.domains.work.views.steps import receiver
from yimaqing.domains.work.wording import lines_of
from yimaqing.kit.ids import whole_number

#: A page's worth, twice: more are looked at in portions.
MOST = 100


@login_required
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """Take the chosen ones at once; to hand over or end them, ask first to whom, with what."""
    Reach.of(request.user)
    user, act, onward = request.user, request.POST.get("act", ""), came_from(request)
    if not isinstance(user, User) or act not in {"take", "hand", "done"}:
        raise PermissionDenied
    numbers = [whole_number(text) for text in request.POST.getlist("id")[:MOST]]
    wanted = [number for number in numbers if number is not None]
    todos = list(Todo.objects.filter(pk__in=wanted, state=State.OPEN).order_by("pk"))
    if not todos:
        messages.error(request, _("还没有选中待办：先在行首打勾，再按按钮。"))
        return HttpResponseRedirect(onward)
    if act != "take" and "sure" not in request.POST:
        return _ask(request, user, act, todos, onward)
    try:
        said = _do(request, user, act, todos)
    except (NotNow, ReasonMissing) as error:
        if act == "take":
            messages.error(request, str(error))
            return HttpResponseRedirect(onward)
        return _ask(request, user, act, todos, onward, error=str(error))
    messages.success(request, said)
    return HttpResponseRedirect(onward)


def _do(request: HttpRequest, user: User, act: str, todos: list[Todo]) -> str:
    ids, words = [todo.pk for todo in todos], request.POST.get("words", "")
    if act == "take":
        mine = len(take_todos(ids=ids, by=user))
        left = len(todos) - mine
        said = ngettext("已领取 %(n)s 件。", "已领取 %(n)s 件。", mine) % {"n": mine}
        others = ngettext("%(n)s 件已有人领取。", "%(n)s 件已有人领取。", left) % {"n": left}
        return said + others if left else said
    if act == "hand":
        whom = receiver(request.POST.get("to", ""), todos)
        found = hand_over_todos(ids=ids, to=whom, by=user, words=words)
        up = sum(todo.raised_level is not None for todo in found)
        handed = len(found) - up
        number = {"n": handed, "name": whom}
        said = (
            ngettext("已转交 %(n)s 件给 %(name)s。", "已转交 %(n)s 件给 %(name)s。", handed)
            % number
        )
        higher = ngettext("%(n)s 件已上交上一级。", "%(n)s 件已上交上一级。", up) % {"n": up}
        return said + higher if up else said
    done = len(close_todos(ids=ids, reason=words, by=user))
    return ngettext("已办结 %(n)s 件。", "已办结 %(n)s 件。", done) % {"n": done}


def _ask(
    request: HttpRequest, user: User, act: str, todos: list[Todo], onward: str, *, error: str = ""
) -> HttpResponse:
    """The page that lists what was chosen and asks the rest."""
    people = [one for one in colleagues(ACT, [spot(t) for t in todos]) if one.user.pk != user.pk]
    names = names_of({one.place_code for one in people if one.place_code})
    context: dict[str, Any] = {
        "act": act,
        "lines": lines_of(todos, user),
        "colleagues": [
            (one.user.pk, one.user.display_name, one.role, names.get(one.place_code, ""))
            for one in people
        ],
        "next": onward,
        "error": error,
        "words": request.POST.get("words", ""),
    }
    return render(request, "work/chosen.html", context, status=422 if error else 200)
