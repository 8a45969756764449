"""The conditions about a household that ask about its members, its help, land and wages.

``h`` is a row of ``doubts.households_of``; ``some(name)`` tells whether a member is such as
the tally of that name says.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from yimaqing.domains.monitoring.checks.conditions import Asked, Hit, Some, of_household
from yimaqing.domains.monitoring.checks.households import monitored
from yimaqing.domains.monitoring.checks.members import works
from yimaqing.domains.monitoring.rules.latest import among

Tally = Mapping[str, ir.BooleanValue]
_FEN = 100


def _of_health(p: ir.Table, asked: Asked) -> Tally:
    return {"such": among(p.health, asked.words("health")), "unknown": p.health == ""}


@of_household(words="cause health", tallies=_of_health)
def cause_without_health(h: ir.Table, asked: Asked, some: Some) -> Hit:
    """The cause of poverty is the health of a member, and no member's health is such."""
    return _nobody(h, asked, some)


def _of_pupils(p: ir.Table, asked: Asked) -> Tally:
    return {
        "such": among(p.student_status, asked.words("student_status")),
        "unknown": p.student_status == "",
    }


@of_household(words="cause student_status", tallies=_of_pupils)
def cause_without_pupil(h: ir.Table, asked: Asked, some: Some) -> Hit:
    """The cause of poverty is schooling, and no member goes to school."""
    return _nobody(h, asked, some)


def _of_labour(p: ir.Table, asked: Asked) -> Tally:
    return {"such": among(p.labour_skill, asked.words("labour")), "unknown": p.labour_skill == ""}


@of_household(words="cause labour", tallies=_of_labour)
def cause_without_labour(h: ir.Table, asked: Asked, some: Some) -> Hit:
    """The cause of poverty is unstable work, and no member is able to work."""
    return _nobody(h, asked, some)


def _of_work(p: ir.Table, asked: Asked) -> Tally:  # noqa: ARG001 - one shape for all
    return {"works": works(p)}


@of_household(words="cause", tallies=_of_work)
def cause_without_work(h: ir.Table, asked: Asked, some: Some) -> Hit:
    """The cause of poverty is unstable work, and there is no record of work."""
    return Hit(
        among(h.main_cause, asked.words("cause")) & (h.members > 0) & ~some("works"),
        {"main_cause": h.main_cause, "members": h.members},
    )


def _of_couple(p: ir.Table, asked: Asked) -> Tally:  # noqa: ARG001 - one shape for all
    return {
        f"{relation}_{sex}": (p.relation == relation) & (p.sex == sex)
        for relation in ("head", "spouse")
        for sex in ("male", "female")
    }


@of_household(tallies=_of_couple)
def couple_of_one_sex(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Head and spouse are recorded with the same sex."""
    men = some("head_male") & some("spouse_male")
    women = some("head_female") & some("spouse_female")
    both = (some("head_male") | some("spouse_male")) & (some("head_female") | some("spouse_female"))
    return Hit((men | women) & ~both, {"sex": ibis.ifelse(men, "male", "female")})


def _of_minimum_living(p: ir.Table, asked: Asked) -> Tally:  # noqa: ARG001 - one shape for all
    return {"such": p.minimum_living, "unknown": p.minimum_living.isnull()}


@of_household(words="attribute", tallies=_of_minimum_living)
def minimum_living_of_nobody(h: ir.Table, asked: Asked, some: Some) -> Hit:
    """A household with the minimum living allowance, of whose members nobody gets it."""
    return Hit(
        among(h.attribute, asked.words("attribute"))
        & (h.members > 0)
        & ~some("such")
        & ~some("unknown"),
        {"attribute": h.attribute, "members": h.members},
    )


def _of_able(p: ir.Table, asked: Asked) -> Tally:
    able = among(p.labour_skill, asked.words("labour")) & among(p.health, asked.words("health"))
    return {"able": able}


@of_household(words="group labour health", tallies=_of_able)
def only_social_security(h: ir.Table, asked: Asked, some: Some) -> Hit:
    """Monitored, with somebody able to work, and helped by social security alone."""
    return Hit(
        monitored(h, asked) & some("able") & (h.measures > 0) & (h.measures == h.social_measures),
        {"measures": h.measures, "social_measures": h.social_measures},
    )


@of_household(words="student_status", tallies=_of_pupils)
def school_help_without_pupil(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """Helped with schooling beyond the compulsory this year, and nobody is in such a school."""
    return Hit(
        (h.school_measures > 0) & (h.members > 0) & ~some("such") & ~some("unknown"),
        {"school_measures": h.school_measures},
    )


@of_household(numbers="limit_mu", words="field")
def land_too_large(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """More land than a household has."""
    (name,) = asked.words("field")
    return Hit(
        h[name] > asked.number("limit_mu"),
        {"living_year": h.living_year, name: (h[name] * 100).round().cast("int64")},
    )


@of_household(numbers="yuan")
def wage_too_small(h: ir.Table, asked: Asked, some: Some) -> Hit:  # noqa: ARG001
    """A year's wages below what anybody earns: a wrong unit or a missing digit."""
    return Hit(
        (h.wage_fen > 0) & (h.wage_fen < asked.number("yuan") * _FEN),
        {"income_year": h.income_year, "wage_fen": h.wage_fen},
    )


def _of_months(p: ir.Table, asked: Asked) -> Tally:
    return {"worked": p.work_months >= asked.number("months")}


@of_household(numbers="months years", tallies=_of_months)
def work_without_wage(h: ir.Table, asked: Asked, some: Some) -> Hit:
    """Somebody works away for months, and the newest income has no wages."""
    recent = h.income_year >= asked.clock.as_of.year - asked.number("years")
    return Hit(
        some("worked") & recent & (h.wage_fen == 0),
        {"income_year": h.income_year, "wage_fen": h.wage_fen},
    )


def _nobody(h: ir.Table, asked: Asked, some: Some) -> Hit:
    return Hit(
        among(h.main_cause, asked.words("cause"))
        & (h.members > 0)
        & ~some("such")
        & ~some("unknown"),
        {"main_cause": h.main_cause, "members": h.members},
    )
