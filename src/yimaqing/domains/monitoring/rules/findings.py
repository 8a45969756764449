"""From assessed households to what is published: standings (wide) and findings (long).

``standing``: one row per household, for counting. ``findings``: one row per household and
rule that fires, with the readings and members that made it fire.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import ibis
import ibis.expr.types as ir

from yimaqing.domains.monitoring.rules.conditions import is_of_member
from yimaqing.domains.monitoring.rules.households import held_to, water_key
from yimaqing.domains.monitoring.rules.latest import (
    FAIL,
    PASS,
    Clock,
    day_number,
    outcome_of,
    reading_id,
)
from yimaqing.domains.monitoring.rules.members import Flag, flag_if, has, rule_bit
from yimaqing.domains.monitoring.rules.ruleset import (
    COLOURS,
    INDICATORS,
    WATER_ITEMS,
    Rule,
    Ruleset,
)

_STATES = {PASS: "pass", FAIL: "fail"}
_RULE_BITS = 6  # as many rules as fit beside Flag in 64 bits
_MEMBER_KEYS = {"education": "education_key", "medical": "medical_key"}


_FACTS = ("place_code", "register_class", "group", "poverty_status", "main_cause", "member_count")


def standing(assessed: ir.Table, household: ir.Table, ruleset: Ruleset, clock: Clock) -> ir.Table:
    """One row per household: codes of its places, states in words, counts, colour, scheme."""
    assessed = _beside(assessed, household, _FACTS)
    states = {f"{code}_state": _word(assessed[f"{code}_state"]) for code in INDICATORS}
    stale = sum(
        (flag_if(has(assessed.stale, 1 << i), 1) for i in range(len(INDICATORS))),
        ibis.literal(0, "int64"),
    )
    unknown = sum(
        (flag_if(assessed[f"{code}_state"] == 0, 1) for code in INDICATORS),
        ibis.literal(0, "int64"),
    )
    return assessed.select(
        "household_id",
        "place_code",
        "register_class",
        "group",
        "poverty_status",
        "main_cause",
        "member_count",
        county_code=assessed.place_code.left(6),
        township_code=assessed.place_code.left(9),
        village_code=assessed.place_code.left(12),
        persons=assessed.persons.cast("int16"),
        **states,
        stale_count=stale.cast("int16"),
        missing_count=(unknown - stale).cast("int16"),
        contradiction_count=assessed.contradictions.cast("int16"),
        colour=colour_of(assessed, ruleset),
        scheme=ibis.literal(ruleset.scheme.code),
        as_of=ibis.literal(clock.as_of),
    )


def alerts(assessed: ir.Table) -> ir.Table:
    """Households for which a rule fires: what findings are made of."""
    return assessed.filter(assessed.fired != 0)


def findings(
    alert: ir.Table, household: ir.Table, members: ir.Table, ruleset: Ruleset, clock: Clock
) -> ir.Table:
    """One row per household of ``alerts`` and rule that fires.

    Columns: household_id, place_code, rule_code, indicator, scheme, colour,
    ruleset_version, reading_ids and person_ids (ascending, empty for none), value_yuan and
    limit_yuan (of the income rules), since_day (days since 1970-01-01 by China's clock,
    null when the rule rests on no reading).
    """
    evidence = ibis.union(*_evidence(alert, members, ruleset, clock))
    # Grouped by one number, not by three columns: half the time.
    grouped = evidence.group_by("alert").agg(
        reading_ids=_ascending(evidence.reading_id),
        person_ids=_ascending(evidence.person_id),
        value_yuan=evidence.value_yuan.max(),
        limit_yuan=evidence.limit_yuan.max(),
        since_day=evidence.since_day.min(),
    )
    grouped = grouped.mutate(
        household_id=grouped.alert >> _RULE_BITS,
        rule=grouped.alert & (2**_RULE_BITS - 1),
    )
    grouped = _beside(grouped, household, ("place_code",))
    return grouped.select(
        "household_id",
        "place_code",
        county_code=grouped.place_code.left(6),
        rule_code=_lookup(grouped.rule, {i: r.code for i, r in enumerate(ruleset.rules)}),
        indicator=_lookup(grouped.rule, {i: r.indicator for i, r in enumerate(ruleset.rules)}),
        scheme=ibis.literal(ruleset.scheme.code),
        colour=_lookup(
            grouped.rule,
            {i: ruleset.scheme.colour_of(r.code) or "" for i, r in enumerate(ruleset.rules)},
        ),
        ruleset_version=ibis.literal(ruleset.identity),
        reading_ids=grouped.reading_ids,
        person_ids=grouped.person_ids,
        value_yuan=grouped.value_yuan,
        limit_yuan=grouped.limit_yuan,
        since_day=grouped.since_day.cast("int32"),
    )


def _beside(table: ir.Table, household: ir.Table, facts: Sequence[str]) -> ir.Table:
    """Each row beside facts of its household: text costs more to carry along than to join."""
    known = household.select(*facts, known_id="id")
    return table.join(known, table.household_id == known.known_id).drop("known_id")


def _evidence(
    alert: ir.Table, members: ir.Table, ruleset: Ruleset, clock: Clock
) -> Iterator[ir.Table]:
    """One row per reading or member that makes a rule fire."""
    flagged = members.filter(members.flags >= rule_bit(ruleset, ruleset.rules[0]))
    of_members = flagged.join(alert.select("household_id", "fired"), "household_id")
    for position, rule in enumerate(ruleset.rules):
        bit = rule_bit(ruleset, rule)
        if is_of_member(rule.condition):
            hit = of_members.filter(has(of_members.fired, bit), has(of_members.flags, bit))
            yield _row(hit, position, _member_key(hit, rule), clock, person=hit.person_id)
            continue
        hit = alert.filter(has(alert.fired, bit))
        keys = _keys(hit, rule, ruleset, clock)
        if len(keys) > 1:
            # One branch with a row for each key: engines plan a branch as long as they run it.
            hit = hit.mutate(key=ibis.array(keys).unnest())
            keys = [hit.key]
        value, limit = _yuan(hit, rule, ruleset)
        yield _row(hit, position, keys[0] if keys else None, clock, value=value, limit=limit)
    yield from _stale_members(alert, members, ruleset, clock)


def _row(
    table: ir.Table,
    position: int,
    key: ir.IntegerValue | None,
    clock: Clock,
    *,
    person: ir.IntegerValue | None = None,
    value: ir.FloatingValue | None = None,
    limit: ir.FloatingValue | None = None,
) -> ir.Table:
    nothing = ibis.literal(None, "int64")
    none_yuan = ibis.literal(None, "float64")
    return table.select(
        alert=table.household_id * 2**_RULE_BITS + position,
        reading_id=nothing if key is None else ibis.cases((key > 0, reading_id(key))),
        since_day=nothing if key is None else ibis.cases((key > 0, day_number(key, clock))),
        person_id=nothing if person is None else person,
        value_yuan=none_yuan if value is None else value,
        limit_yuan=none_yuan if limit is None else limit,
    )


def _member_key(table: ir.Table, rule: Rule) -> ir.IntegerValue | None:
    """The reading behind a member's finding; facts of the register have none."""
    if rule.condition in {"member_out_of_school", "member_uninsured"}:
        return table[_MEMBER_KEYS[rule.indicator]]
    return None


def _keys(table: ir.Table, rule: Rule, ruleset: Ruleset, clock: Clock) -> list[ir.IntegerValue]:
    """Keys of the readings behind a finding about the household."""
    match rule.condition, rule.indicator:
        case "indicator_fails", "water":
            parts = (table[name] for name in ("water_key", *map(water_key, WATER_ITEMS)))
            return [ibis.cases((outcome_of(key) == FAIL, key), else_=0) for key in parts]
        case "indicator_fails", code:
            return [table[f"{code}_key"]]
        case "income_near_line" | "income_cut", _:
            return [table.income_key]
        case "reading_stale", _:
            return list(_late_keys(table, ruleset, clock))
    return []


def _yuan(
    table: ir.Table, rule: Rule, ruleset: Ruleset
) -> tuple[ir.FloatingValue | None, ir.FloatingValue | None]:
    """What an income rule held against what."""
    match rule.condition, rule.indicator:
        case "indicator_fails", "income":
            return table.income_yuan, table[held_to(ruleset)]
        case "income_near_line", _:
            return table.income_yuan, table.monitoring_line_yuan
        case "income_cut", _:
            return table.income_yuan, table.income_before_yuan
    return None, None


def _late_keys(table: ir.Table, ruleset: Ruleset, clock: Clock) -> Iterator[ir.IntegerValue]:
    """Keys of the household's readings that passed too long ago; 0 for the others."""
    for position, code in enumerate(INDICATORS):
        if code in _MEMBER_KEYS:
            continue
        fresh = clock.fresh_from(ruleset.indicator(code).fresh_days)
        parts = map(water_key, WATER_ITEMS) if code == "water" else ()
        for name in (f"{code}_key", *parts):
            key = table[name]
            late = has(table.stale, 1 << position) & (key < fresh)
            passed = ibis.literal(True) if code == "income" else outcome_of(key) == PASS
            yield ibis.cases((late & passed, key), else_=0)


def _stale_members(
    alert: ir.Table, members: ir.Table, ruleset: Ruleset, clock: Clock
) -> Iterator[ir.Table]:
    """The members' own out-of-date readings, for the rule about stale readings."""
    flags = {"education": Flag.EDUCATION_STALE, "medical": Flag.MEDICAL_STALE}
    for rule in ruleset.rules_with("reading_stale"):
        hit = alert.filter(has(alert.fired, rule_bit(ruleset, rule)))
        for code, flag in flags.items():
            late = members.filter(has(members.flags, flag)).join(
                hit.select("household_id"), "household_id"
            )
            key = late[_MEMBER_KEYS[code]]
            yield _row(late, ruleset.rules.index(rule), key, clock)


def _ascending(column: ir.IntegerColumn) -> ir.ArrayValue:
    """The values in ascending order, empty for none: the same on every engine."""
    values = column.collect(where=column.notnull()).sort()
    # The cast tells PostgreSQL the type of an empty array.
    return values.fill_null(ibis.literal([], "array<int32>").cast("array<int64>"))


def _word(state: ir.IntegerValue) -> ir.StringValue:
    return _lookup(state, _STATES, "unknown")


def _lookup(column: ir.IntegerValue, words: dict[int, str], other: str = "") -> ir.StringValue:
    return ibis.cases(*((column == value, word) for value, word in words.items()), else_=other)


def colour_of(assessed: ir.Table, ruleset: Ruleset) -> ir.StringValue:
    """The most severe colour of the rules that fire; null when none does."""
    branches = []
    for code in COLOURS:
        bits = sum(
            rule_bit(ruleset, rule)
            for rule in ruleset.rules
            if ruleset.scheme.colour_of(rule.code) == code
        )
        branches.append((has(assessed.fired, bits), code))
    return ibis.cases(*branches)


def day_of(number: int | None) -> dt.date | None:
    """The date of ``since_day``."""
    return None if number is None else dt.date(1970, 1, 1) + dt.timedelta(days=number)
