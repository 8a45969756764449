"""The rules in force here: the shipped ones with what the installation says of its own."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from yimaqing.domains.monitoring.checks import (
    SHIPPED,
    Checks,
    Question,
    load_checks,
)
from yimaqing.domains.monitoring.models import IncomeLine
from yimaqing.domains.monitoring.poverty.weights import SHIPPED as SHIPPED_WEIGHTS
from yimaqing.domains.monitoring.poverty.weights import Weights, load_weights
from yimaqing.domains.monitoring.rules import Clock, Ruleset, shipped
from yimaqing.domains.monitoring.rules.ruleset import Citation
from yimaqing.domains.monitoring.rules.ruleset import IncomeLine as Line


def in_force(as_of: dt.date) -> Ruleset:
    """The rules of a day. Raise LookupError when none was in force."""
    own = tuple(
        Line(
            kind=line.kind,
            region=line.region,
            year=line.year,
            value_yuan=line.value_yuan,
            citation=Citation(line.source, line.url, line.status),
        )
        for line in IncomeLine.objects.order_by("kind", "region", "year")
    )
    ruleset = shipped(as_of)
    return ruleset.with_lines(own) if own else ruleset


def act_by(ruleset: Ruleset, colour: str, opened_on: dt.date) -> dt.date:
    """The day until which a warning opened on a day must be acted on: by the scheme."""
    first_of_next = (opened_on.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    return first_of_next.replace(day=ruleset.scheme.colour(colour).act_by_day_of_next_month)


def checks_in_force() -> Checks:
    """The installation's own file of checks (``checks.toml`` in its home), else the shipped one.

    Raise RulesetInvalid, with every fault of the own file.
    """
    own = Path(settings.HOME) / "checks.toml"
    path = own if own.exists() else SHIPPED
    return _checks(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _checks(path: Path, _written: int) -> Checks:
    return load_checks(path)


def weights_in_force() -> Weights:
    """The installation's own weights of the poverty index (``poverty_weights.toml`` in its home),
    else the shipped ones. Raise RulesetInvalid, with every fault of the own file.
    """
    own = Path(settings.HOME) / "poverty_weights.toml"
    return load_weights(own if own.exists() else SHIPPED_WEIGHTS)


def patterns_folder() -> Path:
    """Where the counts that the poverty index is made of are kept, a file a year."""
    return Path(settings.HOME) / "poverty"


def question(as_of: dt.date) -> Question:
    """What the register is asked on a day. Raise LookupError when no rules were in force."""
    return Question(checks_in_force().asked, in_force(as_of), Clock(as_of))
