"""The rule set in force here: the shipped one with the installation's own income lines."""

from __future__ import annotations

import datetime as dt

from yimaqing.domains.monitoring.models import IncomeLine
from yimaqing.domains.monitoring.rules import Ruleset, shipped
from yimaqing.domains.monitoring.rules.ruleset import Citation
from yimaqing.domains.monitoring.rules.ruleset import IncomeLine as Line


def in_force(as_of: dt.date) -> Ruleset:
    """The rules of a day. Raise LookupError when none was in force."""
    own = tuple(
        Line(
            kind=line.kind,
            region=line.region,
            year=line.year,
            value_yuan=line.value_yuan,
            citation=Citation(line.source, line.url, line.status),
        )
        for line in IncomeLine.objects.order_by("kind", "region", "year")
    )
    ruleset = shipped(as_of)
    return ruleset.with_lines(own) if own else ruleset


def act_by(ruleset: Ruleset, colour: str, opened_on: dt.date) -> dt.date:
    """The day until which a warning opened on a day must be acted on: by the scheme."""
    first_of_next = (opened_on.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return first_of_next.replace(day=ruleset.scheme.colour(colour).act_by_day_of_next_month)
