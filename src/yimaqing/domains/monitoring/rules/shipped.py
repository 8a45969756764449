"""The rule sets that come with this version of the product."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from yimaqing.domains.monitoring.rules.loading import RULESETS, load_ruleset
from yimaqing.domains.monitoring.rules.ruleset import Ruleset


@lru_cache(maxsize=1)
def all_shipped() -> tuple[Ruleset, ...]:
    """The rule sets of this product's version, those that begin earlier first."""
    found = (load_ruleset(path) for path in sorted(RULESETS.glob("*.toml")))
    return tuple(sorted(found, key=lambda one: one.effective_from))


def shipped(as_of: dt.date) -> Ruleset:
    """The newest shipped rule set in force on a day.

    Before the first one began there were no rules: LookupError.
    """
    in_force = [one for one in all_shipped() if one.is_in_force(as_of)]
    if not in_force:
        raise LookupError(f"no rule set is in force on {as_of}")
    return in_force[-1]
