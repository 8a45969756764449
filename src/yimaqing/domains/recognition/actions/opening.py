"""How a procedure begins: a household's own application, a cadre's finding, a department's hit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.recognition.actions.stepping import (
    BadStep,
    NotNow,
    add_step,
    check_day,
    due_of,
    follow,
    lock_household,
    require,
    require_words,
)
from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.machine import Act, Doer, State
from yimaqing.domains.recognition.models import Procedure
from yimaqing.domains.registry.queries import openable_household
from yimaqing.domains.work.queries import reckon

#: A hit of a department is a clue that somebody still has to take up; the others are taken up.
BEGINS = {"self": State.VERIFYING, "cadre": State.VERIFYING, "department": State.CLUE}


class AlreadyOpen(NotNow):
    """The household has one that goes on."""


@transaction.atomic
def open_procedure(
    *,
    household_id: int,
    way: str,
    clue: str,
    on: dt.date,
    by: User,
    risks: Collection[str] = (),
    warning_ids: Collection[int] = (),
    green: bool = False,
) -> Procedure:
    """Begin one for a household that is not monitored; nothing of the household changes by it.

    A household that was removed before may begin again. Raise AlreadyOpen, BadStep, NotNow,
    PermissionDenied.
    """
    if way not in BEGINS:
        raise BadStep(_("请选择线索来源。"))
    words = require_words(clue, _("请写明困难情况。"))
    household = _household(household_id, Doer.VILLAGE, by)
    if household.group:
        raise NotNow(_("本户已在监测名单中：请由县级办理“承接监测”，再继续办理。"))
    held = _begun(household, BEGINS[way], way, words, on, checked_risks(risks, needed=False))
    held.warning_ids, held.green = sorted(set(warning_ids)), green
    return _opened(held, Act.OPEN, by)


@transaction.atomic
def adopt_household(
    *, household_id: int, risks: Collection[str], recognised_on: dt.date, words: str, by: User
) -> Procedure:
    """Go on with a household that the list from above says is monitored already. By the county.

    Raise AlreadyOpen, BadStep, NotNow, PermissionDenied.
    """
    said = require_words(words, _("请写明依据的名单或文件。"))
    household = _household(household_id, Doer.COUNTY, by)
    if not household.group:
        raise NotNow(_("本户不在监测名单中：请从线索开始办理。"))
    today = timezone.localdate()
    if recognised_on > today:
        raise BadStep(_("日期在未来：请填写实际办理的日期。"))
    held = _begun(household, State.MONITORED, "list", said, today, checked_risks(risks))
    held.group, held.recognised_on = household.group, recognised_on
    return _opened(held, Act.ADOPT, by)


def checked_risks(risks: Collection[str], *, needed: bool = True) -> list[str]:
    """The risks in the set's order. Raise BadStep for none, unknown ones, or too many."""
    rules = in_force()
    known = [risk.code for risk in rules.risks]
    if set(risks) - set(known):
        raise BadStep(_("有不认识的风险类型，请重新选择。"))
    if needed and not risks:
        raise BadStep(_("请至少选择一项风险。"))
    if len(set(risks)) > rules.most_risks:
        raise BadStep(_("风险最多选 %(most)s 项。") % {"most": rules.most_risks})
    return [code for code in known if code in set(risks)]


def _household(household_id: int, doer: Doer, by: User) -> Any:
    found = openable_household(household_id)
    if found is None:
        raise PermissionDenied(_("你的角色在这里不能办理这一步。"))
    require(by, doer, found.place_code, found.pk)
    if not found.valid:
        raise NotNow(_("本户已标记为无效，不能办理。"))
    lock_household(found.place_code, found.pk)
    return openable_household(household_id)


def _begun(
    household: Any, state: State, way: str, clue: str, on: dt.date, risks: list[str]
) -> Procedure:
    rules = in_force()
    before = Procedure.objects.filter(household_id=household.pk).order_by("-pk").first()
    if before is not None and before.is_open:
        raise AlreadyOpen(_("本户已有正在办理的程序，请接着办理。"))
    return Procedure(
        place_code=household.place_code,
        household_id=household.pk,
        way=way,
        state=state,
        clue=clue,
        risks=risks,
        rules=rules.name,
        former_id=before.pk if before else None,
        opened_on=on,
        state_since=on,
        chain_due_on=reckon(rules.chain.unit, on, rules.chain.days).on,
    )


def _opened(held: Procedure, act: Act, by: User) -> Procedure:
    check_day(held.opened_on)
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError as error:
        # Opened at the same moment where this scope does not reach: nothing of it is told.
        raise AlreadyOpen(_("本户已有正在办理的程序，请接着办理。")) from error
    held.due_on = due_of(held)
    held.save(update_fields=["due_on"])
    add_step(held, act, by=by, on=held.opened_on, words=held.clue, turn=0)
    follow(held, None, by=by, reason=held.clue)
    return held
