"""Outlines of places as SVG paths in one frame.

A page never draws more than the children of one place, so the server draws them: the map
is there at first paint, every county is a link, and no map library is loaded
(docs/decisions/cockpit-map.md has the figures).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

WIDTH = 1000.0
Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True)
class Outline:
    """A drawn place: its path and the point where its name stands, in frame units."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Frame:
    """All outlines and the height of the frame, whose width is 1000 units."""

    outlines: Mapping[str, Outline]
    height: float


def frame_of(geometries: Mapping[str, Mapping[str, Any]]) -> Frame | None:
    """Draw GeoJSON polygons (WGS84 degrees) to one scale; None when there is none.

    Degrees of longitude shrink with the cosine of the middle latitude; at the size of a
    prefecture that differs from a conformal projection by less than a pixel.
    """
    rings = {code: list(_rings(geometry)) for code, geometry in geometries.items()}
    points = [point for parts in rings.values() for ring in parts for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * shrink or 1)
    outlines = {
        code: _outline([[_at(p, west, north, shrink, scale) for p in ring] for ring in parts])
        for code, parts in rings.items()
        if parts
    }
    return Frame(outlines, round((north - south) * scale, 1))


def _at(point: Point, west: float, north: float, shrink: float, scale: float) -> Point:
    return (point[0] - west) * shrink * scale, (north - point[1]) * scale


def _rings(geometry: Mapping[str, Any]) -> Iterable[Ring]:
    polygons = geometry.get("coordinates", [])
    if geometry.get("type") == "Polygon":
        polygons = [polygons]
    for polygon in polygons:
        for ring in polygon:
            yield [(float(p[0]), float(p[1])) for p in ring]


def _outline(rings: list[Ring]) -> Outline:
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    x, y = _centre(largest)
    return Outline("".join(_path(ring) for ring in rings), round(x, 1), round(y, 1))


def _path(ring: Ring) -> str:
    """A closed path on whole units, steps relative, points that fall together left out.

    Neighbours snap to the same grid, so their common border stays common.
    """
    grid = [(round(x), round(y)) for x, y in ring]
    kept = [p for p, before in zip(grid, [None, *grid], strict=False) if p != before]
    if len(kept) < 4:
        return ""
    steps = (f"{b[0] - a[0]},{b[1] - a[1]}" for a, b in pairwise(kept))
    return f"M{kept[0][0]},{kept[0][1]}l{' '.join(steps)}z"


def _area(ring: Ring) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def _centre(ring: Ring) -> Point:
    area = _area(ring)
    if not area:
        return ring[0]
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    cross = [(a, b, a[0] * b[1] - b[0] * a[1]) for a, b in pairs]
    x = sum((a[0] + b[0]) * c for a, b, c in cross) / (6 * area)
    y = sum((a[1] + b[1]) * c for a, b, c in cross) / (6 * area)
    return x, y
