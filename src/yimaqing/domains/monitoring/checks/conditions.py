"""The conditions that a check may name, with the values that each takes.

A condition is about one member, or about the household; the latter may first ask whether
some member is such and such (``tallies``). A condition is true only where every fact that
it speaks of is known: what nobody recorded accuses nobody, except where the missing record
is itself what the check asks about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from yimaqing.domains.monitoring.rules.latest import FAIL, PASS, Clock
from yimaqing.domains.monitoring.rules.ruleset import Ruleset

if TYPE_CHECKING:
    from yimaqing.domains.monitoring.checks.check import Check

#: Whether some member is such and such, by the name of the tally.
Some = Callable[[str], ir.BooleanValue]


@dataclass(frozen=True)
class Asked:
    """What a condition looks at: the check with its values, the day, the rules in force."""

    check: Check
    clock: Clock
    ruleset: Ruleset

    def number(self, name: str) -> int:
        """A value of the check."""
        return self.check.numbers[name]

    def words(self, name: str) -> tuple[str, ...]:
        """Words of the check."""
        return self.check.words[name]


@dataclass(frozen=True)
class Hit:
    """When the facts do not agree, and the facts themselves, by name, as evidence."""

    holds: ir.BooleanValue
    facts: Mapping[str, ir.Value]


def said(outcome: ir.IntegerValue) -> ir.StringValue:
    """What a latest reading said, as a fact: pass, fail, or nothing."""
    return ibis.cases((outcome == PASS, "pass"), (outcome == FAIL, "fail"), else_="")


OfMember = Callable[[ir.Table, Asked], Hit]
OfHousehold = Callable[[ir.Table, Asked, Some], Hit]
Tallies = Callable[[ir.Table, Asked], Mapping[str, ir.BooleanValue]]


@dataclass(frozen=True)
class Condition:
    """An expression under the name that a file of checks uses, and the values that it takes."""

    name: str
    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    of_member: OfMember | None = None
    of_household: OfHousehold | None = None
    tallies: Tallies | None = None


CONDITIONS: dict[str, Condition] = {}


def of_member(*, numbers: str = "", words: str = "") -> Callable[[OfMember], OfMember]:
    """Register a condition about one member, under the name of its function."""

    def register(hit: OfMember) -> OfMember:
        name = hit.__name__
        CONDITIONS[name] = Condition(
            name, tuple(numbers.split()), tuple(words.split()), of_member=hit
        )
        return hit

    return register


def of_household(
    *, numbers: str = "", words: str = "", tallies: Tallies | None = None
) -> Callable[[OfHousehold], OfHousehold]:
    """Register a condition about the household, under the name of its function."""

    def register(hit: OfHousehold) -> OfHousehold:
        name = hit.__name__
        CONDITIONS[name] = Condition(
            name, tuple(numbers.split()), tuple(words.split()), of_household=hit, tallies=tallies
        )
        return hit

    return register
