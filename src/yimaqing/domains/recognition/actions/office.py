"""The township's and the county's steps, monitoring itself, and the ways out of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.recognition.actions.opening import checked_risks
from yimaqing.domains.recognition.actions.stepping import (
    BadStep,
    NotNow,
    begin,
    check_day,
    finish,
    require_words,
)
from yimaqing.domains.recognition.actions.village import MOST_NAME, fitting_group
from yimaqing.domains.recognition.forbids import forbids
from yimaqing.domains.recognition.machine import Act, State
from yimaqing.domains.recognition.models import Procedure, RiskMeasure, Step
from yimaqing.domains.recognition.words import LEFT
from yimaqing.domains.registry.actions import set_group
from yimaqing.domains.registry.queries import measure_groups

#: Steps that an office takes for many at once.
MANY = {State.TOWNSHIP: Act.PASS, State.COUNTY: Act.APPROVE}


class Forbids(NotNow):
    """Something forbids that the monitoring ends; the message says all of it."""


@transaction.atomic
def pass_on(*, procedure: Procedure, on: dt.date, words: str, by: User) -> Procedure:
    """The township agrees: up to the county."""
    said = require_words(words, _("请写明审核意见。"))
    held, to = begin(procedure, Act.PASS, by=by, on=on)
    check_day(on, since=held.compared_on)
    if held.round:
        _require_nothing_forbids(held)
    return finish(held, Act.PASS, to, by=by, on=on, words=said)


@transaction.atomic
def return_back(*, procedure: Procedure, on: dt.date, words: str, by: User) -> Procedure:
    """Back to be mended: the township to the village, the county to the township."""
    said = require_words(words, _("请写明退回的原因和要补正的内容。"))
    held, to = begin(procedure, Act.RETURN, by=by, on=on)
    return finish(held, Act.RETURN, to, by=by, on=on, words=said)


@transaction.atomic
def refuse(*, procedure: Procedure, on: dt.date, words: str, by: User) -> Procedure:
    """Not taken in; an attempt at removal leaves it monitored."""
    said = require_words(words, _("请写明不同意的理由。"))
    held, to = begin(procedure, Act.REFUSE, by=by, on=on)
    return finish(held, Act.REFUSE, to, by=by, on=on, words=said)


@transaction.atomic
def approve(
    *, procedure: Procedure, on: dt.date, words: str, by: User, group: str = ""
) -> Procedure:
    """The county decides: the household is monitored, or its monitoring ends.

    The one step that changes what the register says of a household. ``group`` may be another
    than the village proposed. Whoever passed it for the township does not decide for the county.
    """
    said = require_words(words, _("请写明审定意见和文号。"))
    held, to = begin(procedure, Act.APPROVE, by=by, on=on)
    _require_another(held, by)
    if to.state == State.REMOVED:
        _require_nothing_forbids(held)
        set_group(household_id=held.household_id, group="", source=said, by=by)
    else:
        held.group = fitting_group(held, group or held.group)
        held.recognised_on = on
        set_group(household_id=held.household_id, group=held.group, source=said, by=by)
    return finish(held, Act.APPROVE, to, by=by, on=on, words=said)


@transaction.atomic
def step_many(*, ids: Collection[int], state: State, reason: str, by: User) -> int:
    """The township's or the county's agreement for many with one reason, all or none; how many.

    Those that wait for something else are refused by name of their number.
    """
    done = 0
    for procedure in Procedure.objects.filter(pk__in=ids).order_by("pk"):
        if procedure.state != state:
            raise NotNow(
                _("选中的有不在这一步的：编号 %(number)s。请按步骤筛选后再办。")
                % {"number": procedure.pk}
            )
        act = pass_on if MANY[state] == Act.PASS else approve
        act(procedure=procedure, on=timezone.localdate(), words=reason, by=by)
        done += 1
    return done


@transaction.atomic
def add_measure(
    *,
    procedure: Procedure,
    on: dt.date,
    risk: str,
    measure_group: str,
    name: str,
    responsible: str,
    by: User,
) -> RiskMeasure:
    """A measure against one of the risks, begun ``on`` a day; the same one sent twice is one.

    It may run for longer than the household is monitored: the step's own day is today.
    """
    today = timezone.localdate()
    if on > today:
        raise BadStep(_("日期在未来：请填写实际办理的日期。"))
    said = require_words(name, _("请写明措施内容。"))[:MOST_NAME]
    who = require_words(responsible, _("请写明责任单位或责任人。"))[:MOST_NAME]
    held, to = begin(procedure, Act.MEASURE, by=by, on=today)
    if measure_group not in measure_groups():
        raise BadStep(_("请选择帮扶类别。"))
    # A risk may be known by its measure first: before the visit in the green channel, and where
    # a monitored household meets a further one.
    held.risks = checked_risks({*held.risks, risk})
    made, is_new = RiskMeasure.objects.get_or_create(
        procedure=held,
        risk=risk,
        measure_group=measure_group,
        name=said,
        defaults={
            "place_code": held.place_code,
            "household_id": held.household_id,
            "responsible": who,
            "starts_on": on,
            "by_id": by.pk,
        },
    )
    if is_new:
        detail = {"measure": made.pk}
        finish(held, Act.MEASURE, to, by=by, on=today, words=said, detail=detail)
    return made


@transaction.atomic
def track(*, procedure: Procedure, on: dt.date, words: str, by: User) -> Procedure:
    """A household without labour has its support: monitored on instead of removed."""
    said = require_words(words, _("请写明已落实的保障。"))
    held, to = begin(procedure, Act.TRACK, by=by, on=on)
    held.tracked_on = on
    return finish(held, Act.TRACK, to, by=by, on=on, words=said)


@transaction.atomic
def propose_removal(*, procedure: Procedure, on: dt.date, words: str, by: User) -> Procedure:
    """Begin the same steps on the way out. Raise Forbids with everything that forbids it."""
    said = require_words(words, _("请写明风险怎样消除。"))
    held, to = begin(procedure, Act.PROPOSE, by=by, on=on)
    _require_nothing_forbids(held)
    held.public_until = None
    return finish(held, Act.PROPOSE, to, by=by, on=on, words=said)


@transaction.atomic
def leave(*, procedure: Procedure, on: dt.date, left: str, words: str, by: User) -> Procedure:
    """The natural end: all members died, or the whole household moved away. By the county."""
    if left not in LEFT:
        raise BadStep(_("请选择自然减少的原因。"))
    said = require_words(words, _("请写明依据。"))
    held, to = begin(procedure, Act.LEAVE, by=by, on=on)
    if held.recognised_on is not None:
        set_group(household_id=held.household_id, group="", source=said, by=by)
    return finish(held, Act.LEAVE, to, by=by, on=on, words=said, detail={"left": left})


def _require_another(held: Procedure, by: User) -> None:
    passed = Step.objects.filter(procedure=held, round=held.round, act=Act.PASS)
    last = passed.order_by("-pk").first()
    if last is not None and last.by_id == by.pk:
        raise PermissionDenied(_("乡镇审核和县级审定不能是同一人。"))


def _require_nothing_forbids(held: Procedure) -> None:
    found = forbids(held)
    if found:
        listed = _("；").join(one.said for one in found)
        raise Forbids(_("现在不能消除：%(what)s") % {"what": listed})
