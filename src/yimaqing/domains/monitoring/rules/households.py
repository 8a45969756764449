"""What a household's latest readings and its members say: states, and the rules that fire."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir

from yimaqing.domains.monitoring.rules.conditions import is_of_member
from yimaqing.domains.monitoring.rules.latest import (
    FAIL,
    PASS,
    UNKNOWN,
    Clock,
    among,
    is_in,
    keyed,
    outcome,
    outcome_of,
)
from yimaqing.domains.monitoring.rules.members import Flag, flag_if, has, rule_bit
from yimaqing.domains.monitoring.rules.ruleset import (
    INDICATORS,
    WATER_ITEMS,
    IncomeLine,
    Rule,
    Ruleset,
    Threshold,
)

#: Indicators read once for the whole household, by a word.
_BY_WORD = ("food", "clothing", "housing", "water")
#: Facts that rules look at; ``assessed`` does not carry them on, because text costs more to
#: keep than to join again.
_FACTS = ("place_code", "poverty_status", "member_count")


def latest_of_household(reading: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.Table:
    """household_id and a key for each indicator that is read by a word."""
    mine = keyed(reading.filter(reading.person_id.isnull()), clock)
    keys = {}
    for code in _BY_WORD:
        one = ruleset.indicator(code)
        key = mine.moment + outcome(mine.value_text, one.passes, one.fails)
        keys[f"{code}_key"] = ibis.cases((mine.indicator == code, key)).max()
    return mine.group_by("household_id").agg(**keys)


def latest_of_water(reading: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.Table:
    """household_id and a key per part of drinking water, judged by the place's threshold."""
    mine = keyed(reading.filter(among(reading.indicator, WATER_ITEMS)), clock)
    keys = {}
    for item in WATER_ITEMS:
        key = mine.moment + _water_outcome(mine, ruleset.thresholds_of(item))
        keys[water_key(item)] = ibis.cases((mine.indicator == item, key)).max()
    return mine.group_by("household_id").agg(**keys)


def latest_of_income(reading: ir.Table, clock: Clock) -> ir.Table:
    """household_id, key and yuan of the latest twelve months, and the yuan of a year before."""
    given = (reading.indicator == "income") & reading.value_number.notnull()
    mine = keyed(reading.filter(given), clock)
    earlier = mine.moment < clock.key_at(clock.as_of - dt.timedelta(days=365))
    return mine.group_by("household_id").agg(
        income_key=mine.moment.max(),
        income_yuan=mine.value_number.argmax(mine.moment),
        income_before_yuan=mine.value_number.argmax(mine.moment, where=earlier),
    )


def of_members(members: ir.Table) -> ir.Table:
    """household_id, how many valid members, and their flags together."""
    return members.group_by("household_id").agg(
        persons=members.count(), member_flags=members.flags.bit_or()
    )


def water_key(item: str) -> str:
    """Name of the column that holds the key of a part of drinking water."""
    return item.replace(".", "_") + "_key"


def held_to(ruleset: Ruleset) -> str:
    """Name of the column with the line below which an income fails."""
    of_poverty = ruleset.indicator("income").held_to != "monitoring"
    return "line_yuan" if of_poverty else "monitoring_line_yuan"


def assessed(
    household: ir.Table, reading: ir.Table, members: ir.Table, ruleset: Ruleset, clock: Clock
) -> ir.Table:
    """One row per valid household: keys, states (0 1 2), stale mask, rules that fired."""
    return weighed(with_latest(household, reading, members, ruleset, clock), ruleset, clock)


def weighed(joined: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.Table:
    """``assessed`` of what ``with_latest`` gave."""
    with_lines = joined.mutate(
        line_yuan=_line(joined, ruleset.lines("poverty"), clock),
        monitoring_line_yuan=_line(joined, ruleset.lines("monitoring"), clock),
    )
    states = with_lines.mutate(**_states(with_lines, ruleset, clock))
    marked = states.mutate(
        stale=_stale(states, ruleset, clock), contradictions=_contradictions(states)
    )
    carried = [name for name in marked.columns if name not in (*_FACTS, "member_flags")]
    # Not drop(): over it Ibis writes the whole query anew for every use.
    return marked.select(*carried, fired=_fired(marked, ruleset))


def with_latest(
    household: ir.Table, reading: ir.Table, members: ir.Table, ruleset: Ruleset, clock: Clock
) -> ir.Table:
    """The household beside its latest readings; a key of 0 stands for no reading."""
    valid = household.filter(household.valid).select(*_FACTS, household_id="id")
    table = valid
    for other in (
        latest_of_household(reading, ruleset, clock),
        latest_of_income(reading, clock),
        latest_of_water(reading, ruleset, clock),
        of_members(members),
    ):
        table = table.left_join(other, "household_id").drop("household_id_right")
    numbers = [name for name in table.columns if name.endswith(("_key", "_flags", "persons"))]
    return table.mutate(**{name: table[name].fill_null(0) for name in numbers})


def _water_outcome(reading: ir.Table, thresholds: Sequence[Threshold]) -> ir.IntegerValue:
    branches = [
        (is_in(reading.place_code, one.region), _judged(reading, one)) for one in thresholds
    ]
    return ibis.cases(*branches, else_=UNKNOWN) if branches else ibis.literal(UNKNOWN)


def _judged(reading: ir.Table, threshold: Threshold) -> ir.IntegerValue:
    value = reading.value_number
    if threshold.passes:
        return outcome(reading.value_text, threshold.passes, threshold.fails)
    if threshold.at_least is not None:
        return ibis.cases(
            (value >= threshold.at_least, PASS), (value.notnull(), FAIL), else_=UNKNOWN
        )
    return ibis.cases((value <= threshold.at_most, PASS), (value.notnull(), FAIL), else_=UNKNOWN)


def _line(table: ir.Table, lines: Sequence[IncomeLine], clock: Clock) -> ir.FloatingValue:
    """The line of the place for the year in which the twelve months end; null when not set."""
    branches = [
        (
            is_in(table.place_code, line.region)
            & (table.income_key >= clock.key_at(dt.date(line.year, 1, 1)))
            & (table.income_key < clock.key_at(dt.date(line.year + 1, 1, 1))),
            line.value_yuan,
        )
        for line in lines
    ]
    return ibis.cases(*branches) if branches else ibis.literal(None, "float64")


def _states(table: ir.Table, ruleset: Ruleset, clock: Clock) -> dict[str, ir.IntegerValue]:
    def state(fails: ir.BooleanValue, passes: ir.BooleanValue) -> ir.IntegerValue:
        return ibis.cases((fails, FAIL), (passes, PASS), else_=UNKNOWN).cast("int8")

    def by_word(code: str) -> ir.IntegerValue:
        key = table[f"{code}_key"]
        return state(outcome_of(key) == FAIL, _passes(table, code, ruleset, clock))

    def by_member(fails: Flag, unknown: Flag) -> ir.IntegerValue:
        flags = table.member_flags
        return state(has(flags, fails), (table.persons > 0) & ~has(flags, unknown))

    fresh = table.income_key >= clock.fresh_from(ruleset.indicator("income").fresh_days)
    below = table.income_yuan < table[held_to(ruleset)]
    return {
        "food_state": by_word("food"),
        "clothing_state": by_word("clothing"),
        "education_state": by_member(Flag.EDUCATION_FAILS, Flag.EDUCATION_UNKNOWN),
        "medical_state": by_member(Flag.MEDICAL_FAILS, Flag.MEDICAL_UNKNOWN),
        "housing_state": by_word("housing"),
        "water_state": state(_water_fails(table), _water_passes(table, ruleset, clock)),
        "income_state": state(below, ~below & fresh),
    }


def _passes(table: ir.Table, code: str, ruleset: Ruleset, clock: Clock) -> ir.BooleanValue:
    key = table[f"{code}_key"]
    fresh = key >= clock.fresh_from(ruleset.indicator(code.partition("_")[0]).fresh_days)
    return (outcome_of(key) == PASS) & fresh


def _water_fails(table: ir.Table) -> ir.BooleanValue:
    """Any part that fails, or the overall judgement."""
    return _any(outcome_of(table[key]) == FAIL for key in ("water_key", *_water_keys()))


def _water_passes(table: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.BooleanValue:
    """All four parts, or the overall judgement."""
    return _passes(table, "water", ruleset, clock) | _all(
        _passes(table, key.removesuffix("_key"), ruleset, clock) for key in _water_keys()
    )


def _stale(table: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.IntegerValue:
    """Bit i is set when indicator i is unknown only because its reading is out of date."""
    flags = table.member_flags
    out_of_date = {
        "education": has(flags, Flag.EDUCATION_STALE),
        "medical": has(flags, Flag.MEDICAL_STALE),
        "income": (table.income_key > 0)
        & (table.income_key < clock.fresh_from(ruleset.indicator("income").fresh_days)),
        **{code: outcome_of(table[f"{code}_key"]) == PASS for code in _BY_WORD},
    }
    out_of_date["water"] |= _all(outcome_of(table[key]) == PASS for key in _water_keys())
    stale = ibis.literal(0, "int64")
    for position, code in enumerate(INDICATORS):
        unknown = table[f"{code}_state"] == UNKNOWN
        stale += flag_if(unknown & out_of_date[code], 1 << position)
    return stale


def _contradictions(table: ir.Table) -> ir.IntegerValue:
    """How many kinds of contradiction: of schooling, insurance, head count, water."""
    parts = [outcome_of(table[key]) for key in _water_keys()]
    of_water = ((outcome_of(table.water_key) == PASS) & _any(part == FAIL for part in parts)) | (
        (outcome_of(table.water_key) == FAIL) & _all(part == PASS for part in parts)
    )
    kinds = (
        has(table.member_flags, Flag.EDUCATION_CONTRADICTS),
        has(table.member_flags, Flag.MEDICAL_CONTRADICTS),
        (table.persons > 0) & (table.persons != table.member_count),
        of_water,
    )
    return sum((flag_if(kind, 1) for kind in kinds), ibis.literal(0, "int64"))


def _fired(table: ir.Table, ruleset: Ruleset) -> ir.IntegerValue:
    """A bit per rule that fires, those of the members included."""
    of_member = [rule for rule in ruleset.rules if is_of_member(rule.condition)]
    held_back = [r for r in of_member if r.condition == "member_health_without_labour"]
    plain = sum(rule_bit(ruleset, r) for r in of_member if r not in held_back)
    fired = table.member_flags & plain
    for rule in ruleset.rules:
        if rule in held_back:
            bit = rule_bit(ruleset, rule)
            alone = has(table.member_flags, bit) & ~has(table.member_flags, Flag.ABLE_TO_WORK)
            fired += flag_if(alone, bit)
        elif rule not in of_member:
            fired += flag_if(_fires(table, rule), rule_bit(ruleset, rule))
    return fired


def _fires(table: ir.Table, rule: Rule) -> ir.BooleanValue:
    match rule.condition:
        case "indicator_fails":
            return table[f"{rule.indicator}_state"] == FAIL
        case "income_near_line":
            return (table.income_state != FAIL) & (table.income_yuan < table.monitoring_line_yuan)
        case "income_cut":
            before = table.income_before_yuan
            return (before > 0) & (table.income_yuan <= before * (1 - rule.fall))
        case "household_status":
            return among(table.poverty_status, rule.poverty_status)
        case "reading_stale":
            return table.stale != 0
        case "facts_contradict":
            return table.contradictions > 0
    raise LookupError(f"no expression for condition {rule.condition}")


def _water_keys() -> tuple[str, ...]:
    return tuple(water_key(item) for item in WATER_ITEMS)


def _all(conditions: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(and_, conditions)


def _any(conditions: Iterable[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, conditions)
