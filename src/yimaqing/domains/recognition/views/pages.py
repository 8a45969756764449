"""The overview, and one procedure: what happened, what is next, by whom and by when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may, require
from yimaqing.domains.monitoring.queries import warnings_of
from yimaqing.domains.places.queries import full_name
from yimaqing.domains.recognition import permissions
from yimaqing.domains.recognition.actions.stepping import position_of
from yimaqing.domains.recognition.forbids import forbids
from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.machine import (
    ACTS,
    Act,
    NoMove,
    Position,
    State,
    Why,
    doer_of,
    move,
)
from yimaqing.domains.recognition.models import Procedure, Step
from yimaqing.domains.recognition.printing.sheets import forms_of
from yimaqing.domains.recognition.procedureset import is_english
from yimaqing.domains.recognition.queries import Told, counted, told_of
from yimaqing.domains.recognition.views.reach import reached, reached_household, user_of
from yimaqing.domains.recognition.words import ACTS as ACT_WORDS
from yimaqing.domains.recognition.words import DOERS, WAYS, WHY, state_word
from yimaqing.domains.registry.actions import open_file
from yimaqing.domains.registry.queries import label_of
from yimaqing.kit.rowscope import set_scope

#: The act that leads on stands first; what ends or hands back stands behind a fold.
_ASIDE = frozenset({Act.DISMISS, Act.RETURN, Act.REFUSE, Act.WITHDRAW, Act.LEAVE})
_LEADING = frozenset(
    {
        *(Act.ACCEPT, Act.VERIFY, Act.APPRAISE, Act.PUBLISH, Act.ANSWER, Act.CONCLUDE),
        *(Act.PASS, Act.APPROVE, Act.MEASURE),
    }
)


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """How many wait at each step, and how many too long; each figure is a list."""
    set_scope(require(request.user, permissions.READ))
    held = counted()
    lines = [
        {
            "word": one.word,
            "waiting": one.waiting,
            "overdue": one.overdue,
            "all": _list({"f.step": one.step}),
            "late": _list({"f.step": one.step, "f.overdue": "yes"}),
        }
        for one in held
    ]
    rules = in_force()
    context = {
        "lines": lines,
        "waiting": sum(one.waiting for one in held),
        "overdue": sum(one.overdue for one in held),
        "all": _list({"f.open": "yes"}),
        "late": _list({"f.overdue": "yes"}),
        "rules": rules,
    }
    return render(request, "recognition/overview.html", context)


def _list(filters: dict[str, str]) -> str:
    return reverse("lists:page", args=["procedures"]) + "?" + urlencode(filters)


@login_required
@require_GET
def procedure(request: HttpRequest, procedure_id: int) -> HttpResponse:
    """One procedure; opening it opens the household's file, and is logged as that."""
    user = user_of(request)
    held = reached(user, procedure_id)
    household = reached_household(user, held.household_id, permissions.READ)
    open_file(household=household, by=user, purpose="识别与退出")
    position, told = position_of(held), told_of(held)
    following = next_acts(user, held, position)
    rules = in_force()
    wait = rules.wait(held.state, removal=position.is_removal, place_code=held.place_code)
    english = is_english()
    open_now, _closed = warnings_of(held.household_id, held.place_code)
    context = {
        "procedure": held,
        "household": household,
        "place_name": full_name(held.place_code[:12]),
        "state": state_word(position),
        "way": WAYS.get(held.way, held.way),
        "group": label_of("group", held.group, english=english) if held.group else "",
        "risks": risk_words(held),
        "overdue": held.due_on is not None and held.due_on < timezone.localdate(),
        "doer": _doer(position),
        "wait": wait if held.due_on else None,
        "acts": following.acts,
        "waiting": following.waiting,
        "aside": following.aside,
        "forbidden": forbids(held) if _may_end(position) else [],
        "warnings": [(w.colour, w.text_en if english else w.text_zh) for w in open_now],
        "story": story_of(told),
        "told": told,
        "measures": [(one, rules.risk_labels().get(one.risk, one.risk)) for one in told.measures],
        "papers": forms_of(held, told)
        if may(user, permissions.VILLAGE, held.place_code, held.household_id)
        else [],
        "rules": rules,
    }
    return render(request, "recognition/procedure.html", context)


@dataclass
class Next:
    """What the user may do: what leads on, what has to wait and why, what ends or hands back."""

    acts: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    aside: list[dict[str, Any]] = field(default_factory=list)


def next_acts(user: User, held: Procedure, position: Position) -> Next:
    """What the user may do now; the step of the course stands first."""
    found = Next()
    for act in sorted(ACTS, key=lambda one: one not in _LEADING):
        if position.state not in ACTS[act][1]:
            continue
        right = permissions.OF_DOER[doer_of(act, position.state)]
        why = _hindrance(position, act)
        if why in {Why.ALREADY, Why.MONITOR_FIRST} or not may(
            user, right, held.place_code, held.household_id
        ):
            continue
        shown = {
            "word": ACT_WORDS[act],
            "why": WHY[why] if why else "",
            "address": reverse("recognition:act", args=[held.pk, act.value]),
        }
        again = act == Act.COMPARE and position.compared
        if act in _ASIDE or again:
            found.aside.append(shown)
        else:
            (found.waiting if why else found.acts).append(shown)
    return found


def _hindrance(position: Position, act: Act) -> Why | None:
    try:
        move(position, act, on=timezone.localdate())
    except NoMove as error:
        return error.why
    return None


def _doer(position: Position) -> Any:
    if position.state == State.TOWNSHIP:
        return DOERS["township"]
    return DOERS["county"] if position.state == State.COUNTY else DOERS["village"]


def _may_end(position: Position) -> bool:
    return position.state == State.MONITORED or position.is_removal


def risk_words(held: Procedure) -> list[str]:
    """The household's risks in words."""
    labels = in_force().risk_labels()
    return [labels.get(code, code) for code in held.risks]


def story_of(told: Told) -> list[dict[str, Any]]:
    """What was done, the latest first, in words."""
    return [
        {
            "on": step.on,
            "at": step.at,
            "who": told.names.get(step.by_id, ""),
            "word": ACT_WORDS.get(step.act, step.act),
            "favour": step.favour,
            "words": step.words,
            "removal": step.round > 0,
            "votes": step.detail if step.act == Act.APPRAISE else None,
            "visitors": step.detail.get("visitors", ""),
            "notice": step.detail.get("text", ""),
            "late": _entered_late(step),
        }
        for step in reversed(told.steps)
    ]


def _entered_late(step: Step) -> bool:
    """Whether it was entered on a later day than it was done."""
    return bool(timezone.localdate(step.at) > step.on)
