"""Outlines and steps: pure arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimaqing.domains.cockpit.geometry import frame_of
from yimaqing.domains.cockpit.scale import STEPS, scale_of

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


def test_a_square_at_the_equator_fills_the_frame():
    frame = frame_of({"a": SQUARE})
    assert frame.height == pytest.approx(1000, rel=0.001)
    assert frame.outlines["a"].path == "M0,1000l1000,0 0,-1000 -1000,0 0,1000z"
    assert (frame.outlines["a"].x, frame.outlines["a"].y) == (500, 500)


def test_neighbours_keep_their_common_border():
    right = {"type": "MultiPolygon", "coordinates": [[[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]]}
    frame = frame_of({"a": SQUARE, "b": right})
    assert frame.outlines["a"].path.startswith("M0,500l500,0 0,-500")
    assert frame.outlines["b"].path.startswith("M500,500l500,0 0,-500")


def test_no_geometry_makes_no_frame():
    assert frame_of({}) is None
    assert frame_of({"a": {"type": "Point", "coordinates": []}}) is None


def test_steps_tell_nothing_counted_from_not_known():
    scale = scale_of([0.0, None, 0.1, 0.2])
    assert scale.step(None) is None
    assert scale.step(0.0) == 0
    assert scale.step(0.1) == 1
    assert scale.step(0.2) == len(scale.bounds)


def test_each_step_holds_as_many_places():
    values = [float(n) for n in range(1, 51)]
    scale = scale_of(values)
    assert scale.bounds == (10, 20, 30, 40, 50)
    assert [sum(scale.step(v) == k for v in values) for k in range(1, 6)] == [10] * 5


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=40))
def test_a_larger_figure_never_has_a_lower_step(values):
    scale = scale_of(values)
    steps = [scale.step(v) or 0 for v in sorted(values)]
    assert steps == sorted(steps)
    assert 1 <= steps[0] <= steps[-1] <= STEPS
