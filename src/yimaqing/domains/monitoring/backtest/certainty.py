"""How far a figure may be trusted that was counted from a few cases."""

from __future__ import annotations

from math import sqrt

#: Two-sided 95 per cent.
Z = 1.959963984540054


def of_share(hits: int, cases: int) -> tuple[float, float]:
    """Wilson's interval of a share; anything is possible when there were no cases."""
    if not cases:
        return 0.0, 1.0
    share, square = hits / cases, Z * Z
    middle = (share + square / (2 * cases)) / (1 + square / cases)
    reach = sqrt(share * (1 - share) / cases + square / (4 * cases * cases))
    half = Z * reach / (1 + square / cases)
    return max(0.0, middle - half), min(1.0, middle + half)


def of_count(count: int) -> tuple[float, float]:
    """Byar's interval of a count of rare events."""
    low = 0.0
    if count:
        low = count * (1 - 1 / (9 * count) - Z / (3 * sqrt(count))) ** 3
    more = count + 1
    return max(0.0, low), more * (1 - 1 / (9 * more) + Z / (3 * sqrt(more))) ** 3
