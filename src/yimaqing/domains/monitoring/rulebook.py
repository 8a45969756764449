"""The rules in force here: the shipped ones with what the installation says of its own."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import models

from yimaqing.domains.monitoring.checks import (
    SHIPPED,
    Checks,
    Question,
    load_checks,
)
from yimaqing.domains.monitoring.models import IncomeLine, RulesetVersion
from yimaqing.domains.monitoring.poverty.weights import SHIPPED as SHIPPED_WEIGHTS
from yimaqing.domains.monitoring.poverty.weights import Weights, load_weights
from yimaqing.domains.monitoring.rules import (
    Clock,
    Rulebook,
    Ruleset,
    all_shipped,
    read_ruleset,
)
from yimaqing.domains.monitoring.rules.areas import book_of
from yimaqing.domains.monitoring.rules.ruleset import Citation
from yimaqing.domains.monitoring.rules.ruleset import IncomeLine as Line

_KEPT = 64


@lru_cache(maxsize=_KEPT)
def document_of(number: int, _published_at: dt.datetime) -> Ruleset:
    """The rule set of a published version, which never changes."""
    held = RulesetVersion.objects.values_list("document", "identity").get(pk=number)
    return read_ruleset(held[0], held[1])


def book_on(day: dt.date) -> Rulebook:
    """The rule sets that judge on a day, by region. Raise LookupError when none was in force."""
    begun = models.Q(effective_to=None) | models.Q(effective_to__gt=day)
    numbers = (
        RulesetVersion.objects.filter(begun, state="published", effective_from__lte=day)
        .order_by("decided_at", "pk")
        .values_list("pk", "decided_at")
    )
    own = own_lines()
    shipped_ones = (one.with_lines(own) for one in all_shipped() if one.is_in_force(day))
    book = book_of([*shipped_ones, *(document_of(*one).with_other_lines(own) for one in numbers)])
    if not book.sets:
        raise LookupError(f"no rule set is in force on {day}")
    return book


def in_force(as_of: dt.date, place_code: str = "") -> Ruleset:
    """The rules of a day at a place. Raise LookupError when none was in force."""
    return book_on(as_of).at(place_code)


def version_named(identity: str) -> Ruleset | None:
    """The shipped or published rule set that warnings name so, with the installation's own
    lines; None when it is not known.
    """
    for one in all_shipped():
        if one.identity == identity:
            return one.with_lines(own_lines())
    found = RulesetVersion.objects.filter(state="published", identity=identity)
    held = found.values_list("pk", "decided_at").first()
    return document_of(*held).with_other_lines(own_lines()) if held else None


def version_before(ruleset: Ruleset) -> Ruleset | None:
    """What a rule set was made from, or the shipped one that it succeeds."""
    made = RulesetVersion.objects.filter(identity=ruleset.identity, state="published")
    based_on = made.values_list("based_on", flat=True).first()
    if based_on:
        return version_named(based_on) if based_on != ruleset.identity else None
    earlier = [one for one in all_shipped() if one.effective_from < ruleset.effective_from]
    return earlier[-1] if earlier else None


def own_lines() -> tuple[Line, ...]:
    """The income lines that the installation entered with ``yimaqing rules lines``."""
    return tuple(
        Line(
            kind=line.kind,
            region=line.region,
            year=line.year,
            value_yuan=line.value_yuan,
            citation=Citation(line.source, line.url, line.status),
        )
        for line in IncomeLine.objects.order_by("kind", "region", "year")
    )


def overruled_lines(day: dt.date) -> list[tuple[Line, str]]:
    """Own lines that a published version sets otherwise, with the version."""
    return [
        (line, one.identity)
        for line in own_lines()
        for one in book_on(day).sets
        if line not in one.income_lines
        and any(
            (held.kind, held.region, held.year) == (line.kind, line.region, line.year)
            for held in one.income_lines
        )
    ]


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


def question(as_of: dt.date, ruleset: Ruleset) -> Question:
    """What the register is asked on a day under a rule set."""
    return Question(checks_in_force().asked, ruleset, Clock(as_of))
