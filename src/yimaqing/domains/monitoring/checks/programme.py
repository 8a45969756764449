"""The checks as one programme over the registry's published tables."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import ibis

from yimaqing.analytics.run import Output, Programme, Stage
from yimaqing.domains.monitoring.checks.doubts import (
    Question,
    Register,
    doubts,
    households_of,
    members_of,
)
from yimaqing.domains.monitoring.rules.areas import Area
from yimaqing.domains.monitoring.rules.programme import EVERYWHERE
from yimaqing.domains.registry import tables

DOUBT = "monitoring.doubt"

#: The register as it is published, whole.
WHOLE = Register(
    household=tables.household,
    person=tables.person,
    reading=tables.reading,
    income=tables.yearlyincome,
    living=tables.livingcondition,
    measure=tables.measure,
)


@lru_cache(maxsize=1)  # compiling takes a second
def checking(question: Question, area: Area = EVERYWHERE) -> Programme:
    """Members, then households, then what the checks find, of the places of an area."""
    there = replace(WHOLE, household=area.of(WHOLE.household), person=area.of(WHOLE.person))
    members = members_of(there, question)
    kept_members = ibis.table(members.schema(), name="checks_members")
    households = households_of(there, kept_members, question)
    kept_households = ibis.table(households.schema(), name="checks_households")
    return Programme(
        sources=(
            *(WHOLE.household, WHOLE.person, WHOLE.reading),
            *(WHOLE.income, WHOLE.living, WHOLE.measure),
        ),
        stages=(Stage("checks_members", members), Stage("checks_households", households)),
        outputs=(Output(DOUBT, doubts(kept_members, kept_households, question)),),
    )
