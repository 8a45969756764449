"""The conditions about one member. ``p`` is a row of ``doubts.members_of``: the member's
facts, what the register says of the household, and the latest reading of schooling.
"""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir

from yimaqing.domains.monitoring.checks.conditions import Asked, Hit, of_member, said
from yimaqing.domains.monitoring.rules.latest import FAIL, among, outcome_of


def works(p: ir.Table) -> ir.BooleanValue:
    """Whether a record says that the member works away."""
    return (p.work_months.fill_null(0) > 0) | (p.work_area != "")


def between(p: ir.Table, asked: Asked) -> ir.BooleanValue:
    """Whether the member has completed ``age_from`` and not yet ``age_below`` years."""
    old = p.born_on < asked.clock.born_after(asked.number("age_from"))
    young = p.born_on >= asked.clock.born_after(asked.number("age_below"))
    return old & young


def of_school_age(p: ir.Table, asked: Asked) -> ir.BooleanValue:
    """Whether the member is of the age of compulsory education by the rule set in force."""
    education = asked.ruleset.indicator("education")
    return (p.born_on < asked.clock.born_after(education.age_from)) & (
        p.born_on >= asked.clock.born_after(education.age_to + 1)
    )


@of_member(words="field")
def field_missing(p: ir.Table, asked: Asked) -> Hit:
    """A field of the member is empty."""
    (name,) = asked.words("field")
    column = p[name]
    empty = column.isnull() if name == "born_on" else column == ""
    return Hit(empty, {name: column})


@of_member()
def insurance_unknown(p: ir.Table, asked: Asked) -> Hit:  # noqa: ARG001 - one shape for all
    """Neither basic medical insurance is recorded, as yes or as no."""
    return Hit(
        p.resident_medical.isnull() & p.employee_medical.isnull(),
        {"resident_medical": p.resident_medical, "employee_medical": p.employee_medical},
    )


@of_member(numbers="newborn_days")
def uninsured(p: ir.Table, asked: Asked) -> Hit:
    """Recorded as in neither basic medical insurance, and neither soldier nor newborn."""
    newest = asked.clock.as_of - dt.timedelta(days=asked.number("newborn_days"))
    excused = p.military.fill_null(False) | (p.born_on > newest).fill_null(False)
    return Hit(
        ~p.resident_medical & ~p.employee_medical & ~excused,
        {"resident_medical": p.resident_medical, "employee_medical": p.employee_medical},
    )


@of_member(words="health")
def major_insurance_unknown(p: ir.Table, asked: Asked) -> Hit:
    """Seriously ill, and nothing says whether the insurance of major illness covers it."""
    return Hit(
        among(p.health, asked.words("health")) & p.major_illness_insurance.isnull(),
        {"health": p.health, "major_illness_insurance": p.major_illness_insurance},
    )


@of_member(words="student_status")
def out_of_school(p: ir.Table, asked: Asked) -> Hit:
    """Of school age, and recorded as no pupil without saying why."""
    return Hit(
        of_school_age(p, asked) & among(p.student_status, asked.words("student_status")),
        {"born_on": p.born_on, "student_status": p.student_status},
    )


@of_member(numbers="age_from age_below", words="labour")
def labour_at_age(p: ir.Table, asked: Asked) -> Hit:
    """Recorded as labour at an age that does not fit it."""
    return Hit(
        between(p, asked) & among(p.labour_skill, asked.words("labour")),
        {"born_on": p.born_on, "labour_skill": p.labour_skill},
    )


@of_member(numbers="age_from age_below", words="labour health student_status")
def able_without_labour(p: ir.Table, asked: Asked) -> Hit:
    """Healthy, of working age, no pupil, and recorded as unable to work."""
    return Hit(
        between(p, asked)
        & among(p.health, asked.words("health"))
        & among(p.student_status, asked.words("student_status"))
        & among(p.labour_skill, asked.words("labour")),
        {"born_on": p.born_on, "health": p.health, "labour_skill": p.labour_skill},
    )


@of_member(words="labour")
def works_without_labour(p: ir.Table, asked: Asked) -> Hit:
    """Works away, and recorded as unable to work."""
    return Hit(
        works(p) & among(p.labour_skill, asked.words("labour")),
        {
            "labour_skill": p.labour_skill,
            "work_area": p.work_area,
            "work_months": p.work_months,
        },
    )


@of_member(numbers="age_from age_below")
def works_at_age(p: ir.Table, asked: Asked) -> Hit:
    """Works away at an age at which nobody may."""
    return Hit(
        between(p, asked) & works(p),
        {"born_on": p.born_on, "work_area": p.work_area, "work_months": p.work_months},
    )


@of_member(words="male female")
def relation_against_sex(p: ir.Table, asked: Asked) -> Hit:
    """A relation to the head that the other sex has."""
    return Hit(
        ((p.sex == "female") & among(p.relation, asked.words("male")))
        | ((p.sex == "male") & among(p.relation, asked.words("female"))),
        {"relation": p.relation, "sex": p.sex},
    )


@of_member(words="student_status health")
def absent_but_healthy(p: ir.Table, asked: Asked) -> Hit:
    """Of school age and excused from school for the health, but recorded as healthy."""
    return Hit(
        of_school_age(p, asked)
        & among(p.student_status, asked.words("student_status"))
        & among(p.health, asked.words("health")),
        {"student_status": p.student_status, "health": p.health},
    )


@of_member(words="poverty_status health")
def lifted_ill_uncovered(p: ir.Table, asked: Asked) -> Hit:
    """Seriously ill and not covered, in a lifted household that is not monitored."""
    return Hit(
        _lifted_unwatched(p, asked)
        & among(p.health, asked.words("health"))
        & ~p.major_illness_insurance,
        {"health": p.health, "major_illness_insurance": p.major_illness_insurance},
    )


@of_member(words="poverty_status student_status")
def lifted_child_out(p: ir.Table, asked: Asked) -> Hit:
    """Of school age and out of school, in a lifted household that is not monitored."""
    reading = outcome_of(p.education_key.fill_null(0))
    out = among(p.student_status, asked.words("student_status")) | (reading == FAIL)
    return Hit(
        _lifted_unwatched(p, asked) & of_school_age(p, asked) & out,
        {
            "born_on": p.born_on,
            "student_status": p.student_status,
            "education": said(reading),
        },
    )


@of_member(numbers="age_from age_below", words="attribute health student_status labour")
def supported_but_able(p: ir.Table, asked: Asked) -> Hit:
    """Able to work, in a household that is supported because nobody is."""
    return Hit(
        among(p.attribute, asked.words("attribute"))
        & between(p, asked)
        & among(p.health, asked.words("health"))
        & among(p.student_status, asked.words("student_status"))
        & among(p.labour_skill, asked.words("labour")),
        {"born_on": p.born_on, "health": p.health, "labour_skill": p.labour_skill},
    )


@of_member(numbers="age_from age_below")
def head_at_age(p: ir.Table, asked: Asked) -> Hit:
    """A head who is a child."""
    return Hit((p.relation == "head") & between(p, asked), {"born_on": p.born_on})


def _lifted_unwatched(p: ir.Table, asked: Asked) -> ir.BooleanValue:
    return among(p.poverty_status, asked.words("poverty_status")) & (p["group"] == "")
