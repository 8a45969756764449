"""What every step does: lock, ask for the right, check the day, move, date, trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import may
from yimaqing.domains.audit.actions import record
from yimaqing.domains.recognition import permissions
from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.machine import (
    ACTS,
    COURSE,
    ENDED,
    Act,
    Doer,
    NoMove,
    Position,
    State,
    Why,
    doer_of,
    move,
)
from yimaqing.domains.recognition.models import Objection, Procedure, RiskMeasure, Step
from yimaqing.domains.recognition.words import ACTS as ACT_WORDS
from yimaqing.domains.recognition.words import WHY
from yimaqing.domains.work.actions import open_todo, settle_todo
from yimaqing.domains.work.queries import reckon

MOST_WORDS = 500
#: Whose words tell of the household's troubles, not of a reason.
FINDINGS = frozenset(
    {Act.OPEN, Act.COMPARE, Act.VERIFY, Act.APPRAISE, Act.OBJECT, Act.ANSWER, Act.MEASURE}
)
_ENDS = frozenset({Act.DISMISS, Act.REFUSE, Act.WITHDRAW, Act.LEAVE})
_LEVELS = {State.TOWNSHIP: 4, State.COUNTY: 3}


class NotNow(ValueError):
    """The step does not fit how the procedure stands; the message says what does."""


class BadStep(ValueError):
    """What was entered cannot be; the message says what would be right."""


def locked(procedure_id: int, act: Act) -> Procedure:
    """The procedure, locked until the end of the transaction. Raise NotNow, PermissionDenied.

    Its household is locked first: a step may set its group, which locks it too. Of a household
    that stands in the register no more a procedure can only be ended.
    """
    held = Procedure.objects.filter(pk=procedure_id).first()
    if held is None:
        raise PermissionDenied(_("你的角色在这里不能办理这一步。"))
    is_valid = lock_household(held.place_code, held.household_id)
    if not is_valid and act not in _ENDS:
        raise NotNow(_("本户已标记为无效或并入他户：请撤回，已在监测的由县级登记自然减少。"))
    return Procedure.objects.select_for_update().get(pk=procedure_id)


def lock_household(place_code: str, household_id: int) -> bool:
    """Nobody else acts on the household until the end of the transaction; whether it is valid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT valid FROM registry_household WHERE place_code = %s AND id = %s"
            " FOR NO KEY UPDATE",
            [place_code, household_id],
        )
        found = cursor.fetchone()
    return found is not None and bool(found[0])


def position_of(procedure: Procedure) -> Position:
    """Where it stands, unanswered objections of this round counted."""
    waiting = Objection.objects.filter(
        procedure=procedure, round=procedure.round, answered_on=None
    ).count()
    return procedure.position(waiting)


def require(by: User, doer: Doer, place_code: str, household_id: int) -> None:
    """Raise PermissionDenied where the step is not his."""
    if not may(by, permissions.OF_DOER[doer], place_code, household_id):
        raise PermissionDenied(_("你的角色在这里不能办理这一步。"))


def require_turn(by: User, act: Act, held: Procedure) -> None:
    """Raise PermissionDenied where the act is not his, NotNow where it is not, or no more, due."""
    spot, now = (held.place_code, held.household_id), doer_of(act, State(held.state))
    before, states = ACTS[act]
    passed = before != now and not may(by, permissions.OF_DOER[now], *spot)
    if not passed or not may(by, permissions.OF_DOER[before], *spot):
        require(by, now, *spot)
    if passed or held.state not in states:
        raise NotNow(str(WHY[Why.ELSEWHERE]))


def begin(
    procedure: Procedure, act: Act, *, by: User, on: dt.date, favour: bool = True
) -> tuple[Procedure, Position]:
    """The locked procedure and where the act leads. Raise NotNow, BadStep, PermissionDenied."""
    held = locked(procedure.pk, act)
    require_turn(by, act, held)
    try:
        to = move(position_of(held), act, on=on, favour=favour)
    except NoMove as error:
        raise NotNow(str(WHY[error.why])) from error
    check_day(on, since=held.state_since)
    return held, to


def check_day(on: dt.date, *, since: dt.date | None = None) -> None:
    """Raise BadStep for a day to come, one before the step before, or one too long ago."""
    today, most = timezone.localdate(), in_force().within_days
    if on > today:
        raise BadStep(_("日期在未来：请填写实际办理的日期。"))
    if since is not None and on < since:
        raise BadStep(_("日期早于上一步（%(day)s）：请核对。") % {"day": since.isoformat()})
    if on < today - dt.timedelta(days=most):
        raise BadStep(_("最多补登 %(days)s 天以前的办理：请核对日期。") % {"days": most})


def require_words(words: str, missing: str) -> str:
    """The words without blanks around them; raise BadStep."""
    if not (kept := words.strip()[:MOST_WORDS]):
        raise BadStep(missing)
    return kept


def finish(
    held: Procedure,
    act: Act,
    to: Position,
    *,
    by: User,
    on: dt.date,
    words: str = "",
    favour: bool = True,
    detail: Mapping[str, Any] | None = None,
) -> Procedure:
    """Write where it stands now, the step, the to-dos and the trail."""
    was = held.position()
    held.state, held.round = to.state, to.round
    if (was.state, was.round) != (to.state, to.round):
        held.state_since = on
        if to.state in ENDED:
            held.ended_on = on
    held.due_on = due_of(held)
    held.changed_at = timezone.now()
    held.save()
    add_step(held, act, by=by, on=on, words=words, favour=favour, detail=detail, turn=to.round)
    follow(held, was, by=by, reason=_reason(act, words) or _word(act))
    return held


def _reason(act: Act, words: str) -> str:
    """Words as others read them beside the act: why, never what was found at home or objected to.

    Readers of the trail see no household's file, so that findings stand in the step alone.
    """
    return "" if act in FINDINGS else words


def _word(act: Act) -> str:
    with override("zh-hans"):
        return str(ACT_WORDS[act])


def add_step(
    held: Procedure,
    act: Act,
    *,
    by: User,
    on: dt.date,
    words: str,
    turn: int,
    favour: bool = True,
    detail: Mapping[str, Any] | None = None,
) -> Step:
    """The procedure's own history and the trail get a row."""
    step = Step.objects.create(
        procedure=held,
        place_code=held.place_code,
        household_id=held.household_id,
        round=turn,
        act=act.value,
        favour=favour,
        on=on,
        by_id=by.pk,
        words=words,
        detail=dict(detail or {}),
    )
    record(
        action=f"recognition.step_{act.value}",
        by=by,
        place_code=held.place_code,
        household_id=held.household_id,
        subject=("procedure", held.pk),
        purpose=_reason(act, words),
        after={"state": held.state, "favour": favour},
    )
    return step


def due_of(held: Procedure) -> dt.date | None:
    """By when the step that is waited for is done: by its own term and the whole chain's."""
    position = held.position()
    if position.state in ENDED or (position.state == State.MONITORED and covered(held)):
        return None
    rules = in_force()
    rule = rules.wait(position.state, removal=position.is_removal, place_code=held.place_code)
    if rule is None:
        return None
    start = held.state_since
    if position.state == State.ANNOUNCED and held.public_until is not None:
        start = held.public_until
    due = reckon(rule.term.unit, start, rule.term.days).on
    is_recognition = held.round == 0 and position.state in {State.CLUE, *COURSE}
    # What cannot be done before the whole is due is due by its own term.
    return min(due, held.chain_due_on) if is_recognition and held.chain_due_on > start else due


def covered(held: Procedure) -> bool:
    """Whether each risk has a measure."""
    met = RiskMeasure.objects.filter(procedure=held).values_list("risk", flat=True)
    return set(held.risks) <= set(met)


def kind_of(position: Position) -> str:
    """The kind of to-do that waits in a state."""
    return f"recognition.{'removal_' if position.is_removal else ''}{position.state.value}"


def follow(held: Procedure, was: Position | None, *, by: User, reason: str) -> None:
    """End the to-do of the state before, open that of the present one."""
    now = held.position()
    subject = ("procedure", held.pk)
    moved = was is None or kind_of(was) != kind_of(now)
    if was is not None and (moved or held.due_on is None):
        settle_todo(kind=kind_of(was), subject=subject, reason=reason[:MOST_WORDS], by=by)
    if held.due_on is not None:
        open_todo(
            kind=kind_of(now),
            subject=subject,
            place_code=held.place_code,
            household_id=held.household_id,
            due_on=held.due_on,
            level=_LEVELS.get(now.state),
            by=by,
        )
