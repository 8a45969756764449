"""The shipped rules as one programme over the registry's published tables."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from yimaqing.analytics.run import Output, Programme, Stage
from yimaqing.domains.monitoring.rules.findings import alerts, findings, standing
from yimaqing.domains.monitoring.rules.households import assessed
from yimaqing.domains.monitoring.rules.latest import Clock
from yimaqing.domains.monitoring.rules.members import members
from yimaqing.domains.monitoring.rules.ruleset import Ruleset
from yimaqing.domains.registry import tables

STANDING, FINDING = "monitoring.standing", "monitoring.finding"


def programme(ruleset: Ruleset, clock: Clock) -> Programme:
    """Members, then households, then what is published of them."""
    of_members = members(tables.person, tables.reading, ruleset, clock)
    stage_members = _table("monitoring_members", of_members)
    judged = assessed(tables.household, tables.reading, stage_members, ruleset, clock)
    stage_assessed = _table("monitoring_assessed", judged)
    warned = alerts(stage_assessed)
    stage_alerts = _table("monitoring_alerts", warned)
    return Programme(
        sources=(tables.household, tables.person, tables.reading),
        stages=(
            Stage("monitoring_members", of_members),
            Stage("monitoring_assessed", judged),
            Stage("monitoring_alerts", warned),
        ),
        outputs=(
            Output(STANDING, standing(stage_assessed, tables.household, ruleset, clock)),
            Output(
                FINDING, findings(stage_alerts, tables.household, stage_members, ruleset, clock)
            ),
        ),
    )


def _table(name: str, expression: ir.Table) -> ir.Table:
    return ibis.table(expression.schema(), name=name)
