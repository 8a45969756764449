"""What ends a warning, in the reader's language: it closes by itself once the facts say so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.monitoring.models import Warning
from yimaqing.domains.monitoring.rules.ruleset import Rule, Ruleset


@dataclass(frozen=True)
class Asked:
    """A warning, its rule and the rules of today; what its indicator is called."""

    warning: Warning
    rule: Rule
    ruleset: Ruleset
    indicator: str


Words = Callable[[Asked], str]


def ending_of(warning: Warning, ruleset: Ruleset, *, english: bool) -> str:
    """What must be recorded for an open warning to be over; "" for one that is closed."""
    rule = ruleset.by_code.get(warning.rule_code)
    if warning.closed_at or rule is None:
        return ""
    held_to = next((one for one in ruleset.indicators if one.code == rule.indicator), None)
    name = (held_to.en if english else held_to.zh) if held_to else ""
    say = _ENDINGS.get(rule.condition, _when_facts_change)
    return say(Asked(warning, rule, ruleset, name))


def closer_of(warning: Warning, ruleset: Ruleset) -> str:
    """Who strikes the warning off after that, by the scheme; "" when another scheme raised it."""
    if warning.closed_at or warning.scheme != ruleset.scheme.code:
        return ""
    level = ruleset.scheme.colour(warning.colour).closed_by
    return {"county": _("由县级现场核查销号"), "township": _("由乡镇核查销号")}.get(level, "")


def _passes(asked: Asked) -> str:
    if asked.rule.indicator == "income":
        return _above(asked)
    if asked.rule.indicator == "water":  # of which each part may fail by itself
        return _("到户核实，问题解决后，未达标的各项都记一条达标的读数")
    return _("到户核实，问题解决后记一条达标的%(indicator)s读数") % {"indicator": asked.indicator}


def _above(asked: Asked) -> str:
    """A reading of this year is held to this year's line, whichever the warning was."""
    near = asked.rule.condition == "income_near_line"
    kind = "monitoring" if near else asked.ruleset.indicator("income").held_to
    line = asked.ruleset.line_for(kind, asked.warning.place_code, timezone.localdate().year)
    if line is None:
        return _("记一条达到收入线的收入读数")
    return _("记一条不低于 %(yuan)s 元的收入读数") % {"yuan": f"{line.value_yuan:,.2f}"}


def _recovers(asked: Asked) -> str:
    if asked.warning.limit_yuan is None:
        return _when_facts_change(asked)
    least = asked.warning.limit_yuan * (1 - asked.rule.fall)
    return _("记一条高于 %(yuan)s 元的收入读数") % {"yuan": f"{least:,.2f}"}


def _when_facts_change(_asked: Asked) -> str:
    return _("到户核实，有关登记或读数改变后自动解除")


def _say(text: Callable[[], str]) -> Words:
    return lambda _asked: text()


_ENDINGS: dict[str, Words] = {
    "indicator_fails": _passes,
    "income_near_line": _above,
    "income_cut": _recovers,
    "household_status": _say(lambda: _("按程序核定后，更正登记的脱贫状态")),
    "reading_stale": _say(lambda: _("重新入户，记一条新的读数")),
    "facts_contradict": _say(lambda: _("到户核实，更正登记，或记一条新的读数")),
    "member_out_of_school": _say(lambda: _("复学、送教上门或获准缓学后，记一条义务教育读数")),
    "member_school_unverified": _say(lambda: _("核实就学情况，记一条义务教育读数")),
    "member_uninsured": _say(lambda: _("参保后，记一条基本医疗读数")),
    "member_health": _say(lambda: _("健康状况好转后，更正登记")),
    "member_ill_without_major_insurance": _say(lambda: _("参加大病保险后，更正登记")),
    "member_health_without_labour": _say(lambda: _("家中有了劳动力，或健康状况好转后，更正登记")),
}
