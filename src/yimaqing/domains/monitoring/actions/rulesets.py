"""Rule sets of this installation: put together by one officer, published by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.accounts.models import User
from yimaqing.domains.accounts.queries import scope_of
from yimaqing.domains.audit.actions import record
from yimaqing.domains.monitoring import permissions
from yimaqing.domains.monitoring.events import rules_published
from yimaqing.domains.monitoring.models import Effect, RulesetVersion
from yimaqing.domains.monitoring.rulebook import version_named
from yimaqing.domains.monitoring.rules import Ruleset, RulesetInvalid, read_ruleset, to_toml
from yimaqing.domains.monitoring.rules.changing import NewLine, changed
from yimaqing.domains.monitoring.rules.loading import SCHEMES, load_scheme
from yimaqing.domains.monitoring.rules.ruleset import Citation
from yimaqing.kit.ids import PREFIX_LENGTH
from yimaqing.kit.rowscope import Scope

_LONGEST = 500
OPEN_STATES = ("draft", "submitted")


class StepRefused(ValueError):
    """The step cannot be taken now; the words say why and what to do."""


def begin_draft(*, region: str, based_on: Ruleset, by: User) -> RulesetVersion:
    """A draft for a region, equal to another version. Raise StepRefused when one is open."""
    _require(by, region)
    try:
        with transaction.atomic():
            version = _new(based_on, region=region, by=by, day=timezone.localdate())
    except IntegrityError as error:
        raise StepRefused(_("这个地区已有一份正在修改或待确认的规则，请先办完。")) from error
    record(
        action="monitoring.rules_drafted",
        by=by,
        place_code=_place(region),
        subject=("ruleset", version.pk),
        before={"version": based_on.identity},
    )
    return version


@transaction.atomic
def change_draft(
    *,
    number: int,
    values: Mapping[str, str],
    citation: Citation,
    effective_from: dt.date,
    by: User,
    line: NewLine | None = None,
    scheme: str = "",
) -> RulesetVersion:
    """Other values in a draft, with the document that sets them. Raise ValuesRefused.

    What a preview had counted before is forgotten.
    """
    version = _own_draft(number, by)
    if effective_from < timezone.localdate():
        raise StepRefused(_("生效日期不能早于今天：过去的日子已按当时的规则评判。"))
    if not citation.text:
        raise StepRefused(_("请写明依据：文号和条款。"))
    ruleset = read_ruleset(version.document, version.identity)
    path = SCHEMES / f"{scheme}.toml"
    if scheme and scheme != ruleset.scheme.code and path in SCHEMES.glob("*.toml"):
        ruleset = replace(ruleset, scheme=load_scheme(path), by_code={})
        values = {k: v for k, v in values.items() if not k.startswith(("colour_of", "deadline"))}
    made = changed(ruleset, values, citation, line)
    made = replace(made, effective_from=effective_from, by_code={})
    version.document = to_toml(made)
    try:
        read_ruleset(version.document, version.identity)  # what is kept can be read again
    except RulesetInvalid as error:
        raise StepRefused(_("这个配色方案没有给所有的情形定等级，请另选一个。")) from error
    version.effective_from, version.effect = effective_from, None
    version.save(update_fields=["document", "effective_from", "effect"])
    Effect.objects.filter(version_id=version.pk).delete()
    return version


@transaction.atomic
def submit_version(*, number: int, reason: str, by: User) -> RulesetVersion:
    """Put a draft before the second person, with the reason; previewed before."""
    version = _own_draft(number, by)
    if version.effect is None:
        raise StepRefused(_("请先试算，看清影响再提交。"))
    version.reason = _words(reason, _("请写明为什么修改。"))
    version.state, version.submitted_at = "submitted", timezone.now()
    version.save(update_fields=["reason", "state", "submitted_at"])
    _tell("monitoring.rules_submitted", version, by, version.reason)
    return version


@transaction.atomic
def publish_version(*, number: int, by: User) -> RulesetVersion:
    """The second person confirms: the version judges from its day on. Raise StepRefused."""
    version = _held(number, by, "submitted")
    if version.made_by_id == by.pk:
        raise StepRefused(_("须由另一人确认：提交人不能确认自己的修改。"))
    if version.effective_from < timezone.localdate():
        raise StepRefused(_("生效日期已过，请退回修改生效日期。"))
    version.state, version.decided_by_id, version.decided_at = "published", by.pk, timezone.now()
    version.save(update_fields=["state", "decided_by_id", "decided_at"])
    _tell("monitoring.rules_published", version, by, version.reason)
    if version.effective_from == timezone.localdate():
        rules_published.send(RulesetVersion, region=version.region)
    return version


@transaction.atomic
def return_version(*, number: int, answer: str, by: User) -> RulesetVersion:
    """Back to who put it together, with the reason."""
    version = _held(number, by, "submitted")
    version.answer = _words(answer, _("请写明退回的理由。"))
    version.state, version.decided_by_id, version.decided_at = "returned", by.pk, timezone.now()
    version.save(update_fields=["answer", "state", "decided_by_id", "decided_at"])
    _tell("monitoring.rules_returned", version, by, version.answer)
    return version


@transaction.atomic
def withdraw_version(*, number: int, by: User) -> RulesetVersion:
    """A draft, or what waits for the second person, given up."""
    version = _held(number, by, *OPEN_STATES)
    version.state = "withdrawn"
    version.save(update_fields=["state"])
    Effect.objects.filter(version_id=version.pk).delete()
    _tell("monitoring.rules_withdrawn", version, by, "")
    return version


@transaction.atomic
def load_ruleset_file(*, text: str, name: str, reason: str) -> RulesetVersion:
    """A rule set of a file, published at once by the operator; RulesetInvalid, StepRefused.

    It keeps its own code and version, by which warnings name it.
    """
    ruleset = read_ruleset(text, name)
    if version_named(ruleset.identity):
        raise StepRefused(
            f"{ruleset.identity} 已经装入，已发布的版本不能改写：请改 version 再装"
            " / is loaded already and stays as it is: give it another version"
        )
    version = RulesetVersion.objects.create(
        region=ruleset.region,
        state="published",
        effective_from=ruleset.effective_from,
        effective_to=ruleset.effective_to,
        document=text,
        identity=ruleset.identity,
        based_on=ruleset.identity,
        reason=reason,
        decided_at=timezone.now(),
    )
    record(
        action="monitoring.rules_published",
        by=None,
        actor="system:rules",
        place_code=_place(version.region),
        subject=("ruleset", version.pk),
        purpose=reason,
        after={"version": version.identity},
    )
    return version


def covers(scope: Scope, region: str) -> bool:
    """Whether a region (digits of a place) lies wholly in a scope. The country is nobody's."""
    if not (region.isdecimal() and len(region) in PREFIX_LENGTH.values()):
        return False
    end = region[:-1] + chr(ord(region[-1]) + 1)
    return any(low <= region and end <= high for low, high in scope.ranges)


def _new(based_on: Ruleset, *, region: str, by: User, day: dt.date) -> RulesetVersion:
    """A draft equal to another version, under a name of its own: the region and its number."""
    version = RulesetVersion.objects.create(
        region=region,
        effective_from=day,
        identity=f"draft-{uuid4()}",  # until its number is known
        based_on=based_on.identity,
        made_by_id=by.pk,
    )
    origin = based_on.version.partition("-")[0]
    made = replace(
        based_on,
        version=f"{origin}-{region}.{version.pk}",
        region=region,
        effective_from=day,
        effective_to=None,
        by_code={},
    )
    version.document, version.identity = to_toml(made), made.identity
    version.save(update_fields=["document", "identity"])
    return version


def _held(number: int, by: User, *states: str) -> RulesetVersion:
    """The version, locked. Raise StepRefused when it is in another state."""
    version = RulesetVersion.objects.select_for_update().filter(pk=number).first()
    if version is None or version.state not in states:
        raise StepRefused(_("这份规则已不在这一步，请刷新页面看现在的状态。"))
    _require(by, version.region)
    return version


def _own_draft(number: int, by: User) -> RulesetVersion:
    """The user's own draft: who wrote a value can then never be the one who confirms it."""
    version = _held(number, by, "draft")
    if version.made_by_id != by.pk:
        raise StepRefused(_("只有经办人可以修改和提交这一份；要改，请先撤回，再自己另立一份。"))
    return version


def _require(by: User, region: str) -> None:
    if not covers(scope_of(by, permissions.RULES), region):
        raise PermissionDenied(_("您不能修改这个地区的规则。"))


def _words(text: str, missing: str) -> str:
    words = text.strip()[:_LONGEST]
    if not words:
        raise StepRefused(missing)
    return words


def _place(region: str) -> str:
    return region.ljust(12, "0") if region else ""


def _tell(action: str, version: RulesetVersion, by: User, purpose: str) -> None:
    record(
        action=action,
        by=by,
        place_code=_place(version.region),
        subject=("ruleset", version.pk),
        purpose=purpose,
        after={"version": version.identity},
    )
