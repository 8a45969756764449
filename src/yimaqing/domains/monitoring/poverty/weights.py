"""Weights and cut-off of the index, from TOML, with exact errors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yimaqing.domains.monitoring.rules.reading import parse
from yimaqing.domains.monitoring.rules.ruleset import INDICATORS, STATUSES, Citation

SHIPPED = Path(__file__).with_name("weights.toml")


@dataclass(frozen=True)
class Weights:
    """Points of each indicator, and the points from which a household counts as poor."""

    version: str
    points: tuple[int, ...]
    """In the order of INDICATORS."""
    cutoff: int
    citation: Citation

    @property
    def total(self) -> int:
        """The points of a household that lacks everything."""
        return sum(self.points)


def load_weights(path: Path) -> Weights:
    """The weights of a file. Raise RulesetInvalid, with every fault and its line."""
    document = parse(path)
    head, held = document.table("index"), document.table("weights")
    points: tuple[int, ...] = ()
    version, cutoff, citation = "", 1, Citation("", "", "")
    if held:
        points = tuple(held.whole(code, low=0, high=1000) for code in INDICATORS)
        held.unasked()
        if not sum(points):
            held.fault(INDICATORS[0], "权重全为零", "至少一项指标的权重大于零")
    if head:
        version = head.text("version")
        cutoff = head.whole("cutoff", low=1, high=max(1, sum(points)))
        citation = Citation(
            head.text("source"), head.text("url", ""), head.text("status", among=STATUSES)
        )
        head.unasked()
    document.finish()
    return Weights(version, points, cutoff, citation)
