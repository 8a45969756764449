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


def scale_of(values: Iterable[float | None]) -> Scale:
    """Equal numbers of places in each step (quantiles), as few steps as differing figures.

    Shares of places are skewed; equal widths would put all but one in the lowest step.
    """
    known = sorted(v for v in values if v is not None and v > 0)
    if not known:
        return Scale(())
    cuts = {known[-(-len(known) * k // STEPS) - 1] for k in range(1, STEPS + 1)}
    return Scale(tuple(sorted(cuts)))
