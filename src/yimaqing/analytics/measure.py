"""What a cockpit can count: plug-ins that domains offer in ``measures.py``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import ibis

#: The household whose row is judged: ``row.colour == "red"``.
row: Any = ibis.deferred

#: Holds for every household.
EVERY: Any = row.household_id.notnull()


@dataclass(frozen=True, eq=False)
class Measure:
    """A figure over the standing table (one row a household), and the list behind it.

    ``holds`` says which households are counted, ``among`` which could be: those for which
    it is known at all. A village without one of the latter is unreported, never zero.
    With ``weight`` "people" a household counts as its members. ``label`` and ``definition``
    are texts, or lazy texts that ``str()`` turns into the reader's language.
    """

    code: str
    label: Any
    definition: Any
    family: str
    holds: Any = field(default_factory=lambda: EVERY)
    among: Any = field(default_factory=lambda: EVERY)
    weight: Literal["households", "people"] = "households"
    colour: Literal["", "red", "orange", "yellow"] = ""

    def holds_in(self, table: ibis.Table) -> ibis.expr.types.BooleanValue:
        """``holds and among`` over a table; unknown counts as no."""
        both = self.holds.resolve(table) & self.among.resolve(table)
        return both.fill_null(False)

    def among_in(self, table: ibis.Table) -> ibis.expr.types.BooleanValue:
        """``among`` over a table; unknown counts as no."""
        return self.among.resolve(table).fill_null(False)

    def total(
        self, table: ibis.Table, condition: ibis.expr.types.BooleanValue
    ) -> ibis.expr.types.IntegerValue:
        """The households, or their members, for which a condition holds."""
        weight = table.member_count if self.weight == "people" else ibis.literal(1)
        return ibis.ifelse(condition, weight, 0).cast("int64").sum()
