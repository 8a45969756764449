"""What forbids that a household's monitoring ends, asked of its file as it is now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from yimaqing.domains.monitoring.queries import Tile, tiles_of, warnings_of
from yimaqing.domains.recognition.loading import in_force
from yimaqing.domains.recognition.models import Procedure, RiskMeasure
from yimaqing.domains.recognition.procedureset import Forbid, is_english
from yimaqing.domains.registry.queries import HouseholdFile, household_file, openable_household


@dataclass(frozen=True)
class Asked:
    """What the conditions look at."""

    procedure: Procedure
    file: HouseholdFile
    tiles: Sequence[Tile]
    warnings: Sequence[str]
    measured: frozenset[str]
    today: dt.date


@dataclass(frozen=True)
class Forbidden:
    """One reason, with what it rests on."""

    rule: Forbid
    said: str


def forbids(procedure: Procedure, *, on: dt.date | None = None) -> list[Forbidden]:
    """Why removal may not be proposed or decided; empty when it may."""
    household = openable_household(procedure.household_id)
    if household is None:
        raise LookupError(procedure.household_id)
    english = is_english()
    open_now, _closed = warnings_of(household.pk, household.place_code)
    measures = RiskMeasure.objects.filter(procedure=procedure)
    asked = Asked(
        procedure=procedure,
        file=household_file(household),
        tiles=tiles_of(household.pk, household.place_code, english=english),
        warnings=[w.text_en if english else w.text_zh for w in open_now],
        measured=frozenset(measures.values_list("risk", flat=True)),
        today=on or timezone.localdate(),
    )
    return [
        Forbidden(rule, f"{rule.said}{_('：')}{what}" if what else rule.said)
        for rule in in_force().forbids
        for what in _CONDITIONS[rule.condition](rule, asked)
    ]


def _tiles(state: str) -> Callable[[Forbid, Asked], Iterator[str]]:
    def ask(_rule: Forbid, asked: Asked) -> Iterator[str]:
        yield from (tile.label for tile in asked.tiles if tile.state == state)

    return ask


def _warned(_rule: Forbid, asked: Asked) -> Iterator[str]:
    yield from asked.warnings


def _transfers(rule: Forbid, asked: Asked) -> Iterator[str]:
    """The latest year's share of transfers, where it is too large."""
    for income in asked.file.incomes[:1]:
        if income.total_fen > 0 and income.transfer_fen > rule.share * income.total_fen:
            yield f"{income.year} · {income.transfer_fen / income.total_fen:.0%}"


def _no_income(_rule: Forbid, asked: Asked) -> Iterator[str]:
    if not asked.file.incomes:
        yield ""


def _observed(rule: Forbid, asked: Asked) -> Iterator[str]:
    since = asked.procedure.recognised_on
    if since is None or asked.today < since + dt.timedelta(days=rule.days):
        watched = (asked.today - since).days if since else 0
        yield _("已监测 %(n)s 天，应满 %(most)s 天") % {"n": watched, "most": rule.days}


def _unmeasured(_rule: Forbid, asked: Asked) -> Iterator[str]:
    labels = in_force().risk_labels()
    yield from (
        labels.get(code, code) for code in asked.procedure.risks if code not in asked.measured
    )


def _no_labour(rule: Forbid, asked: Asked) -> Iterator[str]:
    if not any(member.labour_skill in rule.able for member in asked.file.members):
        yield ""


_CONDITIONS: dict[str, Callable[[Forbid, Asked], Iterator[str]]] = {
    "indicator_fails": _tiles("fail"),
    "indicator_unknown": _tiles("unknown"),
    "warning_open": _warned,
    "transfer_share": _transfers,
    "income_unknown": _no_income,
    "observed_too_short": _observed,
    "measure_missing": _unmeasured,
    "no_labour": _no_labour,
}
