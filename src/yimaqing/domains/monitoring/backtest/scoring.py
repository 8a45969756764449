"""Did the warnings come before what they warn of? Pure Ibis over tables, without Django.

Tables in: ``population`` (judged_on, household_id), who was judged on which day; ``flag``
(judged_on, household_id, predictor), for whom something spoke that day; ``outcome``
(household_id, happened_on), whom it really hit. A day speaks for an outcome that comes after it,
``horizon`` days later at most. Only a household's first outcome counts, and it is judged no
more from that day on: to warn of what has happened already is no art.

One unit of each question: *an alarm* is a run of judged days on which a predictor speaks for a
household without a break (as a warning is opened and closed), true when one of its days speaks
for the outcome; *an outcome* is caught when any day speaks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

#: The predictor that speaks for everybody: what any other has to be better than.
EVERYBODY = "everybody"

population = ibis.table({"judged_on": "date", "household_id": "int64"}, name="population")
flag = ibis.table(
    {"judged_on": "date", "household_id": "int64", "predictor": "string"}, name="flag"
)
outcome = ibis.table({"household_id": "int64", "happened_on": "date"}, name="outcome")


def first_outcomes(outcome: ir.Table) -> ir.Table:
    """household_id and the day of its first outcome."""
    return outcome.group_by("household_id").agg(happened_on=outcome.happened_on.min())


def at_risk(population: ir.Table, outcome: ir.Table) -> ir.Table:
    """judged_on, household_id, happened_on: the days on which it had not happened yet."""
    first = first_outcomes(outcome)
    joined = population.distinct().left_join(first, "household_id").drop("household_id_right")
    return joined.filter(joined.happened_on.isnull() | (joined.judged_on < joined.happened_on))


def spoken(flag: ir.Table, risk: ir.Table) -> ir.Table:
    """Who spoke for whom on which day, everybody included; predictor, and the outcome beside."""
    own = flag.distinct().inner_join(risk, ["judged_on", "household_id"])
    columns = ("judged_on", "household_id", "predictor", "happened_on")
    return ibis.union(
        own.select(*columns), risk.mutate(predictor=ibis.literal(EVERYBODY)).select(*columns)
    )


def alarms(spoken: ir.Table, days: Sequence[dt.date], horizon: int) -> ir.Table:
    """predictor, household_id, began, is_true: one row for each run of days."""
    number = ibis.cases(*((spoken.judged_on == day, n) for n, day in enumerate(sorted(days))))
    numbered = spoken.mutate(number=number)
    window = ibis.window(
        group_by=[numbered.predictor, numbered.household_id], order_by=numbered.number
    )
    runs = numbered.mutate(run=numbered.number - ibis.row_number().over(window))
    grouped = runs.group_by("predictor", "household_id", "run").agg(
        began=runs.judged_on.min(), last=runs.judged_on.max(), happened_on=runs.happened_on.max()
    )
    within = grouped.happened_on <= grouped["last"] + ibis.interval(days=horizon)
    return grouped.select("predictor", "household_id", "began", is_true=within.fill_null(False))


def caught(spoken: ir.Table, horizon: int) -> ir.Table:
    """predictor, household_id, lead: days from the first word to the outcome."""
    near = spoken.filter(
        spoken.happened_on.notnull(),
        spoken.happened_on <= spoken.judged_on + ibis.interval(days=horizon),
    )
    first = near.group_by("predictor", "household_id").agg(
        spoke_on=near.judged_on.min(), happened_on=near.happened_on.max()
    )
    return first.select(
        "predictor", "household_id", lead=first.happened_on.delta(first.spoke_on, unit="day")
    )


def scores(
    population: ir.Table,
    flag: ir.Table,
    outcome: ir.Table,
    *,
    days: Sequence[dt.date],
    horizon: int,
) -> ir.Table:
    """One row a predictor: its alarms, how many were true, whom it caught and how early.

    ``fresh`` alarms began after the first judged day (those of that day may be years old, and
    say nothing of how many come in a month); ``fresh_false`` of them were false.
    """
    heard = spoken(flag, at_risk(population, outcome))
    rung = alarms(heard, days, horizon)
    fresh = rung.began > min(days)
    of_alarms = rung.group_by("predictor").agg(
        alarms=rung.count(),
        true_alarms=rung.count(where=rung.is_true),
        fresh=rung.count(where=fresh),
        fresh_false=rung.count(where=fresh & ~rung.is_true),
        households=rung.household_id.nunique(),
    )
    hit = caught(heard, horizon)
    of_outcomes = hit.group_by("predictor").agg(
        caught=hit.count(),
        lead_low=hit.lead.quantile(0.25),
        lead_median=hit.lead.quantile(0.5),
        lead_high=hit.lead.quantile(0.75),
    )
    joined = of_alarms.left_join(of_outcomes, "predictor").drop("predictor_right")
    return joined.mutate(caught=joined.caught.fill_null(0)).order_by("predictor")
