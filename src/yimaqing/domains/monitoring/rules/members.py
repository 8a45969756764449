"""What each member's facts and latest readings say, as flags.

Flags of the members of a household combine by ``bit_or``: one aggregate instead of
fifteen, which is what keeps thirty million households within the bar.
"""

from __future__ import annotations

import datetime as dt
from enum import IntFlag

import ibis
import ibis.expr.types as ir

from yimaqing.domains.monitoring.rules.latest import (
    FAIL,
    PASS,
    Clock,
    among,
    keyed,
    outcome,
    outcome_of,
)
from yimaqing.domains.monitoring.rules.ruleset import Indicator, Rule, Ruleset


class Flag(IntFlag):
    """What is true of a member. Rules follow from bit RULES_FROM on, in the set's order."""

    EDUCATION_FAILS = 1
    EDUCATION_UNKNOWN = 2
    EDUCATION_STALE = 4
    EDUCATION_CONTRADICTS = 8
    MEDICAL_FAILS = 16
    MEDICAL_UNKNOWN = 32
    MEDICAL_STALE = 64
    MEDICAL_CONTRADICTS = 128
    # What the register says, before any reading is looked at.
    OF_SCHOOL_AGE = 256
    NEEDS_INSURANCE = 512
    ABLE_TO_WORK = 1024
    REGISTERED_AS_PUPIL = 2048
    REGISTERED_AS_OUT = 4096
    REGISTERED_AS_INSURED = 8192


RULES_FROM = 16


def rule_bit(ruleset: Ruleset, rule: Rule) -> int:
    """The bit of a rule, in the flags of a member and in ``fired`` of a household."""
    return int(1 << (RULES_FROM + ruleset.rules.index(rule)))


def has(flags: ir.IntegerValue, bits: int) -> ir.BooleanValue:
    """Whether any of ``bits`` is set."""
    return (flags & bits) != 0


def flag_if(condition: ir.BooleanValue, bit: int) -> ir.IntegerValue:
    """``bit`` where the condition holds, else 0 (also where it is unknown)."""
    return ibis.ifelse(condition, ibis.literal(bit, "int64"), ibis.literal(0, "int64"))


def latest_of_person(reading: ir.Table, indicator: Indicator, clock: Clock) -> ir.Table:
    """person_id, key: the latest reading of an indicator of each person."""
    mine = keyed(
        reading.filter(reading.indicator == indicator.code, reading.person_id.notnull()), clock
    )
    key = mine.moment + outcome(mine.value_text, indicator.passes, indicator.fails)
    return mine.group_by("person_id").agg(**{f"{indicator.code}_key": key.max()})


def members(person: ir.Table, reading: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.Table:
    """household_id, person_id, education_key, medical_key, flags: one row per valid member.

    The register's words become bits before the joins: carrying text through them would
    double their cost.
    """
    present = person.filter(person.valid)
    known = present.select("household_id", person_id="id", facts=_facts(present, ruleset, clock))
    of_doctor = latest_of_person(reading, ruleset.indicator("medical"), clock)
    of_school = latest_of_person(reading, ruleset.indicator("education"), clock)
    joined = known.left_join(of_doctor, "person_id").drop("person_id_right")
    joined = joined.left_join(of_school, "person_id").drop("person_id_right")
    joined = joined.select(
        "household_id",
        "person_id",
        "facts",
        education_key=joined.education_key.fill_null(0),
        medical_key=joined.medical_key.fill_null(0),
    )
    return joined.select(
        "household_id",
        "person_id",
        "education_key",
        "medical_key",
        flags=_flags(joined, ruleset, clock),
    )


def _facts(person: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.IntegerValue:
    """The bits that follow from the register alone."""
    education, medical = ruleset.indicator("education"), ruleset.indicator("medical")
    newborn_from = clock.as_of - dt.timedelta(days=medical.newborn_days)
    exempt = person.born_on > newborn_from
    if medical.military_exempt:
        exempt |= person.military
    status = person.student_status
    return (
        flag_if(
            (person.born_on < clock.born_after(education.age_from))
            & (person.born_on >= clock.born_after(education.age_to + 1)),
            Flag.OF_SCHOOL_AGE,
        )
        + ibis.cases((exempt, 0), else_=ibis.literal(int(Flag.NEEDS_INSURANCE), "int64"))
        + ibis.cases(
            (among(person.labour_skill, ruleset.unable_to_work), 0),
            else_=ibis.literal(int(Flag.ABLE_TO_WORK), "int64"),
        )
        + ibis.cases(
            (among(status, education.register_passes), int(Flag.REGISTERED_AS_PUPIL)),
            (among(status, education.register_fails), int(Flag.REGISTERED_AS_OUT)),
            else_=ibis.literal(0, "int64"),
        )
        + flag_if(person.resident_medical | person.employee_medical, Flag.REGISTERED_AS_INSURED)
        + _health(person, ruleset)
    )


def _health(person: ir.Table, ruleset: Ruleset) -> ir.IntegerValue:
    """Bits of the rules about health, one branch per word so that the healthy cost little."""
    branches = []
    for word in sorted({word for rule in ruleset.rules for word in rule.health}):
        bits = ibis.literal(0, "int64")
        for rule in ruleset.rules:
            if word not in rule.health:
                continue
            if rule.condition == "member_ill_without_major_insurance":
                bits += flag_if(~person.major_illness_insurance, rule_bit(ruleset, rule))
            else:
                bits += rule_bit(ruleset, rule)
        branches.append((person.health == word, bits))
    none = ibis.literal(0, "int64")
    return ibis.cases(*branches, else_=none) if branches else none


def _flags(person: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.IntegerValue:
    """All bits of a member: those of the register and those of the readings.

    Being out of school or uninsured does not heal with time: only what passes goes stale.
    The branches stand in the order of how often they apply: engines skip the rest.
    """
    facts = person.facts

    def bits_of(condition: str) -> int:
        return sum(rule_bit(ruleset, rule) for rule in ruleset.rules_with(condition))

    def bits(flags: int) -> ir.IntegerValue:
        return ibis.literal(int(flags), "int64")

    key, fresh = person.medical_key, clock.fresh_from(ruleset.indicator("medical").fresh_days)
    failed = bits(Flag.MEDICAL_FAILS | bits_of("member_uninsured"))
    insurance = ibis.cases(
        ((outcome_of(key) == PASS) & (key >= fresh), bits(0)),
        (~has(facts, Flag.NEEDS_INSURANCE), bits(0)),
        (
            outcome_of(key) == FAIL,
            failed + flag_if(has(facts, Flag.REGISTERED_AS_INSURED), Flag.MEDICAL_CONTRADICTS),
        ),
        (outcome_of(key) == PASS, bits(Flag.MEDICAL_UNKNOWN | Flag.MEDICAL_STALE)),
        else_=bits(Flag.MEDICAL_UNKNOWN),
    )
    key, fresh = person.education_key, clock.fresh_from(ruleset.indicator("education").fresh_days)
    failed = bits(Flag.EDUCATION_FAILS | bits_of("member_out_of_school"))
    denied = flag_if(has(facts, Flag.REGISTERED_AS_OUT), Flag.EDUCATION_CONTRADICTS)
    schooling = ibis.cases(
        (~has(facts, Flag.OF_SCHOOL_AGE), bits(0)),
        ((outcome_of(key) == PASS) & (key >= fresh), denied),
        (
            outcome_of(key) == FAIL,
            failed + flag_if(has(facts, Flag.REGISTERED_AS_PUPIL), Flag.EDUCATION_CONTRADICTS),
        ),
        (
            outcome_of(key) == PASS,
            bits(Flag.EDUCATION_UNKNOWN | Flag.EDUCATION_STALE) + denied,
        ),
        else_=bits(Flag.EDUCATION_UNKNOWN | bits_of("member_school_unverified")),
    )
    return facts + insurance + schooling
