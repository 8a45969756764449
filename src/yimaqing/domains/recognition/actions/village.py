"""The village's steps: papers, the visit, the appraisal, publicity, objections."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.places.queries import full_name
from yimaqing.domains.recognition.actions.opening import checked_risks
from yimaqing.domains.recognition.actions.stepping import (
    BadStep,
    NotNow,
    begin,
    check_day,
    finish,
    require_words,
)
from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.machine import Act
from yimaqing.domains.recognition.models import Objection, Procedure
from yimaqing.domains.recognition.publicity import Public, faults_of, notice
from yimaqing.domains.registry.queries import household_file, label_of, openable_household
from yimaqing.domains.work.queries import reckon

MOST_NAME = 100


@transaction.atomic
def accept(*, procedure: Procedure, on: dt.date, by: User) -> Procedure:
    """Take a department's clue up."""
    held, to = begin(procedure, Act.ACCEPT, by=by, on=on)
    return finish(held, Act.ACCEPT, to, by=by, on=on)


@transaction.atomic
def dismiss(*, procedure: Procedure, on: dt.date, words: str, by: User) -> Procedure:
    """Leave a clue, with the reason."""
    said = require_words(words, _("请写明为什么不受理。"))
    held, to = begin(procedure, Act.DISMISS, by=by, on=on)
    return finish(held, Act.DISMISS, to, by=by, on=on, words=said)


@transaction.atomic
def authorise(*, procedure: Procedure, on: dt.date, person_id: int, by: User) -> Procedure:
    """The household's signed authorisation: without it nothing of its property is compared."""
    held, to = begin(procedure, Act.AUTHORISE, by=by, on=on)
    if not _is_member(held, person_id):
        raise BadStep(_("请选择签字的家庭成员。"))
    held.authorised_on = on
    return finish(held, Act.AUTHORISE, to, by=by, on=on, detail={"person": person_id})


@transaction.atomic
def compare(
    *, procedure: Procedure, on: dt.date, contradicts: bool, words: str, by: User
) -> Procedure:
    """What the comparison with departments' lists said; it decides nothing by itself."""
    said = require_words(words, _("请写明比对了哪些信息、结果如何。"))
    held, to = begin(procedure, Act.COMPARE, by=by, on=on)
    check_day(on, since=held.authorised_on)
    held.compared_on = on
    detail = {"contradicts": contradicts}
    return finish(held, Act.COMPARE, to, by=by, on=on, words=said, detail=detail)


@transaction.atomic
def verify(
    *,
    procedure: Procedure,
    on: dt.date,
    visitors: str,
    words: str,
    proposed: bool,
    by: User,
    group: str = "",
    risks: Collection[str] = (),
) -> Procedure:
    """What was found at home, and whether the village proposes it (taking in, or removal).

    For taking in, a ``group`` that fits the household and its ``risks``.
    """
    said = require_words(words, _("请写明核实到的情况。"))
    who = require_words(visitors, _("请写明入户的人，一般不少于两人。"))[:MOST_NAME]
    held, to = begin(procedure, Act.VERIFY, by=by, on=on, favour=proposed)
    check_day(on, since=held.compared_on)
    if proposed and held.round == 0:
        held.group = fitting_group(held, group)
        held.risks = checked_risks(risks)
    detail = {"visitors": who, "risks": held.risks, "group": held.group}
    return finish(held, Act.VERIFY, to, by=by, on=on, words=said, favour=proposed, detail=detail)


@transaction.atomic
def appraise(
    *,
    procedure: Procedure,
    on: dt.date,
    present: int,
    in_favour: int,
    against: int,
    by: User,
    words: str = "",
) -> Procedure:
    """The democratic appraisal; it is in favour by more than the set's share of those present."""
    if min(present, in_favour, against) < 0 or not 0 < in_favour + against <= present:
        raise BadStep(_("同意和不同意的人数之和应在 1 与到会人数之间。"))
    favour = in_favour > present * in_force().more_than
    held, to = begin(procedure, Act.APPRAISE, by=by, on=on, favour=favour)
    detail = {"present": present, "in_favour": in_favour, "against": against}
    return finish(
        held,
        Act.APPRAISE,
        to,
        by=by,
        on=on,
        words=words.strip(),
        favour=favour,
        detail=detail,
    )


@transaction.atomic
def publish(*, procedure: Procedure, on: dt.date, posted_at: str, by: User) -> Procedure:
    """Made public in the village, once in this round: the text is kept as it hangs there."""
    rules = in_force()
    where = require_words(posted_at, _("请写明张贴的地点。"))[:MOST_NAME]
    if wrong := faults_of(where, rules.banned):
        raise BadStep(
            _("公示内容不得有证件号、电话、账号和健康信息：%(what)s") % {"what": "、".join(wrong)}
        )
    held, to = begin(procedure, Act.PUBLISH, by=by, on=on)
    household = openable_household(held.household_id)
    held.public_until = reckon(rules.publicity.unit, on, rules.publicity.days).on
    text = notice(
        Public(
            village=full_name(held.place_code[:12]),
            head=household.head_name if household else "",
            group=label_of("group", held.group),
            posted_on=on,
            until=held.public_until,
            posted_at=where,
            is_removal=held.round > 0,
        )
    )
    detail = {"text": text, "until": held.public_until.isoformat()}
    return finish(held, Act.PUBLISH, to, by=by, on=on, words=where, detail=detail)


@transaction.atomic
def object_to(
    *, procedure: Procedure, on: dt.date, words: str, by: User, from_whom: str = ""
) -> Objection:
    """An objection while it is public; the same one sent twice is one."""
    said = require_words(words, _("请写明异议的内容。"))
    held, to = begin(procedure, Act.OBJECT, by=by, on=on)
    if held.public_until is None or on > held.public_until:
        raise BadStep(_("公示期已满：之后反映的问题请作为新线索登记。"))
    made, is_new = Objection.objects.get_or_create(
        procedure=held,
        round=held.round,
        received_on=on,
        words=said,
        defaults={
            "place_code": held.place_code,
            "household_id": held.household_id,
            "from_whom": from_whom.strip()[:MOST_NAME],
            "by_id": by.pk,
        },
    )
    if is_new:
        finish(held, Act.OBJECT, to, by=by, on=on, words=said, detail={"objection": made.pk})
    return made


@transaction.atomic
def answer(*, objection: Objection, on: dt.date, words: str, upheld: bool, by: User) -> Procedure:
    """The answer to an objection; one that is upheld ends the attempt."""
    said = require_words(words, _("请写明调查的情况和答复。"))
    held, to = begin(objection.procedure, Act.ANSWER, by=by, on=on, favour=not upheld)
    one = Objection.objects.get(pk=objection.pk)
    if one.answered_on is not None or one.round != held.round:
        raise NotNow(_("这条异议已经答复。"))
    check_day(on, since=one.received_on)
    one.answered_on, one.answer, one.upheld = on, said, upheld
    one.save(update_fields=["answered_on", "answer", "upheld"])
    detail = {"objection": one.pk}
    return finish(held, Act.ANSWER, to, by=by, on=on, words=said, favour=not upheld, detail=detail)


@transaction.atomic
def conclude(*, procedure: Procedure, on: dt.date, by: User, words: str = "") -> Procedure:
    """The publicity is over and every objection answered: up to the township."""
    held, to = begin(procedure, Act.CONCLUDE, by=by, on=on)
    said = Objection.objects.filter(procedure=held, round=held.round)
    check_day(on, since=said.aggregate(last=Max("answered_on"))["last"])
    return finish(held, Act.CONCLUDE, to, by=by, on=on, words=words.strip())


@transaction.atomic
def withdraw(*, procedure: Procedure, on: dt.date, words: str, by: User) -> Procedure:
    """Taken back before the county decides; an attempt at removal leaves it monitored."""
    said = require_words(words, _("请写明为什么撤回。"))
    held, to = begin(procedure, Act.WITHDRAW, by=by, on=on)
    return finish(held, Act.WITHDRAW, to, by=by, on=on, words=said)


def fitting_group(held: Procedure, group: str) -> str:
    """The group; raise BadStep where it is none for this household."""
    household = openable_household(held.household_id)
    known = {one.code: one.register_class for one in in_force().groups}
    if household is None:
        raise PermissionDenied(_("你的角色在这里不能办理这一步。"))
    if household.register_class not in known.get(group, ()):
        raise BadStep(_("这一类别不适用于本户的登记类别，请重新选择。"))
    return group


def _is_member(held: Procedure, person_id: int) -> bool:
    household = openable_household(held.household_id)
    members = household_file(household).members if household else []
    return any(member.pk == person_id for member in members)
