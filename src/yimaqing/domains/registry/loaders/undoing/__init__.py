"""How batches of the registry's datasets are taken back.

What a batch created is known from the history; so is what officers have changed since.
Readings that followed from it go with it: they were its statements. A record on which
anything of others hangs (a member, a payment, a code on a door) stays and is listed.
"""

from __future__ import annotations

from yimaqing.domains.registry.loaders.undoing.households import DERIVED, HOLDING, UNDO_HOUSEHOLDS
from yimaqing.domains.registry.loaders.undoing.listed import UNDO_LISTED
from yimaqing.domains.registry.loaders.undoing.parts import (
    MESSAGES,
    NUMBER_OF,
    history,
    locked,
    of_household,
)
from yimaqing.domains.registry.loaders.undoing.persons import UNDO_PERSONS
from yimaqing.kit.dataset import Undo

__all__ = [
    "DERIVED",
    "HOLDING",
    "MESSAGES",
    "UNDO_HOUSEHOLDS",
    "UNDO_INCOMES",
    "UNDO_LISTED",
    "UNDO_LIVING",
    "UNDO_MEASURES",
    "UNDO_PAIRINGS",
    "UNDO_PAYMENTS",
    "UNDO_PERSONS",
    "UNDO_READINGS",
]

UNDO_READINGS = Undo(
    created="SELECT id FROM registry_reading WHERE batch_id = %(batch)s",
    label=NUMBER_OF,
    lock=(locked("registry_reading"),),
    # A reading has no history of its own; what is withdrawn is told in that of its household.
    before=(
        history(
            "reading",
            "jsonb_build_object('indicator', t.indicator, 'value', coalesce(nullif(t.value_text,"
            " ''), t.value_number::text), 'observed_at', t.observed_at)",
        ),
    ),
)
UNDO_INCOMES = of_household(
    "yearlyincome",
    "t.year",
    readings=True,
    together=(
        *("wage_fen", "operating_fen", "property_fen", "transfer_fen", "operating_cost_fen"),
        *("total_fen", "net_fen", "per_capita_fen", "divisor", "divisor_basis"),
    ),
)
UNDO_LIVING = of_household("livingcondition", "t.year", readings=True)
UNDO_MEASURES = of_household("measure", "t.number")
UNDO_PAYMENTS = of_household("payment", "t.serial")
# Whose helper it was is what takes the household from him again.
UNDO_PAIRINGS = of_household(
    "pairing", "t.starts_on", removed="jsonb_build_object('user_id', t.user_id)"
)
