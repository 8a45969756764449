"""From the published tables to doubts: one row per household and check that finds something.

The evidence is text: ``name=value,name=value`` about the household, and for members
``person:name=value,…;person:…`` in the order of their ids (twelve digits). Values are slugs,
whole numbers and days, written alike by every engine: the text is its own fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, or_

import ibis
import ibis.expr.types as ir

from yimaqing.domains.monitoring.checks.check import Check
from yimaqing.domains.monitoring.checks.conditions import CONDITIONS, Asked, Hit, Some
from yimaqing.domains.monitoring.rules.latest import Clock, keyed, outcome
from yimaqing.domains.monitoring.rules.members import flag_if, has, latest_of_person
from yimaqing.domains.monitoring.rules.ruleset import Indicator, Ruleset

Hits = Mapping[int, Hit]
_ID_DIGITS = 12
SOCIAL_SECURITY, OTHER_EDUCATION = "social_security", "other_education"


@dataclass(frozen=True)
class Register:
    """The published tables, whole or of one household."""

    household: ir.Table
    person: ir.Table
    reading: ir.Table
    income: ir.Table
    living: ir.Table
    measure: ir.Table


@dataclass(frozen=True)
class Question:
    """The checks that are asked, as of which day, under which rules."""

    checks: tuple[Check, ...]
    ruleset: Ruleset
    clock: Clock

    def asked(self, *, of_members: bool) -> list[tuple[int, Asked]]:
        """The checks about members, or those about households, each with its number."""
        return [
            (number, Asked(check, self.clock, self.ruleset))
            for number, check in enumerate(self.checks)
            if (CONDITIONS[check.condition].of_member is not None) == of_members
        ]


def members_of(held: Register, question: Question) -> ir.Table:
    """The valid members of valid households, with what the checks ask of the household."""
    present = held.person.filter(held.person.valid)
    of_household = held.household.filter(held.household.valid).select(
        "poverty_status", "group", "attribute", known_id="id"
    )
    joined = present.join(of_household, present.household_id == of_household.known_id)
    school = latest_of_person(
        held.reading, question.ruleset.indicator("education"), question.clock
    ).rename(of_person="person_id")
    return joined.left_join(school, joined.id == school.of_person).drop(
        "of_person", "known_id", "valid"
    )


def households_of(held: Register, members: ir.Table, question: Question) -> ir.Table:
    """The valid households with the newest year of living and income, help, readings, tallies."""
    year = question.clock.as_of.year
    whole = held.household.filter(held.household.valid)
    parts = (
        _newest(held.living, year, "living_year"),
        _newest(held.income, year, "income_year"),
        _help(held.measure, year),
        _tallied(members, question),
        *(
            _latest(held.reading, question.ruleset.indicator(code), question.clock)
            for code in ("housing", "water")
        ),
    )
    for part in parts:
        beside = part.rename(beside_id="household_id")
        whole = whole.left_join(beside, whole.id == beside.beside_id).drop("beside_id")
    counts = ("measures", "social_measures", "school_measures", "members", "flags")
    keys = ("housing_key", "water_key")
    return whole.mutate(**{name: whole[name].fill_null(0) for name in (*counts, *keys)})


def doubts(members: ir.Table, households: ir.Table, question: Question) -> ir.Table:
    """household_id, place_code, county_code, check_code, facts: what the checks find."""
    found = ibis.union(
        _of_members(members, question), _of_households(households, members, question)
    )
    place = households.select("place_code", known_id="id")
    found = found.join(place, found.household_id == place.known_id)
    codes = ((found.number == number, check.code) for number, check in enumerate(question.checks))
    return found.select(
        "household_id",
        "place_code",
        "facts",
        county_code=found.place_code.left(6),
        check_code=ibis.cases(*codes, else_=""),
    )


def _of_members(members: ir.Table, question: Question) -> ir.Table:
    def hits(of: ir.Table) -> Hits:
        return {
            number: hit(of, asked)
            for number, asked in question.asked(of_members=True)
            if (hit := CONDITIONS[asked.check.condition].of_member)
        }

    rows = _rows(members, hits)
    # Ids of one length sort alike as texts everywhere; an ordered aggregate of texts costs DuckDB
    # ten times this.
    fact = rows.id.cast("string").lpad(_ID_DIGITS, "0").concat(":", rows.facts)
    grouped = rows.group_by("household_id", "number").agg(facts=fact.collect())
    return grouped.mutate(facts=ibis.literal(";").join(grouped.facts.sort()))


def _of_households(households: ir.Table, members: ir.Table, question: Question) -> ir.Table:
    bits = {key: 1 << bit for bit, key in enumerate(_tallies(members, question))}

    def hits(of: ir.Table) -> Hits:
        return {
            number: hit(of, asked, _some(of, asked, bits))
            for number, asked in question.asked(of_members=False)
            if (hit := CONDITIONS[asked.check.condition].of_household)
        }

    rows = _rows(households, hits)
    return rows.select("number", "facts", household_id=rows.id).select(
        "household_id", "number", "facts"
    )


def _rows(table: ir.Table, hits: Callable[[ir.Table], Hits]) -> ir.Table:
    """The table with a row for each hit, its check's number and its facts.

    One pass with an array of numbers a row: a branch for each check would scan the table forty
    times. Facts become text only where something is found.
    """
    found = hits(table)
    numbers = [
        ibis.ifelse(hit.holds, ibis.literal(number, "int64"), ibis.literal(None, "int64"))
        for number, hit in found.items()
    ]
    some = table.filter(reduce(or_, (hit.holds for hit in found.values())))
    rows = some.mutate(number=ibis.array(numbers).unnest())
    rows = rows.filter(rows.number.notnull())
    texts = ((rows.number == number, _text(hit)) for number, hit in hits(rows).items())
    return rows.mutate(facts=ibis.cases(*texts, else_=""))


def _text(hit: Hit) -> ir.StringValue:
    """``born_on=2010-02-02,labour_skill=ordinary``."""
    parts: list[ir.StringValue] = []
    for position, (name, value) in enumerate(hit.facts.items()):
        text = value if value.type().is_string() else value.cast("string")
        parts += [ibis.literal(f"{',' if position else ''}{name}="), text.fill_null("")]
    return reduce(add, parts)


def _newest(yearly: ir.Table, year: int, name: str) -> ir.Table:
    """The row of the newest year of each household, up to ``year``; its year as ``name``."""
    known = yearly.filter(yearly.year <= year).drop("place_code")
    newest = known.group_by("household_id").agg(newest_year=known.year.max())
    newest = newest.rename(of_household="household_id")
    same = [known.household_id == newest.of_household, known.year == newest.newest_year]
    return known.join(newest, same).drop("of_household", "newest_year").rename({name: "year"})


def _help(measure: ir.Table, year: int) -> ir.Table:
    """How many help measures, of which years, how many of them of the kinds that are asked for."""
    group = measure.measure_group
    this_year = (group == OTHER_EDUCATION) & (measure.year == year)
    return measure.group_by("household_id").agg(
        measures=measure.count(),
        measure_first_year=measure.year.min(),
        measure_last_year=measure.year.max(),
        social_measures=ibis.ifelse(group == SOCIAL_SECURITY, 1, 0).sum(),
        school_measures=ibis.ifelse(this_year, 1, 0).sum(),
    )


def _latest(reading: ir.Table, indicator: Indicator, clock: Clock) -> ir.Table:
    """The latest reading of the household, as a key that tells its outcome."""
    mine = keyed(
        reading.filter(reading.indicator == indicator.code, reading.person_id.isnull()), clock
    )
    key = mine.moment + outcome(mine.value_text, indicator.passes, indicator.fails)
    return mine.group_by("household_id").agg(**{f"{indicator.code}_key": key.max()})


def _tallies(members: ir.Table, question: Question) -> dict[tuple[str, str], ir.BooleanValue]:
    """What is asked of the members for the checks about households, by check and name."""
    found = {}
    for _number, asked in question.asked(of_members=False):
        tallies = CONDITIONS[asked.check.condition].tallies
        for name, expression in (tallies(members, asked) if tallies else {}).items():
            found[asked.check.code, name] = expression
    return found


def _tallied(members: ir.Table, question: Question) -> ir.Table:
    """How many members there are, and as bits what some of them are.

    One aggregate of bits instead of two dozen of flags.
    """
    flags = [
        flag_if(expression, 1 << bit)
        for bit, expression in enumerate(_tallies(members, question).values())
    ]
    flagged = members.select("household_id", flags=reduce(add, flags, ibis.literal(0, "int64")))
    return flagged.group_by("household_id").agg(
        members=flagged.count(), flags=flagged.flags.bit_or()
    )


def _some(households: ir.Table, asked: Asked, bits: Mapping[tuple[str, str], int]) -> Some:
    return lambda name: has(households.flags, bits[asked.check.code, name])
