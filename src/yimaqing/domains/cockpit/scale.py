"""Classes of a map: which of five steps of one colour a figure falls in."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

STEPS = 5


@dataclass(frozen=True)
class Scale:
    """Upper bounds of the steps, rising; the last is the largest figure."""

    bounds: tuple[float, ...]

    def step(self, value: float | None) -> int | None:
        """1 … 5 for a figure, 0 for nothing counted, None for not known."""
        if value is None:
            return None
        if value <= 0:
            return 0
        return min(bisect_left(self.bounds, value), len(self.bounds) - 1) + 1


@dataclass(frozen=True)
class Writing:
    """How the figures of a map are written, so that two steps never read the same."""

    places: int | None
    """Of a percentage; None for whole numbers."""

    def text(self, value: float) -> str:
        """0.0362 → 3.62%."""
        if self.places is None:
            return f"{value:,.0f}"
        return f"{self.as_read(value) * 100:.{self.places}f}%"

    def as_read(self, value: float) -> float:
        """The figure as its text says it; what was counted never reads as nothing."""
        if self.places is None or value <= 0:
            return value
        digits = self.places + 2
        return max(round(value, digits), 10.0**-digits)

    def step_text(self, low: float | None, high: float) -> str:
        """A class of the legend: ≤ 1.64%, or 1.64% – 2.10%."""
        return f"≤ {self.text(high)}" if low is None else f"{self.text(low)} – {self.text(high)}"


def writing_of(values: Iterable[float | None], *, shares: bool) -> Writing:
    """Small shares need a second place."""
    if not shares:
        return Writing(None)
    return Writing(2 if max((v for v in values if v is not None), default=0) < 0.05 else 1)


def scale_of(values: Iterable[float | None]) -> Scale:
    """Equal numbers of places in each step (quantiles), as few steps as differing figures.

    Shares of places are skewed; equal widths would put all but one in the lowest step.
    """
    known = sorted(v for v in values if v is not None and v > 0)
    if not known:
        return Scale(())
    cuts = {known[-(-len(known) * k // STEPS) - 1] for k in range(1, STEPS + 1)}
    return Scale(tuple(sorted(cuts)))
