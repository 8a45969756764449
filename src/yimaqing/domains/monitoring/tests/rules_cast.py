"""Who changes the rules of a region, and what they do first: for the tests of versions."""

import datetime as dt

from django.utils import timezone

from yimaqing.domains.monitoring.actions import (
    begin_draft,
    change_draft,
    publish_version,
    submit_version,
)
from yimaqing.domains.monitoring.models import LiveEvaluation, RulesetVersion, Warning
from yimaqing.domains.monitoring.rulebook import in_force
from yimaqing.domains.monitoring.rules.ruleset import Citation

BAIWEN, LISHI = "141124104201", "141102001001"
LIN = "141124"
BY = Citation("临政办〔2026〕3号第二条（测试）", "", "cited")
GOOD = {"food": "pass", "clothing": "pass", "housing": "A", "water": "pass", "medical": "insured"}
DRY: dict[str, object] = {**GOOD, "water.quantity": 25.0}


def drafted(by, value="30", **given):
    draft = begin_draft(region=LIN, based_on=in_force(timezone.localdate(), LIN), by=by)
    given = {"citation": BY, "effective_from": timezone.localdate()} | given
    return change_draft(
        number=draft.pk, values={"threshold.water.quantity.1411": value}, by=by, **given
    )


def published(one, other, value="30"):
    draft = drafted(one, value)
    RulesetVersion.objects.filter(pk=draft.pk).update(effect={})
    submit_version(number=draft.pk, reason="按县里文件", by=one)
    return publish_version(number=draft.pk, by=other)


def open_rules(household):
    mine = Warning.objects.using("owner").filter(household_id=household.pk, closed_at=None)
    found = mine.exclude(rule_code="facts_contradict")  # the summary says that the water passes
    return set(found.values_list("rule_code", "ruleset_version"))


def an_hour_later():
    an_hour_ago = timezone.now() - dt.timedelta(hours=1)
    LiveEvaluation.objects.using("owner").update(at=an_hour_ago)
