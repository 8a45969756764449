"""The shipped rules as one programme over the registry's published tables."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from yimaqing.analytics.run import Output, Programme, Stage
from yimaqing.domains.monitoring.rules.areas import Area
from yimaqing.domains.monitoring.rules.findings import alerts, findings, standing
from yimaqing.domains.monitoring.rules.households import assessed
from yimaqing.domains.monitoring.rules.latest import Clock
from yimaqing.domains.monitoring.rules.members import members
from yimaqing.domains.monitoring.rules.ruleset import Ruleset
from yimaqing.domains.registry import tables

EVERYWHERE = Area()
STANDING, FINDING = "monitoring.standing", "monitoring.finding"


def programme(
    ruleset: Ruleset, clock: Clock, area: Area = EVERYWHERE, *, as_recorded: bool = False
) -> Programme:
    """Members, then households, then what is published of them, of the places of an area.

    ``as_recorded``: readings count only if they were stored by the end of the day too, which
    ``tables.recorded_reading`` tells.
    """
    stored = tables.recorded_reading if as_recorded else tables.reading
    reading = _stored_by(stored, clock) if as_recorded else stored
    of_members = members(area.of(tables.person), reading, ruleset, clock)
    stage_members = _table("monitoring_members", of_members)
    judged = assessed(area.of(tables.household), reading, stage_members, ruleset, clock)
    stage_assessed = _table("monitoring_assessed", judged)
    warned = alerts(stage_assessed)
    stage_alerts = _table("monitoring_alerts", warned)
    return Programme(
        sources=(tables.household, tables.person, stored),
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


def _stored_by(reading: ir.Table, clock: Clock) -> ir.Table:
    end = ibis.timestamp(clock.end.isoformat(sep=" "))
    return reading.filter(reading.changed_at < end).drop("changed_at")


def _table(name: str, expression: ir.Table) -> ir.Table:
    return ibis.table(expression.schema(), name=name)
