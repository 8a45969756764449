"""The conditions about a household and what the register says of it.

``h`` is a row of ``doubts.households_of``: the facts, the newest year of living and of income,
what was done for it, the latest readings.
"""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from yimaqing.domains.monitoring.checks.conditions import Asked, Hit, Some, of_household, said
from yimaqing.domains.monitoring.rules.latest import FAIL, PASS, among, outcome_of


@of_household(words="poverty_status grade")
def lifted_dangerous_house(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Lifted and not monitored, yet the house is unsafe: by a reading, else by the register."""
    reading = outcome_of(h.housing_key)
    registered = h.dangerous_house | among(h.house_grade, asked.words("grade"))
    unsafe = (reading == FAIL) | ((reading != PASS) & registered)
    return Hit(
        _lifted_unwatched(h, asked) & unsafe,
        {
            "housing": said(reading),
            "house_grade": h.house_grade,
            "dangerous_house": h.dangerous_house,
        },
    )


@of_household(words="poverty_status")
def lifted_unsafe_water(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Lifted and not monitored, yet the water is unsafe: by a reading, else by the register."""
    reading = outcome_of(h.water_key)
    unsafe = (reading == FAIL) | ((reading != PASS) & (~h.water_safe | h.water_difficult))
    return Hit(
        _lifted_unwatched(h, asked) & unsafe,
        {"water": said(reading), "water_safe": h.water_safe, "water_difficult": h.water_difficult},
    )


@of_household(words="group")
def monitored_without_cause(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Monitored without saying against what."""
    return Hit(
        monitored(h, asked) & (h.main_cause == "") & (h.return_cause == ""),
        {"group": h["group"], "main_cause": h.main_cause, "return_cause": h.return_cause},
    )


@of_household(words="group")
def monitored_without_year(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Monitored without the year of recognition."""
    return Hit(
        monitored(h, asked) & h.recognised_year.isnull(),
        {"group": h["group"], "recognised_year": h.recognised_year},
    )


@of_household(numbers="years", words="group")
def monitored_without_income(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Monitored without a yearly income of the last ``years`` years."""
    oldest = asked.clock.as_of.year - asked.number("years")
    return Hit(
        monitored(h, asked) & (h.income_year.fill_null(0) < oldest),
        {"group": h["group"], "income_year": h.income_year},
    )


@of_household(words="group")
def monitored_without_readings(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Monitored without any reading of the house, or of the water."""
    return Hit(
        monitored(h, asked) & ((h.housing_key == 0) | (h.water_key == 0)),
        {
            "group": h["group"],
            "housing": said(outcome_of(h.housing_key)),
            "water": said(outcome_of(h.water_key)),
        },
    )


@of_household(numbers="days", words="group")
def monitored_without_measure(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Monitored for longer than ``days`` (from the end of the year of recognition), no help."""
    latest = (asked.clock.as_of - dt.timedelta(days=asked.number("days"))).year - 1
    return Hit(
        monitored(h, asked)
        & (h.recognised_year <= latest)
        & (h.measure_last_year.fill_null(0) < h.recognised_year),
        {"group": h["group"], "recognised_year": h.recognised_year, "measures": h.measures},
    )


@of_household(numbers="years", words="poverty_status")
def lifted_without_measure(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Lifted by help in the last years, and no help measure up to that year.

    Earlier help stands on paper more often than in the register: its absence says nothing.
    """
    return Hit(
        among(h.poverty_status, asked.words("poverty_status"))
        & (h.exit_year >= asked.clock.as_of.year - asked.number("years"))
        & (h.measure_first_year.isnull() | (h.measure_first_year > h.exit_year)),
        {"exit_year": h.exit_year, "measures": h.measures},
    )


@of_household(numbers="years_from years_below")
def exit_after_years(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Lifted a number of years after recognition that cannot be, or that is too few."""
    years = h.exit_year.cast("int64") - h.recognised_year.cast("int64")
    return Hit(
        (years >= asked.number("years_from")) & (years < asked.number("years_below")),
        {"recognised_year": h.recognised_year, "exit_year": h.exit_year},
    )


@of_household(words="poverty_status")
def exit_year_missing(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Lifted, without the year."""
    return Hit(
        among(h.poverty_status, asked.words("poverty_status")) & h.exit_year.isnull(),
        {"poverty_status": h.poverty_status, "exit_year": h.exit_year},
    )


@of_household(words="poverty_status")
def exit_year_unfounded(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Not yet lifted, with a year of being lifted."""
    return Hit(
        among(h.poverty_status, asked.words("poverty_status")) & h.exit_year.notnull(),
        {"poverty_status": h.poverty_status, "exit_year": h.exit_year},
    )


@of_household(words="group poverty_status")
def group_against_status(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """In a monitored group that a household of this poverty status cannot be in."""
    return Hit(
        monitored(h, asked) & among(h.poverty_status, asked.words("poverty_status")),
        {"group": h["group"], "poverty_status": h.poverty_status},
    )


@of_household(words="group register_class")
def group_against_class(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """In a monitored group that a household of this register class cannot be in."""
    return Hit(
        monitored(h, asked) & among(h.register_class, asked.words("register_class")),
        {"group": h["group"], "register_class": h.register_class},
    )


def monitored(h: ir.Table, asked: Asked) -> ir.BooleanValue:
    """Whether the household is in one of the monitored groups that the check names."""
    return among(h["group"], asked.words("group"))


def _lifted_unwatched(h: ir.Table, asked: Asked) -> ir.BooleanValue:
    return among(h.poverty_status, asked.words("poverty_status")) & (h["group"] == "")
